import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type ContainerStats, type Reading, readingOf, usedAt } from '../../../src/runtime/docker/stats.ts';

const read = '2026-11-25T23:32:53.017902144Z';
const cpu_stats = {
  cpu_usage: { total_usage: 123_456_789 },
  throttling_data: { periods: 10, throttled_periods: 4, throttled_time: 300_000_000 },
};
const VERSIONS = {
  1: { total_rss: 40e6, total_mapped_file: 2e6, rss: 1, mapped_file: 1, cache: 9e6 },
  2: { anon: 40e6, file_mapped: 2e6, file: 9e6 },
} as const;

describe("a line of Docker's API", () => {
  for (const [version, stats] of Object.entries(VERSIONS)) {
    test(`is read of version ${version} of control groups`, () => {
      assert.deepEqual(readingOf({ read, cpu_stats, memory_stats: { stats } }, true), {
        at: Date.UTC(2026, 10, 25, 23, 32, 53, 17) * 1e6,
        runNs: 123_456_789,
        rssBytes: 42e6,
        throttling: { periods: 10, throttledPeriods: 4, throttledNs: 300_000_000 },
      });
    });
  }

  test('has no throttling without a limit', () => {
    const { throttling } = readingOf({ read, cpu_stats, memory_stats: { stats: VERSIONS[2] } }, false) ?? {};
    assert.equal(throttling, undefined);
  });

  const missing: readonly ContainerStats[] = [
    {},
    { cpu_stats, memory_stats: { stats: VERSIONS[2] } },
    { read: '0001-01-01T00:00:00Z', cpu_stats, memory_stats: { stats: VERSIONS[2] } },
    { read, cpu_stats },
    { read, cpu_stats, memory_stats: { stats: { anon: 1 } } },
    { read, memory_stats: { stats: VERSIONS[2] } },
    { read, cpu_stats: { cpu_usage: { total_usage: 0 } }, memory_stats: { stats: VERSIONS[2] } },
  ];
  for (const [index, stats] of missing.entries()) {
    test(`is nothing, and not 0, where something is missing, ${index + 1}`, () => {
      assert.equal(readingOf(stats, true), undefined);
    });
  }
});

/** At second 1, 2 and 4 of a window from 0 to 5, with 100 ms, 300 ms and 400 ms. */
const READINGS: readonly Reading[] = [
  { at: -1e9, runNs: 1, rssBytes: 1, throttling: undefined },
  { at: 1e9, runNs: 100e6, rssBytes: 10, throttling: undefined },
  { at: 1e9, runNs: 100e6, rssBytes: 10, throttling: undefined },
  { at: 2e9, runNs: 300e6, rssBytes: 20, throttling: undefined },
  { at: 4e9, runNs: 400e6, rssBytes: 40, throttling: undefined },
  { at: 6e9, runNs: 9e9, rssBytes: 90, throttling: undefined },
];
const WINDOW = { from: 0, until: 5e9 };

describe('what a container had used at an instant', () => {
  const cases: readonly (readonly [seconds: number, ms: number, rss: number])[] = [
    [0, 0, 10],
    [1, 100, 10],
    [1.5, 200, 10],
    [2, 300, 20],
    [3, 350, 20],
    [4, 400, 40],
    [5, 500, 40],
  ];
  for (const [seconds, ms, rss] of cases) {
    test(`at ${seconds} s is ${ms} ms, of the readings within the window alone`, () => {
      const { threads, rssBytes } = usedAt('id', READINGS, WINDOW, seconds * 1e9) ?? {};
      assert.ok(Math.abs((threads?.['id']?.run ?? 0) - ms * 1e6) < 1);
      assert.equal(rssBytes, rss);
    });
  }

  test('is not known by fewer than two readings', () => {
    for (const some of [[], READINGS.slice(0, 3), READINGS.slice(4)]) {
      assert.equal(usedAt('id', some, WINDOW, 2e9), undefined);
    }
  });

  test('has the throttling of a limited one', () => {
    const throttling = { periods: 10, throttledPeriods: 4, throttledNs: 200e6 };
    const later = { periods: 30, throttledPeriods: 14, throttledNs: 600e6 };
    const limited = READINGS.slice(3, 5).map((reading, index) => ({
      ...reading,
      throttling: index === 0 ? throttling : later,
    }));
    const counters = usedAt('id', limited, WINDOW, 3e9);
    assert.deepEqual(counters?.throttling, { periods: 20, throttledPeriods: 9, throttledNs: 400e6 });
    assert.equal(usedAt('id', READINGS, WINDOW, 3e9)?.throttling, undefined);
  });

  test('is exact at every instant of what uses a processor steadily', () => {
    const seconds = fc.uniqueArray(fc.integer({ min: 0, max: 20 }), { minLength: 2 });
    fc.assert(
      fc.property(
        seconds,
        fc.integer({ min: 1, max: 8000 }),
        fc.integer({ min: 0, max: 20 }),
        (at, perSecond, when) => {
          const readings = at
            .toSorted((a, b) => a - b)
            .map((second) => ({ at: second * 1e9, runNs: second * perSecond, rssBytes: 1, throttling: undefined }));
          const run = usedAt('id', readings, { from: 0, until: 20e9 }, when * 1e9)?.threads['id']?.run ?? Number.NaN;
          assert.ok(Math.abs(run - when * perSecond) < 1e-3);
        },
      ),
    );
  });
});
