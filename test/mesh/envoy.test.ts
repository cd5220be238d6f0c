import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { Mesh } from '../../src/mesh/index.ts';
import { DEFAULT_SETTINGS, type MeshSettings, type Workload } from '../../src/scenario/index.ts';
import { KNOWN_ENVOY_VERSIONS, prepareRun } from '../../src/setup/index.ts';
import { fromSeconds } from '../../src/units/index.ts';
import { Scratch } from '../support/cli.ts';
import { allSettings, hostOf, meshOf } from './support.ts';

const QUIET = DEFAULT_SETTINGS.mesh.telemetry;
const TALKATIVE = { accessLog: true, tracing: 0.01, scrape: fromSeconds(1), stats: 'all' } as const;

interface Listener {
  readonly name: string;
  readonly address: { readonly socket_address: { readonly address: string; readonly port_value: number } };
  readonly bind_to_port?: boolean;
  readonly transparent?: boolean;
  readonly use_original_dst?: boolean;
  readonly socket_options?: readonly { readonly name: number; readonly int_value: number }[];
  readonly listener_filters?: readonly { readonly name: string; readonly typed_config: { readonly mark?: number } }[];
  readonly filter_chains: readonly { readonly transport_socket?: unknown; readonly filter_chain_match?: unknown }[];
}

interface Cluster {
  readonly name: string;
  readonly type: string;
  readonly transport_socket?: unknown;
  readonly upstream_bind_config?: {
    readonly source_address: { readonly address: string };
    readonly socket_options?: readonly { readonly name: number; readonly int_value: number }[];
  };
}

interface Configuration {
  readonly listeners: readonly Listener[];
  readonly clusters: readonly Cluster[];
}

function configurationOf(mesh: Mesh, host: string): Configuration {
  return hostOf(mesh, host).sidecar?.bootstrap['static_resources'] as Configuration;
}

function listener(mesh: Mesh, host: string, name: string): Listener {
  const found = configurationOf(mesh, host).listeners.find((one) => one.name === name);
  assert.ok(found !== undefined, name);
  return found;
}

function cluster(mesh: Mesh, host: string, name: string): Cluster {
  const found = configurationOf(mesh, host).clusters.find((one) => one.name === name);
  assert.ok(found !== undefined, name);
  return found;
}

const marksOf = (options: readonly { int_value: number }[] | undefined): readonly number[] =>
  (options ?? []).map(({ int_value }) => int_value);

describe('an outbound sidecar', () => {
  test("listens on the services' ports beside the caller", () => {
    const { address, bind_to_port } = listener(meshOf({ outbound: 'listener' }), 'client', 'outbound-8080');
    assert.deepEqual(address.socket_address, { address: '127.0.0.1', port_value: 8080 });
    assert.equal(bind_to_port, undefined);
  });

  for (const outbound of ['redirect', 'tproxy'] as const) {
    test(`takes what ${outbound} leads to it on 15001, and tells by the original destination`, () => {
      const mesh = meshOf({ outbound });
      const all = listener(mesh, 'client', 'outbound');
      assert.deepEqual(all.address.socket_address, { address: '0.0.0.0', port_value: 15001 });
      assert.equal(all.use_original_dst, true);
      assert.equal(all.transparent, outbound === 'tproxy' ? true : undefined);
      assert.equal(listener(mesh, 'client', 'outbound-8080').bind_to_port, false);
      assert.equal(cluster(mesh, 'client', 'passthrough').type, 'ORIGINAL_DST');
      assert.deepEqual(mesh.target, { address: '198.18.0.11', port: 8080 });
    });
  }

  test('marks its connections where rules tell them by that, and only there', () => {
    for (const mesh of allSettings(TALKATIVE).filter(({ outbound }) => outbound !== 'none')) {
      const { clusters } = configurationOf(meshOf(mesh), 'client');
      const marked = mesh.outbound !== 'listener' && mesh.exempt === 'mark' ? [1337] : [];
      for (const { upstream_bind_config } of clusters) {
        assert.deepEqual(marksOf(upstream_bind_config?.socket_options), marked, JSON.stringify(mesh));
      }
      assert.deepEqual(
        clusters.map(({ name }) => name),
        ['service.server', ...(mesh.outbound === 'listener' ? [] : ['passthrough']), 'collector'],
      );
    }
  });

  test('is another user where rules tell it by that', () => {
    for (const exempt of ['mark', 'uid'] as const) {
      const { sidecar } = hostOf(meshOf({ outbound: 'redirect', exempt }), 'client');
      assert.equal(sidecar?.uid, exempt === 'uid' ? 1337 : undefined);
    }
  });
});

