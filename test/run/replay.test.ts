import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { stringify } from 'yaml';
import { type RunRecord, readRecord } from '../../src/record/index.ts';
import { DEFAULT_ENVOY_VERSION, prepareRun } from '../../src/setup/index.ts';
import {
  CERTIFICATE,
  eds,
  host,
  type Json,
  manager,
  OUTBOUND_80,
  SERVER,
  VIRTUAL_OUTBOUND,
} from '../mesh/replay/istio.ts';
import { type Ended, Scratch } from '../support/cli.ts';
import { mortal } from '../support/mortal.ts';

const ENVOY = 'type.googleapis.com/envoy';
const HTTP = `${ENVOY}.extensions.filters.http`;
const SECRET = 'a-token-that-nobody-may-see';

/** Marks the answers, by which the load tells application versions: it is seen that the user's filter acted. */
const LUA: Json = {
  name: 'envoy.filters.http.lua',
  typed_config: {
    '@type': `${HTTP}.lua.v3.Lua`,
    default_source_code: {
      inline_string: "function envoy_on_response(handle) handle:headers():replace('x-app-version', 'by-lua') end",
    },
  },
};

/** Counts requests as `http.<prefix>.rbac.allowed`. */
const RBAC: Json = {
  name: 'envoy.filters.http.rbac',
  typed_config: {
    '@type': `${HTTP}.rbac.v3.RBAC`,
    rules: { policies: { all: { permissions: [{ any: true }], principals: [{ any: true }] } } },
  },
};

const ROUTER: Json = { name: 'envoy.filters.http.router', typed_config: { '@type': `${HTTP}.router.v3.Router` } };

const SCENARIO = `question: What does my own sidecar cost?
variants:
  direct: {}
  listener: { mesh: { outbound: listener } }
  redirect: { mesh: { outbound: redirect } }
load: { rate: 500/s, connections: 8, warmup: 500ms, duration: 1s }
`;

/** A real Envoy whose listeners, clusters, routes and endpoints all come by discovery, from files. */
class Sidecar implements AsyncDisposable {
  private readonly folder: string;
  private readonly child: ChildProcess;

  constructor(envoy: string, folder: string) {
    this.folder = folder;
    const source = (name: string): Json => ({
      path_config_source: { path: path.join(folder, name) },
      resource_api_version: 'V3',
    });
    const write = (name: string, json: Json): void => writeFileSync(path.join(folder, name), JSON.stringify(json));
    const resources = (type: string, list: readonly Json[]): Json => ({
      resources: list.map((one) => ({ '@type': `${ENVOY}.config.${type}`, ...one })),
    });
    const routes = {
      ...host('server', ['server.default.svc.cluster.local', 'server'], SERVER),
      request_headers_to_add: [{ header: { key: 'authorization', value: SECRET } }],
    };
    const entry = manager(
      { rds: { route_config_name: '80', config_source: source('rds.json') } },
      { http_filters: [RBAC, LUA, ROUTER] },
    );
    const log = JSON.stringify(entry).replace('/dev/stdout', path.join(folder, 'access.log'));
    write(
      'lds.json',
      resources('listener.v3.Listener', [
        { ...VIRTUAL_OUTBOUND, address: { socket_address: { address: '127.0.0.1', port_value: 0 } } },
        { ...OUTBOUND_80, filter_chains: [{ filters: [JSON.parse(log) as Json] }] },
      ]),
    );
    write(
      'cds.json',
      resources('cluster.v3.Cluster', [
        eds(SERVER, { eds_cluster_config: { eds_config: source('eds.json'), service_name: 'behind' } }),
        { name: 'BlackHoleCluster', type: 'STATIC', connect_timeout: '1s' },
        { name: 'PassthroughCluster', type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED', connect_timeout: '1s' },
      ]),
    );
    write('rds.json', resources('route.v3.RouteConfiguration', [{ name: '80', virtual_hosts: [routes] }]));
    write(
      'eds.json',
      resources('endpoint.v3.ClusterLoadAssignment', [
        {
          cluster_name: 'behind',
          endpoints: [
            { lb_endpoints: [{ endpoint: { address: { socket_address: { address: '10.1.2.3', port_value: 80 } } } }] },
          ],
        },
      ]),
    );
    write('envoy.json', {
      node: { id: 'sidecar~10.1.2.3~sleep.default~default.svc.cluster.local', cluster: 'sleep.default' },
      admin: { address: { pipe: { path: this.admin } } },
      dynamic_resources: { lds_config: source('lds.json'), cds_config: source('cds.json') },
      stats_config: {
        stats_matcher: { inclusion_list: { patterns: [{ prefix: 'cluster_manager' }, { suffix: 'rbac.allowed' }] } },
      },
    });
    const args = ['-c', path.join(folder, 'envoy.json'), '-l', 'error', '--disable-hot-restart', '--concurrency', '1'];
    this.child = mortal(spawn(envoy, args, { stdio: 'ignore' }));
  }

  private get admin(): string {
    return path.join(this.folder, 'admin.sock');
  }

  /** Its whole configuration once everything was discovered. */
  async dump(): Promise<string> {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const text = await this.get('/config_dump?include_eds').catch(() => '');
      const isWhole = ['"80"', '"behind"', 'dynamic_active_clusters', 'active_state'].every((part) =>
        text.includes(part),
      );
      if (isWhole) return text;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('the sidecar discovered nothing within 10 s');
  }

  private get(url: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const request = http.get({ socketPath: this.admin, path: url }, (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        answer.on('end', () => resolve(body));
      });
      request.on('error', reject);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('close', resolve));
    this.child.kill('SIGKILL');
    await gone;
  }
}

