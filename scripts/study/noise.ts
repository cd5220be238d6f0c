import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { median } from '../../src/stats/index.ts';
import type { Summary } from '../../src/summary/index.ts';

/**
 * How much do two variants differ that are the same? Every arm keeps the machine quiet in another way and measures
 * A/A blocks; the arms take turns, so that no hour is any arm's own. Prints a table and keeps all values in a file, to which
 * a later call adds its rounds. docs/measurement.md has what came of it.
 * Usage: npm run study:noise [-- rounds [file [arm]]]
 */
const ROUNDS = Number(process.argv[2] ?? 1);
const FILE = process.argv[3] ?? 'noise.json';
const ONLY = process.argv[4];
const BLOCKS_PER_ROUND = 4;
const ROOT = path.resolve(import.meta.dirname, '../../..');
/** What an arm's spread is scaled to, so that long trials and many trials can be compared, s. */
const BUDGET = 600;

interface Arm {
  readonly system: 'normal' | 'realtime';
  readonly load: 'normal' | 'raised';
  readonly awake: boolean;
  /** True where load and system may use all processors. */
  readonly shared: boolean;
  /** Of the measurement, s. */
  readonly duration: number;
}

const DEFAULT: Arm = { system: 'realtime', load: 'raised', awake: false, shared: false, duration: 4 };
const ARMS: Readonly<Record<string, Arm>> = {
  'as it comes': { ...DEFAULT, system: 'normal', load: 'normal' },
  'processors shared': { ...DEFAULT, system: 'normal', load: 'normal', shared: true },
  'load raised': { ...DEFAULT, system: 'normal' },
  'load raised, kept awake': { ...DEFAULT, system: 'normal', awake: true },
  'load raised, SCHED_RR': DEFAULT,
  'load raised, SCHED_RR, kept awake': { ...DEFAULT, awake: true },
  'load raised, SCHED_RR, trials of 2 s': { ...DEFAULT, duration: 2 },
  'load raised, SCHED_RR, trials of 8 s': { ...DEFAULT, duration: 8 },
};

const METRICS = ['p50', 'p90', 'p99', 'cpuMsPer1k'] as const;
/** What two trials of one block measured, in the order of their names; ns, and ms for the processor time. */
type Pair = { readonly [M in (typeof METRICS)[number]]: readonly [number, number] };

interface Result {
  readonly arm: Arm;
  readonly pairs: Pair[];
  vetoed: number;
  /** Wall time, set-up and vetoed blocks included. */
  seconds: number;
}

interface Study {
  /** Of the newest run: processor model, kernel, Envoy. */
  fingerprint: Summary['fingerprint'];
  startedAt: string[];
  readonly results: Record<string, Result>;
}

const study: Study = existsSync(FILE)
  ? (JSON.parse(readFileSync(FILE, 'utf8')) as Study)
  : { fingerprint: {}, startedAt: [], results: {} };
const arms = Object.entries(ARMS).filter(([name]) => ONLY === undefined || name === ONLY);
const folder = mkdtempSync(path.join(tmpdir(), 'meshbench-study-'));
try {
  for (let round = 0; round < ROUNDS; round += 1) {
    study.startedAt.push(new Date().toISOString());
    // Every second round backwards, so that no arm is always the one after another.
    for (const [name, arm] of study.startedAt.length % 2 === 0 ? arms.toReversed() : arms) {
      study.results[name] ??= { arm, pairs: [], vetoed: 0, seconds: 0 };
      measure(study.results[name]);
      writeFileSync(FILE, `${JSON.stringify(study)}\n`);
      say(`round ${round + 1} of ${ROUNDS}: ${name}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
say(table());

function measure(result: Result): void {
  const file = path.join(folder, 'aa.yaml');
  writeFileSync(file, scenario(result.arm));
  const from = Date.now();
  const { status, stdout, stderr } = spawnSync(
    path.join(ROOT, 'bin/meshbench'),
    ['run', file, '--json', '--quiet', '--out', folder],
    { encoding: 'utf8', maxBuffer: 64e6 },
  );
  if (stdout === '') throw new Error(`the run ended with ${status}: ${stderr}`);
  const summary = JSON.parse(stdout) as Summary;
  study.fingerprint = summary.fingerprint;
  result.seconds += (Date.now() - from) / 1000;
  result.vetoed += summary.trials.vetoed;
  result.pairs.push(...pairsOf(summary));
}

/** Under six blocks there is no verdict; the pairs are what is wanted here. */
function scenario({ system, load, awake, shared, duration }: Arm): string {
  return `question: How much do two variants differ that are the same?
variants:
  a: { mesh: { outbound: redirect } }
  b: { mesh: { outbound: redirect } }
load: { rate: 2000/s, warmup: 1s, duration: ${duration}s }
scheduling: { system: ${system}, load: ${load}, awake: ${awake} }
placement: ${shared ? '{ load: [0, 1], system: [0, 1] }' : '{}'}
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
  const head = ['arm', 'blocks', 'vetoed', 'p50, µs', 'p99, µs', ...METRICS.map((metric) => `spread of ${metric}`)];
  const rows = Object.entries(study.results).map(([name, { pairs, vetoed, seconds }]) => [
    name,
    String(pairs.length),
    String(vetoed),
    middle(pairs, 'p50'),
    middle(pairs, 'p99'),
    ...METRICS.map((metric) => {
      const spread = spreadOf(pairs, metric);
      const inBudget = (1.96 * spread) / Math.sqrt((pairs.length * BUDGET) / seconds);
      return `${spread.toFixed(3)} (±${(100 * inBudget).toFixed(1)} %)`;
    }),
  ]);
  const rest = `In brackets: the half-width of a 95 % interval after ${BUDGET / 60} minutes of such blocks.`;
  return `${[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n${rest}`;
}

function middle(pairs: readonly Pair[], metric: 'p50' | 'p99'): string {
  return ((median(pairs.flatMap((pair) => [...pair[metric]])) ?? Number.NaN) / 1000).toFixed(0);
}

/** Root mean square of the log ratios: their mean is 0 where nothing differs. */
function spreadOf(pairs: readonly Pair[], metric: (typeof METRICS)[number]): number {
  const squares = pairs.map((pair) => Math.log(pair[metric][1] / pair[metric][0]) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / pairs.length);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