describe('an inbound sidecar', () => {
  test("has the service's own port, with the application on the loopback", () => {
    const mesh = meshOf({ inbound: 'listener' });
    const { address } = listener(mesh, 'server', 'inbound').address.socket_address;
    assert.equal(address, '198.18.0.11');
    assert.equal(hostOf(mesh, 'server').app?.address, '127.0.0.2');
  });

  const rows: readonly [
    Partial<MeshSettings>,
    string | undefined,
    readonly number[],
    readonly (number | undefined)[],
  ][] = [
    [{ inbound: 'redirect' }, '127.0.0.6', [], [undefined]],
    [{ inbound: 'tproxy' }, '127.0.0.6', [], [undefined]],
    [{ inbound: 'tproxy', conntrack: false }, '127.0.0.6', [], [undefined]],
    [{ inbound: 'tproxy', originalSource: true }, undefined, [], [undefined, 1338]],
    [{ inbound: 'tproxy', originalSource: true, conntrack: false }, undefined, [1337], [undefined, 1338]],
  ];
  for (const [settings, source, listenerMarks, filterMarks] of rows) {
    test(`takes ${JSON.stringify(settings)} on 15006 and goes on to where it was going`, () => {
      const mesh = meshOf(settings);
      const inbound = listener(mesh, 'server', 'inbound');
      assert.deepEqual(inbound.address.socket_address, { address: '0.0.0.0', port_value: 15006 });
      assert.equal(inbound.transparent, settings.inbound === 'tproxy' ? true : undefined);
      assert.deepEqual(marksOf(inbound.socket_options), listenerMarks);
      assert.deepEqual(
        inbound.listener_filters?.map(({ typed_config }) => typed_config.mark),
        filterMarks,
      );
      assert.deepEqual(inbound.filter_chains[0]?.filter_chain_match, { destination_port: 8080 });
      const { type, upstream_bind_config } = cluster(mesh, 'server', 'inbound');
      assert.equal(type, 'ORIGINAL_DST');
      assert.equal(upstream_bind_config?.source_address.address, source);
      assert.equal(hostOf(mesh, 'server').app?.address, '198.18.0.11');
    });
  }
});

describe('TLS', () => {
  const mesh = meshOf({ outbound: 'redirect', inbound: 'redirect', tls: 'mutual' });

  test('is spoken between sidecars, and not to the application or to what is no service', () => {
    assert.match(JSON.stringify(cluster(mesh, 'client', 'service.server').transport_socket), /UpstreamTlsContext/u);
    assert.match(
      JSON.stringify(listener(mesh, 'server', 'inbound').filter_chains[0]?.transport_socket),
      /DownstreamTlsContext.*"require_client_certificate":true/u,
    );
    for (const [host, name] of [
      ['client', 'passthrough'],
      ['server', 'inbound'],
    ] as const) {
      assert.equal(cluster(mesh, host, name).transport_socket, undefined);
    }
  });

  test("accepts the service's own identity, and callers of the mesh", () => {
    const identity = '"match_typed_subject_alt_names":[{"san_type":"URI","matcher"';
    assert.ok(
      JSON.stringify(cluster(mesh, 'client', 'service.server')).includes(
        `${identity}:{"exact":"spiffe://cluster.local/ns/default/sa/server"}}]`,
      ),
    );
    assert.ok(
      JSON.stringify(listener(mesh, 'server', 'inbound')).includes(
        `${identity}:{"prefix":"spiffe://cluster.local/"}}]`,
      ),
    );
  });

  test('has a certificate for every host, named by files in its folder, and no key in the configuration', () => {
    assert.deepEqual(
      mesh.certificates.map(({ host, identity, keyPath }) => [host, identity, keyPath]),
      ['client', 'server'].map((host) => [
        host,
        `spiffe://cluster.local/ns/default/sa/${host}`,
        `/run/meshbench/${host}/key.pem`,
      ]),
    );
    assert.deepEqual(meshOf({ outbound: 'redirect', inbound: 'redirect' }).certificates, []);
    assert.doesNotMatch(JSON.stringify(mesh), /inline_|PRIVATE/u);
  });
});