describe('the dump of a real sidecar, replayed by a run', () => {
  const scratch = new Scratch();
  let ended: Ended;
  let record: RunRecord;
  before(async () => {
    const { envoys } = await prepareRun({ envoyVersions: [DEFAULT_ENVOY_VERSION], say: () => undefined });
    await using sidecar = new Sidecar(envoys[DEFAULT_ENVOY_VERSION]?.path ?? '', scratch.folder);
    const dump = path.join(scratch.folder, 'dump.json');
    writeFileSync(dump, await sidecar.dump());
    const scenario = scratch.scenario('own', SCENARIO);
    ended = await scratch.quick(scenario, '--config-dump', dump, '--quiet');
    assert.equal(ended.code, 0, ended.stderr);
    record = await readRecord(path.join(scratch.run('own'), 'record.jsonl'));
  });
  after(() => scratch[Symbol.dispose]());

  test('had every request pass the filters of the user, and the baseline none', () => {
    assert.deepEqual(record.trials.map(({ variant, load }) => [variant, load.versions, load.outcomes.ok]).toSorted(), [
      ['direct', { v1: 500 }, 500],
      ['listener', { 'by-lua': 500 }, 500],
      ['redirect', { 'by-lua': 500 }, 500],
    ]);
    for (const { variant, proxies } of record.trials) {
      if (variant === 'direct') continue;
      const counters = proxies['client.envoy']?.counters ?? {};
      // 250 of the warm-up and 500 of the measurement. The user's own stats_matcher shows the first and hid the others.
      assert.equal(counters['http.outbound_0.0.0.0_80;.rbac.allowed'], 750);
      assert.equal(counters['http.outbound_0.0.0.0_80;.downstream_rq_total'], 750);
      assert.equal(counters[`cluster.${SERVER}.upstream_rq_total`], 750);
    }
  });

  test('says what was replayed, and what was changed of it', () => {
    const { fingerprint, notes, plan } = record.header;
    assert.equal(fingerprint['replay'], 'config-dump');
    assert.equal(fingerprint['filters.client.envoy.http'], 'rbac, lua, router');
    assert.match(String(fingerprint['replay.sha256']), /^[0-9a-f]{64}$/u);
    for (const part of ['dynamic_resources', SERVER, 'access.log', 'routes of route discovery', 'stats_matcher']) {
      assert.ok(
        notes.some((note) => note.startsWith('replay: ') && note.includes(part)),
        `${part}: ${notes.join('\n')}`,
      );
    }
    assert.match(plan.variants[2]?.path ?? '', /REDIRECT, a replayed config-dump by its listener 0\.0\.0\.0_80/u);
    const report = readFileSync(path.join(scratch.run('own'), 'report.html'), 'utf8');
    assert.match(report, /replay: left out of the bootstrap: dynamic_resources/u);
  });

  test('keeps what was deployed beside the report, without what lets somebody in', () => {
    const kept = readFileSync(path.join(scratch.run('own'), 'config/redirect/client.envoy.json'), 'utf8');
    assert.match(kept, /by-lua/u);
    assert.match(kept, /"value": "\[redacted\]"/u);
    for (const name of ['record.jsonl', 'report.html', 'summary.json', 'config/listener/client.envoy.json']) {
      assert.ok(!readFileSync(path.join(scratch.run('own'), name), 'utf8').includes(SECRET), name);
    }
  });
});

