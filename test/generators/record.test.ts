import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { barsOf } from '../../scripts/generators/bars.ts';
import { growth } from '../../scripts/generators/growth.ts';
import { withTables } from '../../scripts/generators/publish.ts';
import {
  AWAKE,
  CLOCK,
  type Evidence,
  type GeneratorsRecord,
  NGINX,
  OURS,
  type Part,
  type Run,
  readGenerators,
  SPIN,
} from '../../scripts/generators/record.ts';
import { tablesOf } from '../../scripts/generators/tables.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const NOTHING: GeneratorsRecord = { schemaVersion: 1, parts: {}, soak: null };
const MACHINE = { processor: 'X', processors: 2, kernel: '6', node: 'v26', nginx: 'nginx/1', envoy: '1.40.0' };
const GOOD: Evidence = { offered: 95_000, achieved: 1, lagP99: 100, vetoes: [] };

function run(tool: string, asked: Run['asked'], more: Partial<Run> = {}): Run {
  const reading = { rate: 100_000, mean: 60, p50: 50, p99: 100 };
  return { round: 0, tool, target: 'nginx', asked, targetBusy: 0.5, steal: 0, ...reading, ...more };
}

function part(runs: readonly Run[]): Part {
  return {
    startedAt: '2026-11-25T22:00:00.000Z',
    seconds: 3,
    connections: 32,
    machine: MACHINE,
    tools: {},
    missing: {},
    runs,
  };
}

function rounds(make: (round: number) => readonly Run[]): readonly Run[] {
  return Array.from({ length: 6 }, (_, round) => make(round).map((one) => ({ ...one, round }))).flat();
}

/** Whether each bar is met: saturation, held, exactness, the same with the target awake, Thrift, memory. */
function met(record: Partial<GeneratorsRecord>): readonly (boolean | null)[] {
  return barsOf({ ...NOTHING, ...record }).map((bar) => bar.met);
}

