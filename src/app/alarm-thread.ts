import { parentPort, workerData } from 'node:worker_threads';
import { monotonicNow } from '../metrics/index.ts';

/** The thread of an Alarm: sleeps until shortly before the shared instant, tells, and sleeps again. */
const { due, wake, slackNs } = workerData as { due: Float64Array; wake: Int32Array; slackNs: number };

/**
 * After a long sleep the processor itself is slow to wake, by up to a millisecond. Such a sleep ends early, and naps follow
 * that are too short for it to fall asleep again.
 */
const LONG_SLEEP_NS = 5e6;
const SLOW_WAKING_NS = 1e6;
const NAP_NS = 150_000;

/** How long to sleep where the next alarm is due in `wait` ns. */
function sleepNs(wait: number, napping: boolean): number {
  if (wait > LONG_SLEEP_NS) return wait - SLOW_WAKING_NS;
  return napping ? Math.min(wait - slackNs, NAP_NS) : wait - slackNs;
}

let napping = false;
while (true) {
  const seen = Atomics.load(wake, 0);
  const wait = (due[0] ?? Number.POSITIVE_INFINITY) - monotonicNow();
  if (wait <= slackNs) {
    napping = false;
    parentPort?.postMessage(undefined);
    Atomics.wait(wake, 0, seen);
  } else {
    const slept: string = Atomics.wait(wake, 0, seen, sleepNs(wait, napping) / 1e6);
    napping = slept === 'timed-out' && (napping || wait > LONG_SLEEP_NS);
  }
}
