import assert from 'node:assert/strict';
import type net from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Served, serve } from '../../src/app/index.ts';
import type { FailureReason } from '../../src/cli/commands/load-failures.ts';
import { DEFAULT_SETTINGS } from '../../src/scenario/index.ts';
import type { VariantSummary } from '../../src/summary/index.ts';
import { meshbench } from '../support/cli.ts';
import { FAULTS, hostileServer, ONE_IN } from '../support/hostile-thrift.ts';
import { refuses } from '../support/refusals.ts';
import { ROOT } from '../support/root.ts';

const IDL = path.join(ROOT, 'scenarios/idl/echo.thrift');

describe('meshbench load thrift://', () => {
  let app: Served;
  before(async () => {
    const { app: script, thrift } = DEFAULT_SETTINGS;
    app = await serve({
      script,
      thrift: { ...thrift, protocol: 'compact' },
      port: 0,
      address: '127.0.0.1',
      seed: 1,
      calls: [],
    });
  });
  after(() => void app.close());

  const load = (...args: readonly string[]): ReturnType<typeof meshbench> =>
    meshbench('load', `thrift://127.0.0.1:${app.port}`, '--protocol', 'compact', '--idl', IDL, ...args);
  const short = ['--rate', '200/s', '--connections', '4', '--warmup', '0', '--duration', '500ms', '--json'];

  for (const [method, args, outcomes] of [
    ['echo', '{"payload": "hello"}', { ok: 100 }],
    ['fail', '{"reason": "because"}', { exception: 100 }],
    ['notify', '{"payload": {"base64": "AAE="}}', { ok: 100 }],
  ] as const) {
    test(method, async () => {
      const { code, stdout, stderr } = await load('--method', method, '--args', args, ...short);
      assert.equal(code, 'ok' in outcomes ? 0 : 20, stderr);
      assert.deepEqual((JSON.parse(stdout) as VariantSummary).outcomes, outcomes);
    });
  }

  refuses(load, [
    [
      'arguments that do not fit',
      ['--method', 'echo', '--args', '{"payload": 1, "more": 2}'],
      /args\.more is not a field[\s\S]*args\.payload must be text/u,
    ],
    ['arguments that are no JSON', ['--method', 'echo', '--args', '{'], /--args is no JSON/u],
    ['a method that there is not', ['--method', 'ohce'], /has a method "ohce"/u],
    ['no method', [], /needs --idl FILE and --method NAME/u],
    [
      'a header without the transport',
      ['--method', 'echo', '--args', '{"payload": ""}', '--header', 'a=b'],
      /--transport header/u,
    ],
    ['what HTTP alone has', ['--method', 'echo', '--payload', '1kB'], /--payload: for http:\/\/ and http2:\/\/ alone/u],
  ]);
});

test('a server that answers wrongly is told with every reason, and the run goes on to its end', async () => {
  const server = await hostileServer({ transport: 'framed', protocol: 'binary' }, FAULTS);
  const { port } = server.address() as net.AddressInfo;
  const call = ['--idl', IDL, '--method', 'echo', '--args', '{"payload": "hello"}'];
  const wrong = 2 * FAULTS.length;
  const rate = ['--rate', `${2 * wrong * ONE_IN}/s`, '--warmup', '0', '--duration', '500ms', '--connections', '8'];
  try {
    const text = await meshbench('load', `thrift://127.0.0.1:${port}`, ...call, ...rate);
    assert.equal(text.code, 0, text.stderr);
    const json = await meshbench('load', `thrift://127.0.0.1:${port}`, ...call, ...rate, '--json');
    assert.equal(json.code, 0, json.stderr);
    const { outcomes, failures } = JSON.parse(json.stdout) as VariantSummary & { failures: readonly FailureReason[] };
    assert.deepEqual(outcomes, { ok: wrong * (ONE_IN - 1), protocol: wrong });
    for (const { name, reason } of FAULTS) {
      assert.ok(
        failures.some(
          (failure) => failure.outcome === 'protocol' && failure.requests === 2 && reason.test(failure.reason),
        ),
        `${name}: ${JSON.stringify(failures)}`,
      );
    }
    assert.equal(failures.length, FAULTS.length);
    assert.match(text.stdout, /^failed {8}2 protocol: the peer speaks HTTP$/mu);
  } finally {
    server.close();
  }
});
