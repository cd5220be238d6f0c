import { parentPort, workerData } from 'node:worker_threads';
import { monotonicNow } from '../metrics/index.ts';

/** The thread of an Alarm: sleeps until the shared instant, tells, and sleeps again. */
const { due, wake } = workerData as { due: Float64Array; wake: Int32Array };

/** The kernel rounds sleeps up by its timer slack, 50 µs; waking early by that much centres the error. */
const SLACK_NS = 50_000;

while (true) {
  const seen = Atomics.load(wake, 0);
  const left = (due[0] ?? Number.POSITIVE_INFINITY) - monotonicNow() - SLACK_NS;
  if (left > 0) {
    Atomics.wait(wake, 0, seen, Number.isFinite(left) ? left / 1e6 : undefined);
  } else {
    parentPort?.postMessage(0);
    Atomics.wait(wake, 0, seen);
  }
}
