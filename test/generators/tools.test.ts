import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Reading } from '../../scripts/generators/record.ts';
import { RIVALS } from '../../scripts/generators/rivals.ts';
import { type Job, TOOLS } from '../../scripts/generators/tools.ts';

/** What each rival printed at its pinned version, shortened, and what it says. */
const SAID: Readonly<Record<string, { readonly output: string; readonly means: Reading }>> = {
  wrk: {
    output:
      '  Latency   389.02us  114.70us   4.03ms\n  246219 requests in 3.10s, 38.04MB read\nRequests/sec:  79425.24\n',
    means: { rate: 79_425.24, mean: null, p50: null, p99: null },
  },
  h2load: {
    output: 'finished in 3.00s, 93123.67 req/s, 14.39MB/s\nrequests: 279371 total, 279403 started, 279371 done\n',
    means: { rate: 93_123.67, mean: null, p50: null, p99: null },
  },
  hey: {
    output: 'Summary:\n  Total:\t3.0009 secs\n  Requests/sec:\t46012.5561\n',
    means: { rate: 46_012.5561, mean: null, p50: null, p99: null },
  },
  autocannon: {
    output: '{"requests":{"average":57000,"total":171000},"duration":3.0,"errors":0}',
    means: { rate: 57_000, mean: null, p50: null, p99: null },
  },
  fortio: {
    output:
      'Fortio 1.63.7 running at 2000 queries per second\n{"ActualQPS":1999.7,"DurationHistogram":{"Avg":0.00041,"Percentiles":[{"Percentile":50,"Value":0.000387},{"Percentile":99,"Value":0.0021}]}}',
    means: { rate: 1999.7, mean: 410, p50: 387, p99: 2100 },
  },
  oha: {
    output:
      '{"summary":{"requestsPerSec":2000.5,"average":0.00018},"latencyPercentiles":{"p50":0.000162,"p90":0.0003,"p99":0.0011}}',
    means: { rate: 2000.5, mean: 180, p50: 162, p99: 1100 },
  },
  vegeta: {
    output: '{"latencies":{"mean":170000,"50th":149000,"90th":200000,"99th":900000},"throughput":1999.9,"rate":2000.1}',
    means: { rate: 1999.9, mean: 170, p50: 149, p99: 900 },
  },
  k6: {
    output:
      '\n{"metrics":{"http_reqs":{"values":{"count":6001,"rate":2000.2}},"http_req_duration":{"values":{"avg":0.15,"med":0.136,"p(99)":0.8}}}}',
    means: { rate: 2000.2, mean: 150, p50: 136, p99: 800 },
  },
};

const JOB: Job = { url: 'http://127.0.0.1:1/', connections: 32, seconds: 3, rate: undefined, folder: '/nowhere' };

describe('the other load generators', () => {
  test('each that can be asked can be installed, and the other way round', () => {
    assert.deepEqual(RIVALS.map(({ name }) => name).sort(), Object.keys(TOOLS).sort());
    assert.deepEqual(Object.keys(SAID).sort(), Object.keys(TOOLS).sort());
  });

  for (const [name, { output, means }] of Object.entries(SAID)) {
    test(`${name} is understood`, () => {
      const reading = TOOLS[name]?.read(output);
      assert.ok(reading);
      for (const key of ['rate', 'mean', 'p50', 'p99'] as const) {
        const is: number | null = reading[key];
        const should: number | null = means[key];
        if (is === null || should === null) assert.equal(is, should, key);
        else assert.ok(Math.abs(is - should) < 1e-6 * should, `${key}: ${is}`);
      }
    });

    test(`${name} that says something else is no figure`, () => {
      assert.throws(() => TOOLS[name]?.read('connection refused'));
    });
  }

  test('who tells no latency, or none finer than 0.1 ms, is not asked at a rate', () => {
    const asked = Object.keys(TOOLS).filter((name) => TOOLS[name]?.ask({ ...JOB, rate: 2000 }) !== undefined);
    assert.deepEqual(asked.sort(), ['fortio', 'k6', 'oha', 'vegeta']);
    for (const name of Object.keys(TOOLS)) assert.ok(TOOLS[name]?.ask(JOB), name);
  });
});
