import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { appendToHistory } from '../../src/run/index.ts';
import { changePoints } from '../../src/stats/index.ts';
import { createRandom } from '../../src/units/index.ts';
import { type HistoryEntry, historyEntry, readHistory, trendsOf } from '../../src/verdict/index.ts';
import { normal } from '../stats/noise.ts';
import { count } from '../support/counts.ts';
import { gateFixture } from '../support/gates.ts';

function nights(levels: readonly number[], changes: Partial<HistoryEntry> = {}): HistoryEntry[] {
  const random = createRandom(9);
  return levels.map((level, night) => ({
    ...historyEntry(gateFixture('pass')),
    endedAt: new Date(Date.UTC(2026, 0, 1 + night)).toISOString(),
    revision: `r${night}`,
    metrics: [
      {
        metric: 'responseNs.p50',
        scale: 'ratio',
        effect: 1,
        baseline: 1e5,
        candidate: level * Math.exp(0.02 * normal(random)),
      },
    ],
    ...changes,
  }));
}

const asText = (entries: readonly HistoryEntry[]) => entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
const steps = (before: number, after: number) => [
  ...Array.from({ length: 15 }, () => before),
  ...Array.from({ length: 15 }, () => after),
];

describe('change points', () => {
  test('a step is found where it is, and two are found one after the other', () => {
    const random = createRandom(4);
    const series = (levels: readonly number[]) => levels.map((level) => level + 0.3 * normal(random));
    assert.deepEqual(
      changePoints(series(steps(1, 3)), 0.001, createRandom(1)).map(({ index }) => index),
      [15],
    );
    const twice = changePoints(series([...steps(1, 3), ...steps(3, 6)]), 0.001, createRandom(1));
    assert.deepEqual(
      twice.map(({ index }) => index),
      [15, 45],
    );
  });

  test('noise alone has none, more often than its probability says', () => {
    const random = createRandom(5);
    let alarms = 0;
    const repeats = count(100, 1000);
    for (let at = 0; at < repeats; at += 1) {
      const noise = Array.from({ length: 20 }, () => normal(random));
      alarms += Math.min(1, changePoints(noise, 0.01, random).length);
    }
    assert.ok(alarms / repeats <= 0.01 + 3 * Math.sqrt(0.01 / repeats), `${alarms} of ${repeats}`);
  });

  test('few values and equal values have none', () => {
    assert.deepEqual(changePoints([1, 1, 1, 9, 9, 9], 0.05, createRandom(1)), []);
    assert.deepEqual(
      changePoints(
        Array.from({ length: 30 }, () => 5),
        0.05,
        createRandom(1),
      ),
      [],
    );
  });
});

describe('a history', () => {
  test('tells the first night of a new level and the revisions between which it changed', () => {
    const { trends } = trendsOf(readHistory(asText(nights(steps(1e5, 1.3e5)))));
    const [change, ...others] = trends[0]?.changes ?? [];
    assert.equal(others.length, 0);
    assert.deepEqual([change?.after, change?.until], ['r14', 'r15']);
    assert.ok(Math.abs((change?.ratio ?? 0) - 1.3) < 0.05);
  });

  test('never compares across machines', () => {
    const before = nights(steps(1e5, 1e5), { machine: { 'cpu.model': 'another' } });
    const { trends, others } = trendsOf(readHistory(asText([...before, ...nights(steps(2e5, 2e5))])));
    assert.equal(others, 30);
    assert.equal(trends[0]?.series.length, 30);
    assert.deepEqual(trends[0]?.changes, []);
  });

  test('never compares across loads, nor with nights that were invalid', () => {
    const all = [
      ...nights(steps(1e5, 1e5), { questionHash: 'another load' }),
      ...nights(steps(3e5, 3e5), { verdict: 'invalid' }),
      ...nights(steps(2e5, 2e5)),
    ];
    const { trends, others } = trendsOf(readHistory(asText(all)));
    assert.equal(others, 60);
    assert.equal(trends[0]?.series.length, 30);
    assert.deepEqual(trends[0]?.changes, []);
  });

  test('knows a machine whatever the order of its fields', () => {
    const [one, other] = [
      { a: '1', b: '2' },
      { b: '2', a: '1' },
    ];
    const all = [...nights([1e5, 1e5], { machine: one }), ...nights([1e5, 1e5], { machine: other })];
    assert.equal(trendsOf(readHistory(asText(all))).others, 0);
  });

  test('what is no entry is left out and counted, and may be anything', () => {
    const good = asText(nights([1e5, 1e5]));
    const { entries, damaged } = readHistory(`${good}{"schemaVersion":2}\nnull\n[]\n{"a\n${good.slice(0, 50)}`);
    assert.equal(entries.length, 2);
    assert.equal(damaged, 5);
    assert.deepEqual(readHistory(''), { entries: [], damaged: 0 });
  });

  test('is only ever appended to, after a torn line too', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'meshbench-history-'));
    try {
      const file = path.join(folder, 'quickstart.jsonl');
      await appendToHistory(gateFixture('pass'), folder);
      const first = readFileSync(file, 'utf8');
      appendFileSync(file, '{"torn":');
      const page = await appendToHistory(gateFixture('regression'), folder);
      const text = readFileSync(file, 'utf8');
      assert.ok(text.startsWith(first));
      const { entries, damaged } = readHistory(text);
      assert.deepEqual(
        entries.map(({ verdict }) => verdict),
        ['pass', 'regression'],
      );
      assert.equal(damaged, 1);
      assert.match(readFileSync(page, 'utf8'), /Did the level change/u);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
