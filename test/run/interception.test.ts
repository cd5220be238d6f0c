import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Mesh } from '../../src/mesh/index.ts';
import { CONNECTIONS, type LoggedRequest, MeshPlace, REQUESTS, type Standing } from '../support/standing-mesh.ts';

const LOGGED = 'telemetry: { accessLog: true }';
const CLIENT = '198.18.0.10';
const SERVICE = '198.18.0.11:8080';
const ROOT = process.geteuid?.() === 0;

let place: MeshPlace;
before(async () => {
  place = await MeshPlace.open();
});
after(() => place[Symbol.asyncDispose]());

/** How one request went, ports of callers aside: cluster, upstream host, ← from, downstream to, ← from. */
function way({ cluster, upstreamHost, upstreamLocal, downstreamLocal, downstreamRemote }: LoggedRequest): string {
  const from = (address: string): string => address.replace(/:\d+$/u, '');
  return `${cluster} ${upstreamHost} ← ${from(upstreamLocal)}, ${downstreamLocal} ← ${from(downstreamRemote)}`;
}

/** What a mechanism leaves behind in a host's rules. */
type Evidence = (standing: Standing) => Promise<void>;

interface Arm {
  readonly mesh: string;
  /** By host and direction, what each line of its Envoy's access log says. */
  readonly ways: Readonly<Record<string, string>>;
  readonly evidence: readonly Evidence[];
  /** Hosts in whose network connections are tracked. */
  readonly tracked: readonly string[];
}

const redirects =
  (host: string, port: number): Evidence =>
  async (standing) => {
    const [rule, ...others] = await standing.rules(host, '-j REDIRECT');
    assert.deepEqual(others, []);
    assert.match(rule?.rule ?? '', new RegExp(`--to-ports ${port}$`, 'u'));
    // What translates addresses sees the first packet of each connection alone.
    const connections = host === 'client' ? CONNECTIONS : await accepted(standing, host);
    assert.deepEqual([rule?.table, rule?.packets], ['nat', connections]);
  };

/** Every packet of a request is led by TPROXY itself, or where connections are tracked by the mark of its connection. */
const proxies =
  (host: string, port: number, tracked: boolean): Evidence =>
  async (standing) => {
    const tproxy = await standing.matched(host, `-j TPROXY --on-port ${port}`);
    const connections = host === 'client' ? CONNECTIONS : await accepted(standing, host);
    if (!tracked || host === 'client') assert.ok(tproxy >= REQUESTS + 2 * connections, `${tproxy} packets by TPROXY`);
    else {
      assert.equal(tproxy, connections, 'the first packet of each connection');
      assert.ok((await standing.matched(host, '--ctstate RELATED,ESTABLISHED -j MESH_DIVERT')) >= REQUESTS);
    }
    assert.equal((await standing.rules(host, '--ctstate')).length > 0, tracked);
    assert.deepEqual(await standing.rules(host, 'REDIRECT'), []);
  };

const answersComeBack =
  (rule: string): Evidence =>
  async (standing) => {
    assert.ok((await standing.matched('server', '-A OUTPUT', rule)) >= REQUESTS);
  };

function accepted(standing: Standing, host: string): Promise<number> {
  return standing.counter(host, 'http.inbound.downstream_cx_total');
}

const out = (to: string, from = CLIENT): Arm['ways'] => ({
  client: `service.server ${SERVICE} ← ${CLIENT}, ${to} ← ${from}`,
});
const into = (upstream: string, from: string): Arm['ways'] => ({
  server: `inbound ${upstream} ← ${from}, ${SERVICE} ← ${CLIENT}`,
});
const NO_PACKETS: Evidence = async (standing) => assert.deepEqual(await standing.deployment.packets(), {});

