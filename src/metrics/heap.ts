import v8 from 'node:v8';
import vm from 'node:vm';

let collect: (() => void) | undefined;

/**
 * Collects this process's garbage now, so that V8 does not amid a measurement: of what a large configuration leaves behind
 * that would be tens of milliseconds on the load's processor.
 */
export function settleHeap(): void {
  collect ??= collector();
  collect();
}

/** V8 has no other way than this flag, which it reads at any time, unlike others. */
function collector(): () => void {
  v8.setFlagsFromString('--expose-gc');
  const gc: unknown = vm.runInNewContext('gc');
  v8.setFlagsFromString('--no-expose-gc');
  return typeof gc === 'function' ? () => void gc() : () => undefined;
}
