import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { createPlan } from '../../src/plan/index.ts';
import { describeSettings, parseScenario, readScenario } from '../../src/scenario/index.ts';
import { ROOT } from '../support/root.ts';
import { complaintsOf } from './support.ts';

const scenario = (rest: string): string =>
  `question: Is it Thrift?\nprotocol: thrift\nvariants: { direct: {} }\n${rest}`;

describe('Thrift in a scenario', () => {
  test('is chosen for all variants or for one, and has its defaults', () => {
    const all = parseScenario(scenario(''), 'a.yaml');
    assert.equal(all.base.protocol, 'thrift');
    assert.deepEqual(all.base.thrift, {
      transport: 'framed',
      protocol: 'binary',
      call: 'echo',
      service: '',
      headers: {},
      pipeline: 1,
      between: 'same',
      server: 'library',
    });
    const one = parseScenario('question: Or HTTP?\nvariants: { http: {}, thrift: { protocol: thrift } }\n', 'a.yaml');
    assert.equal(one.base.protocol, 'http');
    assert.deepEqual(
      one.variants.map(({ patch }) => patch.protocol),
      [undefined, 'thrift'],
    );
  });

  test('is described in its own words, which are read as the same settings', () => {
    const { base } = parseScenario(
      scenario(
        'thrift: { transport: header, protocol: compact, headers: { x-run: r1 }, pipeline: 4, service: Echo }\n',
      ),
      'a.yaml',
    );
    const text = JSON.stringify({ question: 'The same?', variants: { one: {} }, ...describeSettings(base) });
    assert.deepEqual(parseScenario(text, 'a.yaml').base, base);
  });

  const mistakes: readonly [string, string, RegExp][] = [
    ['a method of HTTP', 'load: { method: POST }', /load\.method is for HTTP/u],
    ['a path', 'load: { path: /a }', /load\.path is for HTTP/u],
    ['a version tag', 'app: { version: v2 }', /app\.version is for HTTP/u],
    ['tracing', 'mesh: { outbound: listener, telemetry: { tracing: 1% } }', /does not trace/u],
    ['headers without their transport', 'thrift: { headers: { a: b } }', /need transport: header, but it is framed/u],
    [
      'header between sidecars where one is missing',
      'mesh: { outbound: listener }\nthrift: { between: header }',
      /inbound is none/u,
    ],
    ['a delay of the fast responder', 'thrift: { server: fast }\napp: { delay: 1ms }', /knows no script/u],
    ['work of the fast responder', 'thrift: { server: fast }\napp: { work: 1ms }', /knows no script/u],
    ['a oneway to the fast responder', 'thrift: { server: fast, call: notify }', /answers echo alone, not notify/u],
    [
      'services that call others',
      'topology: { workloads: { client: { calls: [a] }, a: { port: 8080, calls: [b] }, b: { port: 8081 } } }',
      /a calls others, which services do by HTTP alone/u,
    ],
    [
      'two services on one port',
      'topology: { workloads: { client: { calls: [a, b] }, a: { port: 8080 }, b: { port: 8080 } } }',
      /two services have one port/u,
    ],
    ['a transport that there is not', 'thrift: { transport: frmed }', /not "frmed" \(framed\)/u],
  ];
  for (const [name, rest, message] of mistakes) {
    test(`is refused with ${name}`, () => {
      const said = complaintsOf(scenario(`${rest}\n`)).map(
        (one) => `${one.path} ${one.message} (${one.suggestion ?? ''})`,
      );
      assert.equal(said.length, 1, said.join('\n'));
      assert.match(said[0] ?? '', message);
    });
  }
});

describe('the scenario', () => {
  for (const [name, variants] of [
    ['thrift-overhead', 3],
    ['thrift-interception', 6],
    ['thrift-protocols', 12],
    ['http-or-thrift', 4],
  ] as const) {
    test(`${name} has blocks enough for an interval, in under twenty minutes on two processors`, async () => {
      const read = await readScenario(path.join(ROOT, 'scenarios', `${name}.yaml`));
      const plan = createPlan(read, { seed: 1 }, { cpus: [0, 1], mayRealtime: true });
      assert.equal(plan.variants.length, variants);
      assert.ok(plan.blocks >= 6);
      assert.ok(plan.estimate < 20 * 60e9, `${plan.estimate / 60e9} min`);
    });
  }
});