const ARMS: readonly Arm[] = [
  {
    mesh: 'outbound: listener',
    ways: out('127.0.0.1:8080', '127.0.0.1'),
    evidence: [NO_PACKETS],
    tracked: [],
  },
  { mesh: 'outbound: redirect', ways: out(SERVICE), evidence: [redirects('client', 15001)], tracked: ['client'] },
  { mesh: 'outbound: tproxy', ways: out(SERVICE), evidence: [proxies('client', 15001, true)], tracked: ['client'] },
  {
    mesh: 'outbound: tproxy, conntrack: false',
    ways: out(SERVICE),
    evidence: [proxies('client', 15001, false)],
    tracked: [],
  },
  { mesh: 'inbound: listener', ways: into('127.0.0.2:8080', '127.0.0.1'), evidence: [NO_PACKETS], tracked: [] },
  {
    mesh: 'inbound: redirect',
    ways: into(SERVICE, '127.0.0.6'),
    evidence: [redirects('server', 15006)],
    tracked: ['server'],
  },
  {
    mesh: 'inbound: tproxy',
    ways: into(SERVICE, '127.0.0.6'),
    evidence: [proxies('server', 15006, true)],
    tracked: ['server'],
  },
  {
    mesh: 'inbound: tproxy, conntrack: false',
    ways: into(SERVICE, '127.0.0.6'),
    evidence: [proxies('server', 15006, false)],
    tracked: [],
  },
  {
    mesh: 'inbound: tproxy, originalSource: true',
    ways: into(SERVICE, CLIENT),
    evidence: [proxies('server', 15006, true), answersComeBack('CONNMARK --restore-mark')],
    tracked: ['server'],
  },
  {
    mesh: 'inbound: tproxy, originalSource: true, conntrack: false',
    ways: into(SERVICE, CLIENT),
    evidence: [proxies('server', 15006, false), answersComeBack('MARK --set-xmark 0x53a')],
    tracked: [],
  },
  {
    mesh: 'preset: istio',
    ways: { ...out(SERVICE), ...into(SERVICE, '127.0.0.6') },
    evidence: [redirects('client', 15001), redirects('server', 15006)],
    tracked: ['client', 'server'],
  },
  {
    mesh: 'preset: istio-tproxy',
    ways: { ...out(SERVICE), ...into(SERVICE, CLIENT) },
    evidence: [redirects('client', 15001), proxies('server', 15006, true), answersComeBack('CONNMARK --restore-mark')],
    tracked: ['client', 'server'],
  },
  {
    mesh: 'outbound: tproxy, inbound: tproxy, originalSource: true, conntrack: false, tls: mutual',
    ways: { ...out(SERVICE), ...into(SERVICE, CLIENT) },
    evidence: [proxies('client', 15001, false), proxies('server', 15006, false)],
    tracked: [],
  },
];

/** Envoys of these hosts counted every request, the others none, and nothing passed by the services that they know. */
async function allCounted(standing: Standing, hosts: readonly string[]): Promise<void> {
  for (const [host, direction] of [
    ['client', 'outbound'],
    ['server', 'inbound'],
  ] as const) {
    const counted = await standing.counter(host, `http.${direction}.downstream_rq_2xx`);
    assert.equal(counted, hosts.includes(host) ? REQUESTS : 0, `${host} counted`);
    assert.equal(await standing.counter(host, 'cluster.passthrough.upstream_cx_total'), 0);
  }
}

/** Hosts in whose network connections are tracked; a rootless namespace does not show it. */
async function tracking(standing: Standing): Promise<readonly string[]> {
  const hosts = ['client', 'server'];
  const tracked = await Promise.all(hosts.map((host) => standing.tracked(host)));
  return hosts.filter((_, index) => (tracked[index] ?? 0) > 0);
}

describe('traffic goes the way that the settings name', () => {
  for (const { mesh, ways, evidence, tracked } of ARMS) {
    test(mesh, async () => {
      await using standing = await place.up(`{ ${mesh}, ${LOGGED} }`);
      assert.deepEqual(await standing.send(), { ok: REQUESTS });
      await standing.check(REQUESTS);
      for (const one of evidence) await one(standing);
      await allCounted(standing, Object.keys(ways));
      if (ROOT) assert.deepEqual(await tracking(standing), tracked);
      for (const [host, expected] of Object.entries(ways)) {
        const log = await standing.accessLog(host);
        assert.equal(log.length, REQUESTS, 'a line for every request');
        assert.deepEqual([...new Set(log.map(way))], [expected]);
      }
    });
  }

  test("with the original source, the sidecar's ports and its callers' are apart", async () => {
    await using standing = await place.up(`{ inbound: tproxy, originalSource: true, ${LOGGED} }`);
    await standing.send();
    const share = async (host: string): Promise<readonly [number, number]> => {
      const [from = 0, until = 0] = (await standing.ask(host, 'cat', '/proc/sys/net/ipv4/ip_local_port_range'))
        .split(/\s+/u)
        .map(Number);
      return [from, until];
    };
    const [caller, sidecar] = [await share('client'), await share('server')];
    assert.ok(caller[1] < sidecar[0]);
    const within = (address: string, [from, until]: readonly [number, number]): boolean => {
      const port = Number(address.split(':')[1]);
      return port >= from && port <= until;
    };
    for (const { downstreamRemote, upstreamLocal } of await standing.accessLog('server')) {
      assert.ok(within(downstreamRemote, caller), downstreamRemote);
      assert.ok(within(upstreamLocal, sidecar), upstreamLocal);
    }
  });

  test('in the middle of a chain no sidecar leads its own connections back into itself', async () => {
    const chain =
      'topology: { workloads: { client: { calls: [middle] }, middle: { port: 8080, calls: [server] }, server: { port: 8081 } } }\n';
    for (const mesh of ['preset: istio-tproxy', 'outbound: tproxy, inbound: tproxy, originalSource: true']) {
      await using standing = await place.up(`{ ${mesh}, ${LOGGED} }`, undefined, chain);
      assert.deepEqual(await standing.send(), { ok: REQUESTS }, mesh);
      await standing.check(REQUESTS);
      for (const way of ['middle inbound', 'middle outbound', 'server inbound']) {
        const [host = '', direction] = way.split(' ');
        assert.equal(await standing.counter(host, `http.${direction}.downstream_rq_2xx`), REQUESTS, way);
      }
      assert.equal(await standing.counter('middle', 'cluster.passthrough.upstream_cx_total'), 0);
    }
  });
});

