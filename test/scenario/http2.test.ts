import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { createPlan } from '../../src/plan/index.ts';
import { describeSettings, parseScenario, readScenario } from '../../src/scenario/index.ts';
import { ROOT } from '../support/root.ts';
import { complaintsOf } from './support.ts';

const scenario = (protocol: string, rest: string): string =>
  `question: Is it faster?\nprotocol: ${protocol}\nvariants: { direct: {} }\n${rest}`;

describe('HTTP/2 and gRPC in a scenario', () => {
  test('are chosen for all variants or for one, and have their defaults', () => {
    const text =
      'question: Which?\nvariants: { a: {}, b: { protocol: http2 }, c: { protocol: grpc, grpc: { call: Fail } } }\n';
    const { base, variants } = parseScenario(text, 'a.yaml');
    assert.deepEqual([base.protocol, base.http2, base.grpc], ['http', { streams: 100 }, { call: 'Echo' }]);
    assert.deepEqual(
      variants.map(({ patch }) => patch.protocol),
      [undefined, 'http2', 'grpc'],
    );
  });

  test('are described in their own words, which are read as the same settings', () => {
    for (const [protocol, rest] of [
      ['http2', 'http2: { streams: 7 }\n'],
      ['grpc', 'http2: { streams: 7 }\ngrpc: { call: Fail }\nload: { headers: { x-run: r1 }, payload: 3kB }\n'],
    ] as const) {
      const { base } = parseScenario(scenario(protocol, rest), 'a.yaml');
      const text = JSON.stringify({ question: 'The same?', variants: { one: {} }, ...describeSettings(base) });
      assert.deepEqual(parseScenario(text, 'a.yaml').base, base);
    }
  });

  const CHAIN = 'topology: { workloads: { client: { calls: [a] }, a: { port: 8080, calls: [b] }, b: { port: 8081 } } }';
  const mistakes: readonly [string, string, string, RegExp][] = [
    ['a path', 'grpc', 'load: { path: /a }', /load\.path is for HTTP/u],
    ['targets', 'grpc', 'load: { targets: [{ weight: 1, path: /a }] }', /load\.targets is for HTTP/u],
    [
      'services that call others',
      'http2',
      CHAIN,
      /is http2, but a calls others, which services do by HTTP\/1\.1 alone/u,
    ],
    ['services that call others', 'grpc', CHAIN, /is grpc, but a calls others/u],
    ['a control plane', 'grpc', 'mesh: { outbound: listener }\ncontrolPlane: { kind: xds }', /the protocol is grpc/u],
    ['no streams', 'http2', 'http2: { streams: 0 }', /http2\.streams/u],
    ['a method that there is not', 'grpc', 'grpc: { call: echo }', /\(Echo\)/u],
  ];
  for (const [name, protocol, rest, message] of mistakes) {
    test(`${protocol} is refused with ${name}`, () => {
      const said = complaintsOf(scenario(protocol, `${rest}\n`)).map(
        (one) => `${one.path} ${one.message} (${one.suggestion ?? ''})`,
      );
      assert.equal(said.length, 1, said.join('\n'));
      assert.match(said[0] ?? '', message);
    });
  }

  test('can be an axis of the matrix by their settings', () => {
    const { matrix } = parseScenario(scenario('http2', 'matrix: { http2.streams: [1, 10] }\n'), 'a.yaml');
    assert.deepEqual(
      matrix.map(({ path: axis, points }) => [axis, points.map(({ label }) => label)]),
      [['http2.streams', ['1', '10']]],
    );
  });
});

test('the scenario protocols has blocks enough for an interval, in under twenty minutes on two processors', async () => {
  const read = await readScenario(path.join(ROOT, 'scenarios/protocols.yaml'));
  const plan = createPlan(read, { seed: 1 }, { cpus: [0, 1], mayRealtime: true });
  assert.deepEqual(
    plan.variants.map(({ settings }) => `${settings.protocol} ${settings.mesh.outbound}`),
    ['http', 'http2', 'grpc', 'thrift'].flatMap((protocol) => [`${protocol} none`, `${protocol} listener`]),
  );
  assert.ok(plan.blocks >= 6);
  assert.ok(plan.estimate < 20 * 60e9, `${plan.estimate / 60e9} min`);
});
