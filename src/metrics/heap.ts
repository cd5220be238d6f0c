import v8 from 'node:v8';
import vm from 'node:vm';

let collect: (() => void) | undefined;

/**
 * Collects this process's garbage now, and keeps V8 from doing so by itself when it finds time: of what a large
 * configuration leaves behind that would be tens of milliseconds on the load's processor, amid a measurement.
 */
export function settleHeap(): void {
  collect ??= collector();
  collect();
}

/** V8 has no other way than its flags, which it reads at any time. */
function collector(): () => void {
  v8.setFlagsFromString('--no-memory-reducer');
  v8.setFlagsFromString('--expose-gc');
  const gc: unknown = vm.runInNewContext('gc');
  v8.setFlagsFromString('--no-expose-gc');
  return typeof gc === 'function' ? () => void gc() : () => undefined;
}
