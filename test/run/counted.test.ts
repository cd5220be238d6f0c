import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { monotonicNow } from '../../src/metrics/index.ts';
import { readCounted } from '../../src/run/counted.ts';
import { meshOf } from '../mesh/support.ts';

const MESH = meshOf({ outbound: 'listener' });
const SEEN = { sent: 100, ok: 100 };

/** Proxies that have counted this much at each reading, the last one for ever. */
function counting(...counts: readonly number[]): Parameters<typeof readCounted>[2] & { readings: number } {
  return {
    readings: 0,
    counters() {
      const counted = counts[Math.min(this.readings, counts.length - 1)] ?? 0;
      this.readings += 1;
      return Promise.resolve({ 'client.envoy': { counters: { 'http.outbound.downstream_rq_total': counted } } });
    },
    packets: () => Promise.resolve({}),
  };
}

describe('what was counted', () => {
  test('is read once where it agrees', async () => {
    const proxies = counting(100);
    await readCounted(MESH, SEEN, proxies);
    assert.equal(proxies.readings, 1);
  });

  test('is read again where a proxy is behind, and the last reading is what is told', async () => {
    const proxies = counting(0, 95, 100);
    const { proxies: told } = await readCounted(MESH, SEEN, proxies);
    assert.equal(proxies.readings, 3);
    assert.equal(told['client.envoy']?.counters['http.outbound.downstream_rq_total'], 100);
  });

  test('does not agree where a request went past, and that is said within seconds', async () => {
    const from = monotonicNow();
    await assert.rejects(readCounted(MESH, SEEN, counting(99)), { code: 'PATH_NOT_TAKEN', message: /counted 99/u });
    const took = monotonicNow() - from;
    assert.ok(took >= 1e9 && took < 5e9, `${took} ns`);
  });

  test('that cannot be read is an error at once', async () => {
    const gone = { ...counting(0), counters: () => Promise.reject(new Error('no answer')) };
    await assert.rejects(readCounted(MESH, SEEN, gone), /no answer/u);
  });
});