describe('a bootstrap in YAML, replayed by a run', () => {
  test('is entered by the host and the listener that are asked for, and says where its certificates went', async () => {
    using scratch = new Scratch();
    const routes = { route_config: { name: 'own', virtual_hosts: [host('api', ['api.example'], 'backend')] } };
    const tls = {
      transport_socket: {
        name: 'tls',
        typed_config: {
          '@type': `${ENVOY}.extensions.transport_sockets.tls.v3.DownstreamTlsContext`,
          common_tls_context: {
            tls_certificates: [{ certificate_chain: CERTIFICATE, private_key: { filename: '/none' } }],
          },
        },
      },
    };
    const at = (port: number): Json => ({ address: { socket_address: { address: '0.0.0.0', port_value: port } } });
    const bootstrap = path.join(scratch.folder, 'bootstrap.yaml');
    writeFileSync(
      bootstrap,
      stringify({
        static_resources: {
          listeners: [
            {
              name: 'first',
              ...at(9000),
              filter_chains: [{ filters: [manager(routes, { http_filters: [ROUTER] }, 'first')] }],
            },
            {
              name: 'second',
              ...at(9443),
              filter_chains: [{ ...tls, filters: [manager(routes, { http_filters: [LUA, ROUTER] }, 'second')] }],
            },
          ],
          clusters: [
            {
              name: 'backend',
              type: 'STRICT_DNS',
              connect_timeout: '1s',
              load_assignment: {
                cluster_name: 'backend',
                endpoints: [
                  {
                    lb_endpoints: [
                      { endpoint: { address: { socket_address: { address: 'backend.example', port_value: 80 } } } },
                    ],
                  },
                ],
              },
            },
          ],
        },
      }),
    );
    const scenario = scratch.scenario('own', SCENARIO);
    const entry = ['--replay-listener', 'second', '--replay-authority', 'api.example'];
    const variants = ['--variants', 'direct,redirect'];
    const { code, stderr } = await scratch.quick(scenario, ...variants, '--bootstrap', bootstrap, ...entry, '--quiet');
    assert.equal(code, 0, stderr);
    const { header, trials } = await readRecord(path.join(scratch.run('own'), 'record.jsonl'));
    const redirect = trials.find(({ variant }) => variant === 'redirect');
    assert.deepEqual(redirect?.load.versions, { 'by-lua': 500 });
    assert.equal(redirect?.proxies['client.envoy']?.counters['http.second.downstream_rq_2xx'], 750);
    assert.deepEqual([header.fingerprint['replay'], header.fingerprint['replay.listener']], ['bootstrap', 'second']);
    assert.ok(
      header.notes.some((note) => /TLS of listeners left out.*: second/u.test(note)),
      header.notes.join('\n'),
    );
  });

  test('whose filters answer by themselves is not measured as a hop', async () => {
    using scratch = new Scratch();
    const answers: Json = {
      name: 'envoy.filters.http.lua',
      typed_config: {
        '@type': `${HTTP}.lua.v3.Lua`,
        default_source_code: {
          inline_string: "function envoy_on_request(handle) handle:respond({[':status'] = '200'}, 'me') end",
        },
      },
    };
    const routes = { route_config: { name: 'own', virtual_hosts: [host('any', ['*'], 'backend')] } };
    const chain = { filters: [manager(routes, { http_filters: [answers, ROUTER] }, 'own')] };
    const bootstrap = path.join(scratch.folder, 'bootstrap.json');
    writeFileSync(
      bootstrap,
      JSON.stringify({
        static_resources: {
          listeners: [
            {
              name: 'own',
              address: { socket_address: { address: '0.0.0.0', port_value: 9000 } },
              filter_chains: [chain],
            },
          ],
          clusters: [{ name: 'backend', type: 'STATIC', connect_timeout: '1s' }],
        },
      }),
    );
    const scenario = scratch.scenario('own', SCENARIO);
    const flags = ['--variants', 'listener', '--bootstrap', bootstrap, '--quiet'];
    const { code, stderr } = await scratch.quick(scenario, ...flags);
    assert.equal(code, 20, stderr);
    assert.match(stderr, /counted 0 in cluster\.backend\.upstream_rq_total, of 750 answered.*PATH_NOT_TAKEN/u);
  });
});
