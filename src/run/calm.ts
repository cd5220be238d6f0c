import { execFile, execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { VETO_LIMITS } from '../gate/index.ts';
import { type MachineCounters, monotonicNow, readMachine } from '../metrics/index.ts';
import type { Placement } from '../plan/index.ts';
import { formatDuration, type Nanos, nanos } from '../units/index.ts';

/** How long a probe keeps the processors busy, and how long it rests between two, in ms. */
const PROBE_MS = 400;
const REST_MS = 600;
/** Well below what vetoes a trial: a moment's probe sees less than a trial does. */
const CALM_STEAL = VETO_LIMITS.steal / 4;
/** So many calm probes in a row: between two gusts there are calm moments. */
const CALM_PROBES = 3;
/** Never longer than this at a time, whatever the run's own limit is. */
const MOST_PATIENCE_NS = 120e9;

/** Keeps this process where the harness belongs, so that it cannot disturb what is measured. */
export function pinHarness(cpus: readonly number[]): void {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cpus.join(','), String(process.pid)], {
    stdio: 'ignore',
  });
}

/**
 * Waits, after a veto, until the machine gives the run the processors that it needs, or `patience` is spent. What
 * disturbs a machine comes in waves, and a trial that is begun in one is a trial to discard. It looks at what the hypervisor takes
 * from processors that are kept busy for a moment, never at a result.
 */
export async function waitForCalm(
  placement: Placement,
  patience: Nanos,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  const until = monotonicNow() + patience;
  const cpus = [...new Set([...placement.load, ...placement.harness, ...placement.system])];
  let said = false;
  for (let calm = 0; calm < CALM_PROBES && monotonicNow() < until && !signal.aborted; ) {
    calm = (await isCalm(cpus)) ? calm + 1 : 0;
    if (calm === 0 && !said) say(`the machine is disturbed: waiting for calm, ${formatDuration(patience)} at most`);
    said ||= calm === 0;
    if (calm < CALM_PROBES) await sleep(REST_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** The longest wait for calm that leaves time for the rest of the run. */
export function patienceFor(timeLeft: number, needed: number): Nanos {
  return nanos(Math.max(0, Math.min(MOST_PATIENCE_NS, timeLeft - needed)));
}

async function isCalm(cpus: readonly number[]): Promise<boolean> {
  const before = readMachine();
  const from = monotonicNow();
  await Promise.all(cpus.map(keepBusy));
  const span = (monotonicNow() - from) * cpus.length;
  return taken(before, readMachine(), cpus) <= span * CALM_STEAL;
}

/** A processor that nobody wants is not taken away either: steal shows only where there is work. */
function keepBusy(cpu: number): Promise<void> {
  const spin = `const end = Date.now() + ${PROBE_MS}; while (Date.now() < end);`;
  return new Promise((resolve) => {
    execFile('taskset', ['--cpu-list', String(cpu), process.execPath, '-e', spin], () => resolve());
  });
}

function taken(before: MachineCounters, after: MachineCounters, cpus: readonly number[]): number {
  return cpus.reduce((sum, cpu) => sum + (after.cpus[cpu]?.steal ?? 0) - (before.cpus[cpu]?.steal ?? 0), 0);
}
