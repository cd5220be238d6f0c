import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { type Interval, pairedDifference, pairedRatio } from '../../src/stats/index.ts';
import { createRandom, type Random } from '../../src/units/index.ts';

/** Blocks of two equal variants that `npm run study:noise` recorded; docs/measurement.md says where and how. */
const STUDY = path.join(import.meta.dirname, '../../../docs/studies/noise.json');
const METRICS = ['p50', 'p90', 'p99', 'cpuMsPer1k'] as const;

type Pair = readonly [number, number];
type Block = Readonly<Record<(typeof METRICS)[number], Pair>>;

const PERMUTATIONS = 2000;
/** Of nominal 95 % intervals so many may exclude zero where there is nothing to find. */
const ALLOWED = 0.06;

/** Of all arms: each block is one of equals, however noisy, and the noisy ones are the harder test. */
function recordedBlocks(): readonly Block[] {
  const { results } = JSON.parse(readFileSync(STUDY, 'utf8')) as { results: Record<string, { pairs: Block[] }> };
  return Object.values(results).flatMap(({ pairs }) => pairs);
}

/** So many blocks, drawn without repetition, each with the names of its two trials as a coin says. */
function relabelled(blocks: readonly Block[], size: number, random: Random): Block[] {
  const left = [...blocks];
  return Array.from({ length: size }, () => {
    const [block] = left.splice(Math.floor(random() * left.length), 1);
    assert.ok(block !== undefined);
    return random() < 0.5 ? block : swapped(block);
  });
}

function swapped({ p50, p90, p99, cpuMsPer1k }: Block): Block {
  const turn = ([one, other]: Pair): Pair => [other, one];
  return { p50: turn(p50), p90: turn(p90), p99: turn(p99), cpuMsPer1k: turn(cpuMsPer1k) };
}

/** Every interval that a report gives of two variants, and the value that says that nothing differs. */
const INTERVALS = METRICS.flatMap((metric) => [
  { name: `ratio of ${metric}`, metric, same: 1, interval: pairedRatio },
  { name: `difference of ${metric}`, metric, same: 0, interval: pairedDifference },
]);

/** The intervals that find a difference. */
function wrongAbout(blocks: readonly Block[]): string[] {
  return INTERVALS.filter(({ metric, same, interval }) => {
    const pairs = blocks.map((block) => block[metric]);
    return excludes(interval(pairs.map(([a]) => a), pairs.map(([, b]) => b)), same);
  }).map(({ name }) => name);
}

function excludes(interval: Interval | null, same: number): boolean {
  assert.ok(interval !== null);
  return interval.lower > same || interval.upper < same;
}

describe('under permutations of the labels of recorded blocks without a difference', () => {
  const blocks = recordedBlocks();

  test('there are 60 blocks at least', (t) => {
    t.diagnostic(`${blocks.length} blocks`);
    assert.ok(blocks.length >= 60);
  });

  for (const size of [6, 8, 10, 14, blocks.length]) {
    test(`few intervals of ${size} blocks exclude that they are the same`, (t) => {
      const random = createRandom(size);
      const found = new Map(INTERVALS.map(({ name }) => [name, 0]));
      for (let round = 0; round < PERMUTATIONS; round += 1) {
        for (const name of wrongAbout(relabelled(blocks, size, random))) found.set(name, (found.get(name) ?? 0) + 1);
      }
      for (const [name, wrong] of found) {
        const share = wrong / PERMUTATIONS;
        t.diagnostic(`${name}: ${(100 * share).toFixed(2)} %`);
        assert.ok(share <= ALLOWED, `${name}: ${wrong} of ${PERMUTATIONS}`);
      }
    });
  }
});
