import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Mesh } from '../../src/mesh/index.ts';
import { DEFAULT_SETTINGS, type MeshSettings, type Workload } from '../../src/scenario/index.ts';
import { allSettings, hostOf, meshOf } from './support.ts';

/** The rules of a host as a person would write them. */
function rulesOf(mesh: Mesh, host: string): readonly string[] {
  return hostOf(mesh, host).rules.map((rule) => rule.join(' ').replace('iptables -w 5 -t ', ''));
}

interface Row {
  readonly mesh: Partial<MeshSettings>;
  readonly client: readonly string[];
  readonly server: readonly string[];
}

const LOCAL = 'ip route add local 0.0.0.0/0 dev lo table 133';
const DIVERTED = 'ip rule add fwmark 7 lookup 133';
const TO_OUTBOUND = 'mangle -A PREROUTING -i lo -p tcp -m mark --mark 7 -j TPROXY --on-port 15001 --tproxy-mark 7';
const ARRIVING = 'mangle -A PREROUTING ! -i lo -p tcp --dport 8080';
const TO_INBOUND = `${ARRIVING} -j TPROXY --on-port 15006 --tproxy-mark 7`;
const DIVERT = [
  'mangle -N MESH_DIVERT',
  'mangle -A MESH_DIVERT -j MARK --set-mark 7',
  'mangle -A MESH_DIVERT -j ACCEPT',
  `${ARRIVING} -m conntrack --ctstate RELATED,ESTABLISHED -j MESH_DIVERT`,
];
const LEAVING = '-A OUTPUT ! -o lo -p tcp -d 198.18.0.0/15';

const TABLE: readonly Row[] = [
  { mesh: {}, client: [], server: [] },
  { mesh: { outbound: 'listener', inbound: 'listener' }, client: [], server: [] },
  {
    mesh: { outbound: 'redirect' },
    client: [`nat ${LEAVING} -m mark ! --mark 1337 -j REDIRECT --to-ports 15001`],
    server: [],
  },
  {
    mesh: { outbound: 'redirect', exempt: 'uid' },
    client: [`nat ${LEAVING} -m owner ! --uid-owner 1337 -j REDIRECT --to-ports 15001`],
    server: [],
  },
  {
    mesh: { outbound: 'tproxy' },
    client: [
      'mangle -N MESH_OUTPUT',
      `mangle ${LEAVING} -m mark ! --mark 1337 -j MESH_OUTPUT`,
      'mangle -A MESH_OUTPUT -m connmark --mark 7 -j CONNMARK --restore-mark',
      'mangle -A MESH_OUTPUT -p tcp -m multiport --dports 8080 -m conntrack --ctstate NEW -j MARK --set-mark 7',
      'mangle -A MESH_OUTPUT -m mark --mark 7 -j CONNMARK --save-mark',
      TO_OUTBOUND,
      DIVERTED,
      LOCAL,
    ],
    server: [],
  },
  {
    mesh: { outbound: 'tproxy', conntrack: false, exempt: 'uid' },
    client: [
      'mangle -N MESH_OUTPUT',
      `mangle ${LEAVING} -m owner ! --uid-owner 1337 -j MESH_OUTPUT`,
      'mangle -A MESH_OUTPUT -p tcp -m multiport --dports 8080 -j MARK --set-mark 7',
      TO_OUTBOUND,
      DIVERTED,
      LOCAL,
    ],
    server: [],
  },
  {
    mesh: { inbound: 'redirect' },
    client: [],
    server: ['nat -A PREROUTING ! -i lo -p tcp --dport 8080 -j REDIRECT --to-ports 15006'],
  },
  { mesh: { inbound: 'tproxy' }, client: [], server: [...DIVERT, TO_INBOUND, DIVERTED, LOCAL] },
  { mesh: { inbound: 'tproxy', conntrack: false }, client: [], server: [TO_INBOUND, DIVERTED, LOCAL] },
  {
    mesh: { inbound: 'tproxy', originalSource: true },
    client: [],
    server: [
      ...DIVERT,
      TO_INBOUND,
      DIVERTED,
      'mangle -A PREROUTING -i lo -m mark --mark 1338 -j CONNMARK --save-mark',
      'mangle -A OUTPUT -p tcp -m connmark --mark 1338 -j CONNMARK --restore-mark',
      'ip rule add fwmark 1338 lookup 133',
      LOCAL,
    ],
  },
  {
    mesh: { inbound: 'tproxy', originalSource: true, conntrack: false },
    client: [],
    server: [
      TO_INBOUND,
      DIVERTED,
      'mangle -A OUTPUT -p tcp -s 198.18.0.11 --sport 8080 -m mark --mark 0 -j MARK --set-mark 1338',
      'ip rule add fwmark 1338 lookup 133',
      LOCAL,
    ],
  },
];

