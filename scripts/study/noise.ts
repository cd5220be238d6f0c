import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { median } from '../../src/stats/index.ts';
import type { Summary } from '../../src/summary/index.ts';

/**
 * How much do two variants differ that are the same? Every arm keeps the machine quiet in another way and measures
 * A/A blocks; the arms take turns, so that no hour is any arm's own. Prints a table and writes all values as JSON.
 * Usage: npm run study:noise [-- rounds [file]]
 */
const ROUNDS = Number(process.argv[2] ?? 3);
const FILE = process.argv[3] ?? 'noise.json';
const BLOCKS_PER_ROUND = 4;
const ROOT = path.resolve(import.meta.dirname, '../../..');
/** What an arm's spread is scaled to, so that long trials and many trials can be compared, s. */
const BUDGET = 600;

interface Arm {
  readonly name: string;
  readonly system: 'normal' | 'realtime';
  readonly awake: boolean;
  readonly warmup: string;
  readonly duration: string;
}

const ARMS: readonly Arm[] = [
  { name: 'as it comes', system: 'normal', awake: false, warmup: '1s', duration: '4s' },
  { name: 'SCHED_RR', system: 'realtime', awake: false, warmup: '1s', duration: '4s' },
  { name: 'kept awake', system: 'normal', awake: true, warmup: '1s', duration: '4s' },
  { name: 'SCHED_RR, kept awake', system: 'realtime', awake: true, warmup: '1s', duration: '4s' },
  { name: 'the same, 2 s', system: 'realtime', awake: true, warmup: '1s', duration: '2s' },
  { name: 'the same, 8 s', system: 'realtime', awake: true, warmup: '1s', duration: '8s' },
];

const METRICS = ['p50', 'p90', 'p99'] as const;
type Pair = { readonly [M in (typeof METRICS)[number]]: readonly [number, number] };

interface Result {
  readonly pairs: Pair[];
  vetoed: number;
  seconds: number;
}

const results = new Map<string, Result>(ARMS.map(({ name }) => [name, { pairs: [], vetoed: 0, seconds: 0 }]));
const folder = mkdtempSync(path.join(tmpdir(), 'meshbench-study-'));
try {
  for (let round = 0; round < ROUNDS; round += 1) {
    // Every second round backwards, so that no arm is always the one after another.
    for (const arm of round % 2 === 0 ? ARMS : ARMS.toReversed()) {
      measure(arm, results.get(arm.name) ?? { pairs: [], vetoed: 0, seconds: 0 });
      say(`round ${round + 1} of ${ROUNDS}: ${arm.name}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
writeFileSync(FILE, `${JSON.stringify({ arms: ARMS, results: Object.fromEntries(results) })}\n`);
say(table());

function measure(arm: Arm, result: Result): void {
  const file = path.join(folder, 'aa.yaml');
  writeFileSync(file, scenario(arm));
  const from = Date.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(ROOT, 'bin/meshbench'), 'run', file, '--json', '--quiet', '--out', folder],
    { encoding: 'utf8', maxBuffer: 64e6 },
  );
  if (stdout === '') throw new Error(`the run of "${arm.name}" ended with ${status}: ${stderr}`);
  const summary = JSON.parse(stdout) as Summary;
  result.seconds += (Date.now() - from) / 1000;
  result.vetoed += summary.blocks.vetoed;
  result.pairs.push(...pairsOf(summary));
}

/** Under six blocks there is no verdict; the pairs are what is wanted here. */
function scenario({ system, awake, warmup, duration }: Arm): string {
  return `question: How much do two variants differ that are the same?
variants:
  a: { mesh: { outbound: listener } }
  b: { mesh: { outbound: listener } }
load: { rate: 2000/s, warmup: ${warmup}, duration: ${duration} }
scheduling: { system: ${system}, awake: ${awake} }
trials: ${BLOCKS_PER_ROUND}
`;
}

function pairsOf({ variants: [a, b] }: Summary): Pair[] {
  return (a?.perTrial ?? []).flatMap((one): Pair[] => {
    const other = b?.perTrial.find(({ block }) => block === one.block);
    const values = METRICS.map((metric) => [metric, [one[metric], other?.[metric]]] as const);
    if (values.some(([, pair]) => pair.some((value) => value == null))) return [];
    return [Object.fromEntries(values) as unknown as Pair];
  });
}

function table(): string {
  const head = ['arm', 'blocks', 'vetoed', ...METRICS.flatMap((metric) => [`${metric}, µs`, `spread of ln ${metric}`])];
  const rows = [...results].map(([name, { pairs, vetoed, seconds }]) => [
    name,
    String(pairs.length),
    String(vetoed),
    ...METRICS.flatMap((metric) => {
      const logs = pairs.map((pair) => Math.log(pair[metric][1] / pair[metric][0]));
      const spread = Math.sqrt(logs.reduce((sum, log) => sum + log * log, 0) / logs.length);
      const inBudget = (1.96 * spread) / Math.sqrt((pairs.length * BUDGET) / seconds);
      const middle = (median(pairs.flatMap((pair) => [...pair[metric]])) ?? Number.NaN) / 1000;
      return [middle.toFixed(0), `${spread.toFixed(3)} (±${(100 * inBudget).toFixed(1)} % in ${BUDGET / 60} min)`];
    }),
  ]);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
