import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type ReplayKind,
  readSource,
  unknownExtension,
  withoutExtension,
  withoutSecrets,
} from '../../../src/mesh/index.ts';
import { BenchError } from '../../../src/units/index.ts';
import { CLUSTERS, dump, OUTBOUND_80, ROUTES_80, VIRTUAL_OUTBOUND } from './istio.ts';
import { tryReplay } from './support.ts';

function refusal(kind: ReplayKind, value: unknown): BenchError {
  try {
    readSource(kind, value);
  } catch (error) {
    assert.ok(error instanceof BenchError);
    return error;
  }
  throw new assert.AssertionError({ message: 'it was accepted' });
}

describe('a file of another shape is refused, with all that is wrong:', () => {
  const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  const empty = { configs: [{ '@type': 'x.BootstrapConfigDump' }] };
  const camel = { configs: [{ '@type': 'x.ListenersConfigDump', dynamicListeners: [] }] };
  for (const [kind, value, words] of [
    ['config-dump', null, [/has no list `configs`/u]],
    ['config-dump', 'text', [/has no list `configs`/u]],
    ['config-dump', { configs: 3 }, [/has no list `configs`/u]],
    ['config-dump', { static_resources: {} }, [/give it by --bootstrap/u]],
    ['config-dump', empty, [/no bootstrap/u, /no active listeners/u, /no active clusters/u]],
    ['config-dump', camel, [/dynamicListeners: fields must be written .* with underscores/u]],
    ['config-dump', { configs: [deep] }, [/nested deeper/u]],
    ['bootstrap', [], [/one object/u]],
    ['bootstrap', { configs: [] }, [/give it by --config-dump/u]],
    ['bootstrap', { staticResources: {} }, [/staticResources/u, /no listeners/u, /no clusters/u]],
    ['bootstrap', deep, [/nested deeper/u]],
  ] as const) {
    test(`${kind} ${words.join(' ')}`, () => {
      const error = refusal(kind, value);
      assert.deepEqual([error.kind, error.code], ['usage', 'REPLAY_FILE']);
      for (const word of words) assert.match(error.message, word);
      assert.notEqual(error.hint, undefined);
    });
  }
});

test('a static bootstrap is replayed as a dump is', () => {
  const chain = {
    filters: (OUTBOUND_80['filter_chains'] as readonly { filters: readonly object[] }[])[0]?.filters ?? [],
  };
  const inlined = JSON.parse(JSON.stringify(chain).replace(/"rds":\{.*?\}\}/u, '"rds":0')) as object;
  assert.ok(JSON.stringify(inlined).includes('"rds":0'));
  const manager = JSON.parse(
    JSON.stringify(inlined).replace('"rds":0', `"route_config":${JSON.stringify(ROUTES_80)}`),
  ) as object;
  const bootstrap = {
    node: { id: 'own' },
    static_resources: {
      listeners: [VIRTUAL_OUTBOUND, { ...OUTBOUND_80, filter_chains: [manager] }],
      clusters: CLUSTERS,
    },
  };
  const { mesh } = tryReplay(readSource('bootstrap', bootstrap));
  assert.equal(mesh?.authority, 'server.default.svc.cluster.local');
  assert.match(mesh?.path ?? '', /a replayed bootstrap/u);
});

test('variants without a sidecar stay as they are', () => {
  const { mesh } = tryReplay(readSource('config-dump', dump()), { mesh: { outbound: 'none' } });
  assert.deepEqual(
    [mesh?.target, mesh?.authority, mesh?.notes],
    [{ address: '198.18.0.11', port: 8080 }, 'server:8080', []],
  );
});

test('what is kept beside the report has no secrets, and all else', () => {
  assert.deepEqual(
    withoutSecrets({
      private_key: { inline_string: 'a', filename: '/key.pem' },
      common: [{ password: 'b', sni: 'c' }],
      request_headers_to_add: [
        { header: { key: 'Authorization', value: 'Bearer d' } },
        { header: { key: 'x-color', value: 'e' } },
      ],
      generic_secret: { secret: { inline_bytes: 'Zg==' } },
      name: 'g',
    }),
    {
      private_key: { inline_string: '[redacted]', filename: '/key.pem' },
      common: [{ password: '[redacted]', sni: 'c' }],
      request_headers_to_add: [
        { header: { key: 'Authorization', value: '[redacted]' } },
        { header: { key: 'x-color', value: 'e' } },
      ],
      generic_secret: { secret: { inline_bytes: '[redacted]' } },
      name: 'g',
    },
  );
});

describe('an extension that Envoy does not know', () => {
  for (const [message, expected] of [
    [
      "Didn't find a registered implementation for 'istio.mx' with type URL: 'io.istio.Config'",
      { name: 'istio.mx', type: 'io.istio.Config' },
    ],
    ["Didn't find a registered implementation for name: 'old'", { name: 'old', type: undefined }],
    [
      'Unable to parse JSON as proto (INVALID_ARGUMENT: could not find @type \'type.googleapis.com/stats.PluginConfig\'): {"a"',
      { name: undefined, type: 'stats.PluginConfig' },
    ],
    ['Error: no factory found for a required type URL x.Y.', { name: undefined, type: 'x.Y' }],
    ["unable to open file '/x'", undefined],
  ] as const) {
    test(message.slice(0, 60), () => assert.deepEqual(unknownExtension(message), expected));
  }

  test('is named as the configuration does, wherever it is', () => {
    const type = 'type.googleapis.com/stats.PluginConfig';
    const config = {
      filters: [
        { name: 'istio.stats', typed_config: { '@type': type } },
        { name: 'router', typed_config: { '@type': 'r' } },
      ],
      options: { 'istio.other': { '@type': type }, kept: { '@type': 'k' } },
      wrapped: [{ name: 'istio.typed', typed_config: { '@type': 'udpa.TypedStruct', type_url: type } }],
    };
    assert.deepEqual(withoutExtension(config, { name: undefined, type: 'stats.PluginConfig' }), {
      names: ['istio.stats', 'stats.PluginConfig', 'istio.typed'],
      config: {
        filters: [{ name: 'router', typed_config: { '@type': 'r' } }],
        options: { kept: { '@type': 'k' } },
        wrapped: [],
      },
    });
  });
});