describe('bars of the comparison of generators', () => {
  test('what was not measured is never met', () => {
    assert.deepEqual(met({}), [null, null, null, null, null, null]);
  });

  test('our saturation stands against the fastest rival of the same round', () => {
    const at = (ours: number): readonly Run[] =>
      rounds((round) => [
        run('wrk', 'beside', { rate: 100_000 + 1000 * round }),
        run('k6', 'capacity', { rate: 20_000 }),
        run(OURS, 'capacity', { rate: ours * (100_000 + 1000 * round) }),
      ]);
    assert.equal(met({ parts: { capacity: part(at(0.96)) } })[0], true);
    assert.equal(met({ parts: { capacity: part(at(0.94)) } })[0], false);
    assert.equal(met({ parts: { capacity: part(at(0.94).slice(0, 15)) } })[0], null);
  });

  test('nine of ten trials that are not vetoed must hold, and ten are needed', () => {
    const of = (good: number, late: number, vetoed: number): readonly Run[] => [
      ...Array.from({ length: good }, () => run(OURS, 'held', { ours: GOOD })),
      ...Array.from({ length: late }, () => run(OURS, 'held', { ours: { ...GOOD, lagP99: 301 } })),
      ...Array.from({ length: vetoed }, () =>
        run(OURS, 'held', { ours: { ...GOOD, achieved: 0.5, vetoes: ['steal'] } }),
      ),
    ];
    for (const [trials, expected] of [
      [of(9, 1, 5), true],
      [of(8, 2, 0), false],
      [of(9, 0, 3), null],
    ] as const) {
      assert.equal(met({ parts: { capacity: part(trials) } })[1], expected);
      assert.equal(met({ parts: { thrift: part(trials) } })[4], expected);
    }
  });

  test('trials of a round in which a clock alone was late say nothing of us', () => {
    const late = rounds((round) => [
      run(CLOCK, 'floor', { p99: round < 3 ? 900 : 50 }),
      ...Array.from({ length: 4 }, () => run(OURS, 'held', { ours: { ...GOOD, lagP99: round < 3 ? 1000 : 100 } })),
    ]);
    const [, bar] = barsOf({ ...NOTHING, parts: { capacity: part(late) } });
    assert.equal(bar?.met, true);
    assert.equal(bar?.measured, '12 of 12, 0 vetoed, 12 where a clock alone was as late, 24 of all 24 kept up');
    const always = late.map((one) => (one.asked === 'floor' ? { ...one, p99: 900 } : one));
    assert.equal(met({ parts: { capacity: part(always) } })[1], null);
  });

  test('a trial after which the rival does not reach what ours was asked for says nothing of us', () => {
    const slower = rounds((round) => [
      run('wrk', 'beside'),
      run(OURS, 'held', { ours: GOOD }),
      run('wrk', 'beside', { rate: 95_000 }),
      run(OURS, 'held', { ours: { ...GOOD, achieved: round < 2 ? 0.9 : 1 } }),
      run('wrk', 'beside', { rate: round < 2 ? 94_000 : 95_000 }),
    ]);
    const [, bar] = barsOf({ ...NOTHING, parts: { capacity: part(slower) } });
    const expected = '10 of 10, 0 vetoed, 2 after which the rival did not reach as much, 10 of all 12 kept up';
    assert.deepEqual([bar?.met, bar?.measured], [true, expected]);
  });

  test('trials that hold although a clock alone was late count', () => {
    const held = rounds(() => [
      run(CLOCK, 'floor', { p99: 900 }),
      ...Array.from({ length: 2 }, () => run(OURS, 'held', { ours: GOOD })),
    ]);
    const [, bar] = barsOf({ ...NOTHING, parts: { capacity: part(held) } });
    assert.deepEqual([bar?.met, bar?.measured], [true, '12 of 12, 0 vetoed']);
  });

  test('our p50 stands against the best of those who tell theirs, directly at 2,000/s', () => {
    const at = (ours: number): readonly Run[] =>
      rounds(() => [
        ...[NGINX, AWAKE].flatMap((target) => [
          run('k6', 2000, { p50: target === NGINX ? 100 : 50, target }),
          run('fortio', 2000, { p50: 300, target }),
          run(OURS, 2000, { p50: ours, target }),
        ]),
        run('k6', 2000, { p50: 10, target: 'nginx through Envoy' }),
        run('k6', 1000, { p50: 10 }),
      ]);
    for (const [ours, ...expected] of [
      [27, true, true],
      [54, true, false],
      [56, false, false],
    ] as const) {
      assert.deepEqual(met({ parts: { latency: part(at(ours)) } }).slice(2, 4), expected);
    }
  });

  test('beside our p50 stands what a loop in C reads, which decides nothing', () => {
    const runs = rounds(() => [
      run('k6', 2000, { p50: 100 }),
      run(SPIN, 2000, { p50: 40 }),
      run(OURS, 2000, { p50: 50 }),
    ]);
    const { 2: bar } = barsOf({ ...NOTHING, parts: { latency: part(runs) } });
    const expected = '0.50 (0.50 … 0.50, 6 rounds); a loop in C: 0.40 (0.40 … 0.40, 6 rounds)';
    assert.deepEqual([bar?.met, bar?.measured], [true, expected]);
  });

  test('memory must not grow, nor a second be lost, over ten minutes', () => {
    const soak = {
      startedAt: '',
      machine: MACHINE,
      rate: 20_000,
      seconds: 600,
      intervals: 600,
      lost: 0,
      steal: 0,
      evidence: GOOD,
    };
    const flat = Array.from({ length: 600 }, (_, second) => 50e6 + (second % 7) * 1e6);
    const rising = flat.map((bytes, second) => bytes + (second * 21e6) / 3600);
    assert.equal(met({ soak: { ...soak, rss: flat } })[5], true);
    assert.equal(met({ soak: { ...soak, rss: rising } })[5], false);
    assert.equal(met({ soak: { ...soak, rss: flat, intervals: 599 } })[5], false);
    assert.equal(met({ soak: { ...soak, rss: flat, lost: 1 } })[5], false);
    assert.equal(met({ soak: { ...soak, rss: flat, seconds: 20 } })[5], null);
  });
});

test('growth is the slope that a line has, and one leap moves it little', () => {
  const line = Array.from({ length: 60 }, (_, second) => 1e6 + second * 1000);
  assert.equal(growth(line)?.toFixed(6), '3.600000');
  assert.equal(growth(line.map((bytes, second) => bytes + (second === 30 ? 50e6 : 0)))?.toFixed(6), '3.600000');
  assert.equal(growth([1]), null);
});

test('who is first is said as it is', () => {
  const of = (ours: number): string =>
    tablesOf({
      ...NOTHING,
      parts: { capacity: part([run('wrk', 'beside'), run('wrk', 'capacity'), run(OURS, 'capacity', { rate: ours })]) },
    });
  assert.match(of(100_001), /meshbench is first among those run/u);
  assert.match(of(99_999), /wrk is first among those run, meshbench is number 2/u);
});

test('what may be wrong with the figures is said', () => {
  const runs = [
    run('wrk', 'capacity', { targetBusy: 0.97, steal: 0.12 }),
    run(OURS, 'held', { ours: { ...GOOD, vetoes: ['x'] } }),
  ];
  const text = tablesOf({
    ...NOTHING,
    parts: { capacity: { ...part(runs), missing: { oha: 'it is not installed' } } },
  });
  for (const words of [/with wrk the server was busy for 95 %/u, /took 1 % or more .* in 1 of 2 runs, 12 %/u]) {
    assert.match(text, words);
  }
  for (const words of [/oha is not in it, because it is not installed/u, /1 of 1 runs of ours would be vetoed/u]) {
    assert.match(text, words);
  }
});

test('the tables of docs/generators.md are those of its record', () => {
  const page = readFileSync(path.join(ROOT, 'docs', 'generators.md'), 'utf8');
  const record = readGenerators(path.join(ROOT, 'docs', 'studies', 'generators.json'));
  assert.equal(withTables(page, record), page);
});
