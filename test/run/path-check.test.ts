import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Mesh } from '../../src/mesh/index.ts';
import { parseRules } from '../../src/run/packet-rules.ts';
import { checkPath } from '../../src/run/path-check.ts';
import type { Workload } from '../../src/scenario/index.ts';
import { meshOf } from '../mesh/support.ts';

const MESH: Mesh = meshOf({ outbound: 'redirect', inbound: 'tproxy' });

const proxies = (outbound: number, inbound: number): Parameters<typeof checkPath>[2] => ({
  'client.envoy': { counters: { 'http.outbound.downstream_rq_total': outbound } },
  'server.envoy': { counters: { 'http.inbound.downstream_rq_total': inbound } },
});

const packets = (redirected: number, proxied: number): Parameters<typeof checkPath>[3] => ({
  client: parseRules('nat', `[${redirected}:480] -A OUTPUT -p tcp -j REDIRECT --to-ports 15001\n`),
  server: parseRules('mangle', `[${proxied}:480] -A PREROUTING -p tcp -j TPROXY --on-port 15006 --on-ip 0.0.0.0\n`),
});

const ALL = { sent: 110, ok: 100 };

const FAN_OUT: readonly Workload[] = [
  { name: 'client', port: undefined, calls: ['front'] },
  { name: 'front', port: 8080, calls: ['left', 'right', 'right'] },
  { name: 'left', port: 8081, calls: ['right'] },
  { name: 'right', port: 8082, calls: [] },
  { name: 'idle', port: 8083, calls: ['right'] },
];

describe('the path of a trial', () => {
  test('was taken where every sidecar counted every answer and every rule matched', () => {
    checkPath(MESH, ALL, proxies(100, 130), packets(8, 1));
  });

  test('was taken where nothing was answered, but every sidecar and every rule saw some of it', () => {
    checkPath(MESH, { sent: 100, ok: 0 }, proxies(100, 1), packets(8, 1));
  });

  test('is not asked for where nothing was sent', () => {
    checkPath(MESH, { sent: 0, ok: 0 }, {}, {});
  });

  test('passes a sidecar as often as its workload calls', () => {
    const mesh = meshOf({ outbound: 'listener', inbound: 'listener' }, FAN_OUT);
    const passes = Object.fromEntries(mesh.hosts.map(({ name, sidecar }) => [name, sidecar?.passes]));
    const passage = (direction: string, times: number) => ({
      counters: [`http.${direction}.downstream_rq_total`],
      times,
    });
    assert.deepEqual(passes, {
      client: [passage('outbound', 1)],
      front: [passage('outbound', 3), passage('inbound', 1)],
      left: [passage('outbound', 1), passage('inbound', 1)],
      right: [passage('inbound', 3)],
      idle: [],
    });
  });

  test('was not taken where one of several calls went past', () => {
    const mesh = meshOf({ outbound: 'listener' }, FAN_OUT);
    const counted = (front: number) =>
      Object.fromEntries(
        [
          ['client', 100],
          ['front', front],
          ['left', 100],
        ].map(([name, times]) => [
          `${name}.envoy`,
          { counters: { 'http.outbound.downstream_rq_total': Number(times) } },
        ]),
      );
    checkPath(mesh, ALL, counted(300), {});
    assert.throws(() => checkPath(mesh, ALL, counted(299), {}), {
      message: /: front\.envoy counted 299 in .*, of 100 answered with 3 calls each$/u,
    });
  });

  const missing: readonly [string, ReturnType<typeof proxies>, ReturnType<typeof packets>, RegExp][] = [
    [
      'one request went past a sidecar',
      proxies(100, 99),
      packets(8, 8),
      /server\.envoy counted 99 in .*, of 100 answered$/u,
    ],
    [
      'a rule matched nothing',
      proxies(100, 100),
      packets(0, 8),
      /: no packet of client matched `-j REDIRECT --to-ports 15001` in nat$/u,
    ],
    [
      'the counters are of another table',
      proxies(100, 100),
      { client: packets(8, 8)['server'] ?? [], server: [] },
      /client matched.*server matched/u,
    ],
    [
      'nothing could be read',
      {},
      {},
      /client\.envoy counted 0.*no packet of client.*server\.envoy counted 0.*no packet of server/u,
    ],
  ];
  for (const [what, counted, matched, message] of missing) {
    test(`was not where ${what}`, () => {
      assert.throws(() => checkPath(MESH, ALL, counted, matched), {
        kind: 'component',
        code: 'PATH_NOT_TAKEN',
        message,
      });
    });
  }
});

describe('the path of a trial without an answer', () => {
  const unseen: readonly [string, ReturnType<typeof proxies>, ReturnType<typeof packets>, RegExp][] = [
    ['never passed a sidecar', proxies(100, 0), packets(8, 8), /server\.envoy counted 0 in .*, of 100 sent and none/u],
    ['never met a rule', proxies(100, 100), packets(8, 0), /: no packet of server matched/u],
  ];
  for (const [what, counted, matched, message] of unseen) {
    test(`is refused where it ${what}`, () => {
      assert.throws(() => checkPath(MESH, { sent: 100, ok: 0 }, counted, matched), { code: 'PATH_NOT_TAKEN', message });
    });
  }
});

describe('what iptables-save prints', () => {
  test('is read with its counters; chains, comments and damage are left out', () => {
    const text = `# Generated by iptables-save v1.8.9 on Tue
*nat
:OUTPUT ACCEPT [3:180]
:MESH_OUTPUT - [0:0]
[12:720] -A OUTPUT -d 198.18.0.0/15 ! -o lo -p tcp -j REDIRECT --to-ports 15001 \n[x:1] -A BROKEN
-A WITHOUT_COUNTERS
COMMIT
`;
    const rule = '-A OUTPUT -d 198.18.0.0/15 ! -o lo -p tcp -j REDIRECT --to-ports 15001';
    assert.deepEqual(parseRules('nat', text), [{ table: 'nat', rule, packets: 12, bytes: 720 }]);
    assert.deepEqual(parseRules('nat', ''), []);
  });
});
