import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { validateReplay } from '../../src/run/index.ts';
import { DEFAULT_ENVOY_VERSION, type EnvoyBinary, prepareRun } from '../../src/setup/index.ts';
import { BenchError } from '../../src/units/index.ts';
import {
  CLUSTERS,
  type DumpParts,
  eds,
  type Json,
  manager,
  OUTBOUND_80,
  RDS_80,
  SERVER,
  VIRTUAL_OUTBOUND,
} from '../mesh/replay/istio.ts';
import { replayDump } from '../mesh/replay/support.ts';

const ROUTER = {
  name: 'envoy.filters.http.router',
  typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
};

describe('Envoy itself', () => {
  let envoy: EnvoyBinary;
  before(async () => {
    const { envoys } = await prepareRun({ envoyVersions: [DEFAULT_ENVOY_VERSION], say: () => undefined });
    const found = envoys[DEFAULT_ENVOY_VERSION];
    assert.ok(found);
    envoy = found;
  });

  async function refusal(parts: DumpParts): Promise<BenchError> {
    const error = await validateReplay(replayDump(parts), envoy).then(
      () => undefined,
      (cause: unknown) => cause,
    );
    assert.ok(error instanceof BenchError, String(error));
    assert.equal(error.kind, 'preflight');
    return error;
  }

  for (const outbound of ['listener', 'redirect', 'tproxy'] as const) {
    test(`finds a replayed dump of Istio's shape valid, by ${outbound}`, async () => {
      await validateReplay(replayDump({}, { mesh: { outbound } }), envoy);
    });
  }

  test('finds one valid whose entry takes every connection, and whose exclusions are gone', async () => {
    const chain = { filter_chain_match: { server_names: ['x'] }, filters: [manager(RDS_80)] };
    const stats_matcher = { exclusion_list: { patterns: [{ suffix: '_total' }] } };
    const listeners = [VIRTUAL_OUTBOUND, { ...OUTBOUND_80, filter_chains: [chain] }];
    await validateReplay(replayDump({ listeners, bootstrap: { stats_config: { stats_matcher } } }), envoy);
  });

  test('names everything that it does not have, and where that is to be had', async () => {
    const filter = (name: string, type: string, more: Json = {}): Json => ({
      name,
      typed_config: { '@type': `type.googleapis.com/${type}`, ...more },
    });
    const http_filters = [
      filter('istio.metadata_exchange', 'udpa.type.v1.TypedStruct', {
        type_url: 'type.googleapis.com/io.istio.http.peer_metadata.Config',
        value: {},
      }),
      filter('istio.alpn', 'istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig'),
      filter('istio.stats', 'stats.PluginConfig', { private_key: 'hunter2' }),
      ROUTER,
    ];
    const listeners = [
      VIRTUAL_OUTBOUND,
      { ...OUTBOUND_80, filter_chains: [{ filters: [manager(RDS_80, { http_filters })] }] },
    ];
    const { code, message, hint } = await refusal({ listeners });
    assert.equal(code, 'REPLAY_EXTENSIONS');
    for (const name of ['istio.metadata_exchange', 'istio.alpn', 'istio.stats'])
      assert.ok(message.includes(name), message);
    assert.match(hint ?? '', /--envoy-bin.*istio-proxy/u);
  });

  test('says what else is wrong, without the configuration that it repeats', async () => {
    const clusters = [...CLUSTERS.slice(1), eds(SERVER, { no_such_field: 'hunter2' })];
    const { code, message } = await refusal({ clusters });
    assert.equal(code, 'REPLAY_INVALID');
    assert.match(message, /no_such_field/u);
    assert.doesNotMatch(message, /hunter2|static_resources":/u);
    assert.ok(message.length < 1000);
  });
});
