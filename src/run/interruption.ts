import { BenchError } from '../units/index.ts';
import { firstOf } from './first-of.ts';

/**
 * The work's result, or an error as soon as the signal is aborted, whatever the work is waiting for; the work itself goes on.
 * @throws BenchError interrupted, or what the work throws.
 */
export async function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const over = new AbortController();
  const interrupted = new Promise<never>((_, reject) => {
    const stop = (): void => reject(interruption());
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true, signal: over.signal });
  });
  try {
    return await firstOf(work, interrupted);
  } finally {
    over.abort();
  }
}

/** @throws BenchError interrupted where the signal is aborted. */
export function refuseInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw interruption();
}

function interruption(): BenchError {
  return new BenchError('interrupted', 'INTERRUPTED', 'interrupted: whole trials are kept');
}
