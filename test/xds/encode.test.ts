import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { messageType } from '../../src/xds/definitions.ts';
import { encodeAny, type Json } from '../../src/xds/encode.ts';
import { TYPE_URLS } from '../../src/xds/types.ts';

function decoded(json: Json): unknown {
  const { type_url: url, value } = encodeAny(json);
  const type = messageType(url.slice('type.googleapis.com/'.length));
  return type.toObject(type.decode(value), { enums: String, longs: Number });
}

describe('configuration as protobuf', () => {
  test('has durations, wrappers, enums, structs and nested messages as they were written', () => {
    const cluster = {
      '@type': TYPE_URLS.cluster,
      name: 'outbound|80||a',
      type: 'EDS',
      connect_timeout: '1.25s',
      lb_policy: 'LEAST_REQUEST',
      circuit_breakers: { thresholds: [{ max_connections: 4_294_967_295, track_remaining: true }] },
      metadata: { filter_metadata: { istio: { services: [{ host: 'a' }], weight: 2, on: true } } },
    };
    assert.deepEqual(decoded(cluster), {
      name: 'outbound|80||a',
      type: 'EDS',
      connect_timeout: { seconds: 1, nanos: 250_000_000 },
      lb_policy: 'LEAST_REQUEST',
      circuit_breakers: { thresholds: [{ max_connections: { value: 4_294_967_295 }, track_remaining: true }] },
      metadata: {
        filter_metadata: {
          istio: {
            fields: {
              services: { listValue: { values: [{ structValue: { fields: { host: { stringValue: 'a' } } } }] } },
              weight: { numberValue: 2 },
              on: { boolValue: true },
            },
          },
        },
      },
    });
  });

  const wrong: readonly (readonly [json: Json, words: RegExp])[] = [
    [{ name: 'a' }, /no type of a message/u],
    [{ '@type': TYPE_URLS.cluster, nam: 'a' }, /has no field nam/u],
    [{ '@type': TYPE_URLS.cluster, type: 'EDDS' }, /has no value EDDS/u],
    [{ '@type': TYPE_URLS.cluster, connect_timeout: 'soon' }, /"soon" is no duration/u],
  ];
  for (const [json, words] of wrong) {
    test(`is refused: ${words.source}`, () => assert.throws(() => encodeAny(json), words));
  }
});
