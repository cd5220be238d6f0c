import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { describeClause, parseSlo } from '../../src/scenario/index.ts';
import { complaintsOf, scenarioWith, withHead } from './support.ts';

describe('an SLO as it is written', () => {
  const good: readonly (readonly [text: string, said: readonly string[]])[] = [
    ['p99 < 5ms', ['p99 < 5.00 ms']],
    ['p99<5ms', ['p99 < 5.00 ms']],
    [' p99.9 <= 20 ms ', ['p99.9 < 20.0 ms']],
    ['p99 < 5ms and errors < 0.1%', ['p99 < 5.00 ms', 'errors < 0.1%']],
    ['p50 < 250us, max < 1s && errors < 1%', ['p50 < 250 µs', 'max < 1.00 s', 'errors < 1%']],
  ];
  for (const [text, said] of good) {
    test(`${text} is read`, () => {
      const read = parseSlo(text);
      assert.ok(read.ok, JSON.stringify(read));
      assert.deepEqual(read.value.clauses.map(describeClause), said);
    });
  }

  test('a quantile is a fraction without rounding errors', () => {
    const read = parseSlo('p99.9 < 1s');
    const [clause] = read.ok ? read.value.clauses : [];
    assert.deepEqual(clause, { metric: 'latency', name: 'p99.9', fraction: 0.999, belowNs: 1e9 });
  });

  const wrong: readonly (readonly [text: string, words: RegExp])[] = [
    ['', /is empty; write it like 'p99 < 5ms'/u],
    ['p99', /"p99" compares nothing; write it like/u],
    ['p99 5ms', /compares nothing/u],
    ['p99 < 5', /5 has no unit; write it like p99 < 5ms/u],
    ['p99 > 5ms', /sets no upper limit, which an SLO does: p99 < …/u],
    ['p99 = 5ms', /sets no upper limit/u],
    ['p99 < 5 parsecs', /"p99 < 5 parsecs": "5 parsecs" has the unknown unit/u],
    ['p99 < 0', /0/u],
    ['p100 < 5ms', /names "p100", which an SLO cannot limit; known are/u],
    ['eror < 5ms', /names "eror", which an SLO cannot limit; did you mean "errors"/u],
    ['latency < 5ms', /names "latency".*known are p50, p90/u],
    ['p99 < 5ms and', /has a condition too few/u],
    ['errors < 5', /"5" is no share of the requests; write it like errors < 0\.1%/u],
    ['errors < 0%', /nothing stays below 0/u],
    [`p99 < 5ms${' '.repeat(300)}`, /longer than 200/u],
    [Array.from({ length: 12 }, () => 'p50<1s').join(','), /more than 10 conditions/u],
  ];
  for (const [text, words] of wrong) {
    test(`${text.slice(0, 30)} is refused in words that teach`, () => {
      const read = parseSlo(text);
      assert.ok(!read.ok);
      assert.match(read.problem, words);
    });
  }

  test('whatever is written, it is read or refused', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 250 }), (text) => {
        const read = parseSlo(text);
        assert.ok(read.ok ? read.value.clauses.length > 0 : read.problem.length > 5);
      }),
    );
  });
});

describe('a scenario that looks for a knee', () => {
  test('has a search, and 20 trials of each variant unless it says', () => {
    const { knee, trials } = scenarioWith('find: knee\nslo: p99 < 5ms\n');
    assert.deepEqual([knee?.slo.text, knee?.from, knee?.to, trials], ['p99 < 5ms', 100, 50_000, 20]);
    const own = scenarioWith('find: knee\nslo: p99 < 5ms\nbetween: [10/s, 2k/s]\ntrials: 12\n');
    assert.deepEqual([own.knee?.from, own.knee?.to, own.trials], [10, 2000, 12]);
    assert.equal(scenarioWith('').knee, undefined);
  });

  const wrong: readonly (readonly [text: string, path: string, words: RegExp])[] = [
    ['find: knee', 'find', /needs an slo beside it, like slo: 'p99 < 5ms'/u],
    ['find: elbow', 'find', /must be .*knee/u],
    ['slo: p99 < 5ms', 'slo', /add find: knee/u],
    ['between: [1/s, 2/s]', 'between', /add find: knee/u],
    ['find: knee\nslo: p99 < 5', 'slo', /5 has no unit/u],
    ['find: knee\nslo: p99 < 5ms\nbetween: [2/s, 1/s]', 'between', /lower rate first/u],
    ['find: knee\nslo: p99 < 5ms\nload: { rate: 5/s }', 'load.rate', /chooses the rate of every trial/u],
    ['find: knee\nslo: p99 < 5ms\nmatrix: { load.rate: [5/s] }', 'matrix.load.rate', /chooses the rate/u],
    ['find: knee\nslo: p99 < 5ms\nload: { loop: closed }', 'load', /needs an open one/u],
    ['find: knee\nslo: p99 < 5ms\nload: { schedule: { replay: a.txt } }', 'load', /replays a file/u],
    ['find: knee\nslo: p99 < 5ms\nthresholds: [{ metric: errors, below: 1% }]', 'thresholds', /slo has its limits/u],
  ];
  for (const [text, path, words] of wrong) {
    test(`one complaint for ${text.replaceAll('\n', '⏎')}`, () => {
      const complaints = complaintsOf(withHead(`${text}\n`));
      assert.deepEqual(
        complaints.map((complaint) => complaint.path),
        [path],
        JSON.stringify(complaints),
      );
      assert.match(complaints[0]?.message ?? '', words);
    });
  }
});