describe('packet rules', () => {
  for (const { mesh, client, server } of TABLE) {
    test(`of ${JSON.stringify(mesh)}`, () => {
      const built = meshOf(mesh);
      assert.deepEqual(rulesOf(built, 'client'), client);
      assert.deepEqual(rulesOf(built, 'server'), server);
    });
  }

  test('of both directions are those of each', () => {
    const { hosts } = meshOf({ outbound: 'redirect', inbound: 'tproxy', originalSource: true });
    const outbound = meshOf({ outbound: 'redirect' });
    const inbound = meshOf({ inbound: 'tproxy', originalSource: true });
    assert.deepEqual(hosts[0]?.rules, outbound.hosts[0]?.rules);
    assert.deepEqual(hosts[1]?.rules, inbound.hosts[1]?.rules);
  });

  test('of a host in the middle are those of both directions, the route added once', () => {
    const chain: readonly Workload[] = [
      { name: 'client', port: undefined, calls: ['middle'] },
      { name: 'middle', port: 8080, calls: ['server'] },
      { name: 'server', port: 8081, calls: [] },
    ];
    const rules = rulesOf(meshOf({ outbound: 'tproxy', inbound: 'tproxy' }, chain), 'middle');
    assert.equal(new Set(rules).size, rules.length);
    for (const once of [LOCAL, DIVERTED, TO_INBOUND, TO_OUTBOUND]) assert.ok(rules.includes(once), once);
    assert.ok(rules.some((rule) => rule.includes('--dports 8081 ')));
  });

  test('match more service ports than one match takes', () => {
    const names = Array.from({ length: 16 }, (_, index) => `s${index}`);
    const many: readonly Workload[] = [
      { name: 'client', port: undefined, calls: names },
      ...names.map((name, index) => ({ name, port: 9000 + index, calls: [] })),
    ];
    const matches = rulesOf(meshOf({ outbound: 'tproxy', conntrack: false }, many), 'client').flatMap(
      (rule) => /--dports (\S+)/u.exec(rule)?.[1] ?? [],
    );
    assert.deepEqual(
      matches.map((ports) => ports.split(',').length),
      [15, 1],
    );
  });

  test('say what must have matched: one jump for each direction that packets are led in', () => {
    const jumps = {
      redirect: (port: number) => ({ table: 'nat', jump: `-j REDIRECT --to-ports ${port}` }),
      tproxy: (port: number) => ({ table: 'mangle', jump: `-j TPROXY --on-port ${port}` }),
      none: () => [],
      listener: () => [],
    };
    for (const mesh of allSettings(DEFAULT_SETTINGS.mesh.telemetry)) {
      const [client, server] = meshOf(mesh).hosts;
      assert.deepEqual(client?.intercepts, [jumps[mesh.outbound](15001)].flat());
      assert.deepEqual(server?.intercepts, [jumps[mesh.inbound](15006)].flat());
      for (const host of [client, server]) {
        for (const { table, jump } of host?.intercepts ?? []) {
          assert.ok(
            host?.rules.some((rule) => rule.join(' ').includes(`-t ${table} `) && rule.join(' ').includes(jump)),
          );
        }
      }
    }
  });

  test('use what tracks connections only where they may', () => {
    for (const mesh of allSettings(DEFAULT_SETTINGS.mesh.telemetry)) {
      const text = JSON.stringify(meshOf(mesh).hosts.map(({ rules }) => rules));
      if (!mesh.conntrack) assert.doesNotMatch(text, /conntrack|connmark|CONNMARK|"nat"/u, JSON.stringify(mesh));
    }
  });
});

describe('sysctls', () => {
  const FREE = Object.fromEntries(
    ['all', 'default', 'lo', 'eth0'].map((name) => [`net.ipv4.conf.${name}.rp_filter`, '0']),
  );
  const RESERVED = { 'net.ipv4.ip_local_reserved_ports': '8080' };

  test('are left as they are where nothing goes by TPROXY', () => {
    for (const mesh of [{}, { outbound: 'redirect', inbound: 'redirect' }, { inbound: 'listener' }] as const) {
      assert.deepEqual(
        meshOf(mesh).hosts.map(({ sysctls }) => sysctls),
        [{}, {}],
      );
    }
  });

  test('let packets come from anywhere where they are led by TPROXY, and no caller use a port of a service', () => {
    assert.deepEqual(
      meshOf({ outbound: 'tproxy' }).hosts.map(({ sysctls }) => sysctls),
      [{ ...FREE, ...RESERVED }, RESERVED],
    );
    assert.deepEqual(
      meshOf({ inbound: 'tproxy' }).hosts.map(({ sysctls }) => sysctls),
      [RESERVED, { ...FREE, ...RESERVED }],
    );
  });

  test('give every host ports of its own with the original source, so that no two connections are one', () => {
    const names = Array.from({ length: 6 }, (_, index) => `s${index}`);
    const workloads: readonly Workload[] = [
      { name: 'client', port: undefined, calls: names },
      ...names.map((name) => ({ name, port: 8080, calls: [] })),
    ];
    const { hosts } = meshOf({ inbound: 'tproxy', originalSource: true }, workloads);
    const ranges = hosts.map(({ sysctls }) => (sysctls['net.ipv4.ip_local_port_range'] ?? '').split(' ').map(Number));
    let last = 1023;
    for (const [from = 0, until = 0] of ranges) {
      assert.ok(from > last && until > from && until <= 65_535, `${from} ${until}`);
      assert.deepEqual([from % 2, until % 2], [0, 1], 'the kernel warns of any other parity');
      last = until;
    }
  });
});
