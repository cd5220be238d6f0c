import { BenchError } from '../../units/index.ts';

const KEPT = 'what was measured before is kept in the record';

/** True where it was the daemon that could not be reached, and not one that refused. */
export function isUnreachable(error: unknown): boolean {
  const { statusCode, code } = error as { statusCode?: number; code?: unknown };
  return statusCode === undefined && typeof code === 'string';
}

/** What stands in a run's way from its first trial on: `what` failed, and why. */
export function failed(what: string, reason: string, cause?: unknown): BenchError {
  return new BenchError('component', 'CONTAINER_FAILED', `${what}: ${reason}`, { hint: KEPT, cause });
}

/** An error of a request to the daemon as one of a component; one of our own stays as it is. */
export function asComponentError(what: string, cause: unknown): BenchError {
  if (cause instanceof BenchError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (!isUnreachable(cause)) return failed(what, reason.trim(), cause);
  return new BenchError('component', 'RUNTIME_GONE', `the Docker daemon went away: ${what}: ${reason}`, {
    hint: KEPT,
    cause,
  });
}
