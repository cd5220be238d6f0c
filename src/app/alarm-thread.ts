import { parentPort, workerData } from 'node:worker_threads';
import { monotonicNow } from '../metrics/index.ts';

/** The thread of an Alarm: sleeps until shortly before the shared instant, tells, and sleeps again. */
const { due, wake, slackNs } = workerData as { due: Float64Array; wake: Int32Array; slackNs: number };

/** After a long sleep the processor itself is slow to wake: such a sleep ends early, and a short one follows. */
const LONG_SLEEP_NS = 5e6;
const SLOW_WAKING_NS = 400_000;

while (true) {
  const seen = Atomics.load(wake, 0);
  const wait = (due[0] ?? Number.POSITIVE_INFINITY) - monotonicNow();
  const early = wait > LONG_SLEEP_NS ? SLOW_WAKING_NS : slackNs;
  if (wait > early) {
    Atomics.wait(wake, 0, seen, Number.isFinite(wait) ? (wait - early) / 1e6 : undefined);
  } else {
    parentPort?.postMessage(undefined);
    Atomics.wait(wake, 0, seen);
  }
}