describe("Envoy's own connections", () => {
  test('are told by their mark', async () => {
    await using standing = await place.up('{ outbound: redirect }');
    await standing.send();
    const sockets = await envoySockets(standing);
    assert.ok(sockets.length > 0 && sockets.every((socket) => socket.includes('fwmark:0x539')), sockets.join('\n'));
  });

  test('or by its user, and carry no mark then', { skip: ROOT ? false : 'only root can be another user' }, async () => {
    await using standing = await place.up('{ preset: istio, exempt: uid, tls: mutual }');
    assert.deepEqual(await standing.send(), { ok: REQUESTS });
    await standing.check(REQUESTS);
    for (const host of ['client', 'server']) {
      const status = await standing.ask(
        host,
        'cat',
        `/proc/${standing.deployment.processes.get(`${host}.envoy`)?.pid}/status`,
      );
      assert.match(status, /^Uid:\t1337\t1337\t1337\t1337$/mu);
      assert.match(status, /^Gid:\t1337\t1337\t1337\t1337$/mu);
      assert.match(status, /^CapEff:\t0*1000$/mu, 'NET_ADMIN and nothing else');
    }
    const sockets = await envoySockets(standing);
    assert.ok(sockets.length > 0 && !sockets.some((socket) => socket.includes('fwmark')), sockets.join('\n'));
    assert.ok((await standing.matched('client', '! --uid-owner 1337 -j REDIRECT')) > 0);
  });

  test('of every interception work as that user', {
    skip: ROOT ? false : 'only root can be another user',
  }, async () => {
    for (const mesh of ['preset: istio-tproxy', 'outbound: tproxy, inbound: tproxy, conntrack: false']) {
      await using standing = await place.up(`{ ${mesh}, exempt: uid }`);
      assert.deepEqual(await standing.send(), { ok: REQUESTS }, mesh);
      await standing.check(REQUESTS);
    }
  });
});

/** Connections of the client's Envoy to the service. */
async function envoySockets(standing: Standing): Promise<readonly string[]> {
  const lines = (await standing.ask('client', 'ss', '-tnpeH', 'dst', SERVICE)).split('\n');
  return lines.filter((line) => line.includes('"envoy"') && /198\.18\.0\.10:\d+\s+198\.18\.0\.11:8080/u.test(line));
}

/** The mesh with other rules. */
function withRules(change: (rule: readonly string[]) => readonly (readonly string[])[]): (mesh: Mesh) => Mesh {
  return (mesh) => ({ ...mesh, hosts: mesh.hosts.map((host) => ({ ...host, rules: host.rules.flatMap(change) })) });
}

describe('what does not go this way is not measured', () => {
  const mechanisms = ['outbound: redirect', 'outbound: tproxy', 'inbound: redirect', 'inbound: tproxy'];
  for (const mesh of mechanisms) {
    test(`${mesh}, without its rules`, async () => {
      const bare = place.trial(
        `{ ${mesh} }`,
        withRules(() => []),
      );
      await assert.rejects(bare, {
        kind: 'component',
        code: 'PATH_NOT_TAKEN',
        message: /\.envoy counted 0 in http\..*; no packet of \w+ matched `-j (?:REDIRECT|TPROXY)/u,
      });
    });

    test(`${mesh}, with rules that match other traffic`, async () => {
      const elsewhere = (word: string): string =>
        word.replace('198.18.0.0/15', '198.19.0.0/16').replace('8080', '9090');
      const misled = place.trial(
        `{ ${mesh} }`,
        withRules((rule) => [rule.map(elsewhere)]),
      );
      await assert.rejects(misled, { kind: 'component', code: 'PATH_NOT_TAKEN' });
    });
  }

  test('nor what a rule leads to where nobody listens', async () => {
    const lost = withRules((rule) => [rule.map((word) => word.replace('15001', '15099'))]);
    await assert.rejects(place.trial('{ outbound: redirect }', lost), { kind: 'component' });
  });

  test('nor what a sidecar does not count, although rules led it there', async () => {
    const uncounted = (mesh: Mesh): Mesh => ({
      ...mesh,
      hosts: mesh.hosts.map((host) => ({
        ...host,
        sidecar: host.sidecar && {
          ...host.sidecar,
          passes: [{ counters: ['http.other.downstream_rq_total'], times: 1 }],
        },
      })),
    });
    const message = /client\.envoy counted 0 in http\.other\.downstream_rq_total, of 120 answered$/u;
    await assert.rejects(place.trial('{ outbound: redirect }', uncounted), { code: 'PATH_NOT_TAKEN', message });
  });

  test('and a rule that the kernel refuses is named', async () => {
    const wrong = withRules((rule) => [rule.map((word) => (word === 'REDIRECT' ? 'TPROXY' : word))]);
    const message = /client: `iptables .* -j TPROXY --to-ports 15001` failed: iptables/u;
    await assert.rejects(place.trial('{ outbound: redirect }', wrong), { kind: 'component', message });
  });
});