describe('telemetry', () => {
  const both = { outbound: 'redirect', inbound: 'redirect' } as const;
  const text = (telemetry: MeshSettings['telemetry'], host = 'server'): string =>
    JSON.stringify(hostOf(meshOf({ ...both, telemetry }), host).sidecar?.bootstrap);

  test('is none where nothing is asked for', () => {
    const quiet = text(QUIET);
    assert.doesNotMatch(quiet, /access_log|tracing|collector"|dynamic_stats":true/u);
    assert.match(quiet, /inclusion_list/u);
    assert.deepEqual(
      meshOf({ ...both, telemetry: QUIET }).hosts.map(({ role }) => role),
      ['workload', 'workload'],
    );
  });

  test('is each by itself', () => {
    assert.match(text({ ...QUIET, accessLog: true }), /"path":"\/run\/meshbench\/server\/access\.log"/u);
    assert.doesNotMatch(text({ ...QUIET, stats: 'all' }), /inclusion_list/u);
    const traced = text({ ...QUIET, tracing: 0.01 });
    assert.match(
      traced,
      /"generate_request_id":true.*"random_sampling":\{"value":1\}.*"service_name":"server\.inbound"/u,
    );
    assert.equal(
      hostOf(meshOf({ ...both, telemetry: { ...QUIET, scrape: fromSeconds(1) } }), 'server').sidecar?.scrape,
      1e9,
    );
  });

  test('has a collector that is no part of the mesh, where spans are sent and somebody sends them', () => {
    const traced = meshOf({ ...both, telemetry: { ...QUIET, tracing: 1 } });
    const collector = hostOf(traced, 'collector');
    assert.deepEqual([collector.role, collector.app?.port, collector.address], ['harness', 4318, '198.18.0.12']);
    assert.equal(meshOf({ telemetry: { ...QUIET, tracing: 1 } }).hosts.length, 2, 'without a sidecar nobody does');
  });
});

const CHAIN: readonly Workload[] = [
  { name: 'client', port: undefined, calls: ['middle'] },
  { name: 'middle', port: 8080, calls: ['server', 'other'] },
  { name: 'server', port: 8080, calls: [] },
  { name: 'other', port: 9090, calls: [] },
];

/** Every different configuration that the settings make. */
function configurations(): readonly string[] {
  const meshes = [QUIET, TALKATIVE].flatMap((telemetry) => allSettings(telemetry).map((mesh) => meshOf(mesh, CHAIN)));
  const texts = meshes.flatMap(({ hosts }) =>
    hosts.flatMap(({ sidecar }) => (sidecar ? [JSON.stringify(sidecar.bootstrap)] : [])),
  );
  return [...new Set(texts)];
}

/** A folder with the certificates that configurations name, whoever they are of. */
function makeCertificates(folder: string): void {
  for (const { name } of CHAIN) {
    const at = path.join(folder, name);
    mkdirSync(at);
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=test'];
    const files = ['-keyout', path.join(at, 'key.pem'), '-out', path.join(at, 'certificate.pem')];
    execFileSync('openssl', ['req', '-x509', ...key, ...files], { stdio: 'ignore' });
    execFileSync('cp', [path.join(at, 'certificate.pem'), path.join(at, 'authority.pem')]);
  }
}

test('Envoy itself finds every configuration valid, and has no word to say about it', async (t) => {
  const version = KNOWN_ENVOY_VERSIONS.at(-1) ?? '';
  const { envoys } = await prepareRun({ envoyVersions: [version], say: () => undefined });
  using scratch = new Scratch();
  makeCertificates(scratch.folder);
  const all = configurations();
  t.diagnostic(`${all.length} configurations`);
  for (const [index, text] of all.entries()) {
    const file = path.join(scratch.folder, `${index}.json`);
    writeFileSync(file, text.replaceAll('/run/meshbench/', `${scratch.folder}/`));
    const validate = ['--mode', 'validate', '-l', 'warn', '-c', file];
    const { stdout, stderr } = await promisify(execFile)(envoys[version]?.path ?? '', validate);
    assert.match(stdout, /OK/u);
    assert.equal(stderr, '');
  }
});
