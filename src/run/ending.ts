import type { End } from '../record/index.ts';
import { BenchError } from '../units/index.ts';

/** The closing line of a record. */
export function closing(how: End['how'], reason: string): End {
  return { type: 'end', endedAt: new Date().toISOString(), how, reason: reason.slice(0, 2000) };
}

/** How a run ended that ended by an error. */
export function howEnded(error: BenchError): End['how'] {
  switch (error.kind) {
    case 'interrupted':
      return 'interrupted';
    case 'component':
      return 'component-failed';
    default:
      return 'internal-error';
  }
}

/** What was thrown, as an error of this program; what is none of its own is internal. */
export function asBenchError(cause: unknown): BenchError {
  if (cause instanceof BenchError) return cause;
  const message = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  return new BenchError('internal', 'INTERNAL', message, { cause });
}
