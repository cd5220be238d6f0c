import { parentPort, workerData } from 'node:worker_threads';
import { monotonicNow } from '../metrics/index.ts';

/** The thread of an Alarm: sleeps until the shared instant, tells, and sleeps again. */
const { due, wake } = workerData as { due: Float64Array; wake: Int32Array };

/**
 * How early to wake; the main thread spins for what is left. The kernel rounds sleeps up by its timer slack, 50 µs. After
 * a long sleep the processor itself is slow to wake, and there is time to spend.
 */
const SLACK_NS = 50_000;
const LONG_SLEEP_NS = 5e6;
const LONG_SLACK_NS = 400_000;

while (true) {
  const seen = Atomics.load(wake, 0);
  const wait = (due[0] ?? Number.POSITIVE_INFINITY) - monotonicNow();
  const slack = wait > LONG_SLEEP_NS ? LONG_SLACK_NS : SLACK_NS;
  const changed =
    wait > slack &&
    Atomics.wait(wake, 0, seen, Number.isFinite(wait) ? (wait - slack) / 1e6 : undefined) !== 'timed-out';
  if (!changed) {
    parentPort?.postMessage(slack);
    Atomics.wait(wake, 0, seen);
  }
}
