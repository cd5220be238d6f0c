import { FramingError } from '../wire/index.ts';
import type { Connection } from './connection.ts';
import type { Missed } from './recorder.ts';

/** Bytes of an answer that nobody understood which are kept with its request. */
const KEPT_BYTES = 256;

export const LATE = 'no answer in time';
export const UNASKED = 'an answer that no request asked for';

/**
 * What to keep of an answer that cannot be understood: the line at fault where the protocol tells it, otherwise the
 * segment from the start of the answer on, or from its own start where the answer began in an earlier one.
 */
export function malformedBytes(error: unknown, segment: Buffer, from: number, length: number): Buffer {
  if (error instanceof FramingError && error.bytes.length > 0) return error.bytes;
  // A copy: the receive buffer is filled again.
  return Buffer.from(segment.subarray(from, Math.min(length, from + KEPT_BYTES)));
}

/** What an error says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What to record of a request that went out in a slot of a connection, and failed at `now`. */
export function failure(
  connection: Connection,
  slot: number,
  outcome: Missed['outcome'],
  detail: string,
  now: number,
  bytes: Buffer | undefined,
): Missed {
  return {
    intended: connection.intended[slot] ?? 0,
    released: connection.released[slot] ?? Number.NaN,
    sent: connection.sent[slot] ?? Number.NaN,
    done: now,
    outcome,
    detail,
    connection: connection.index,
    bytes,
  };
}

/**
 * What to record of a request that no connection took in time.
 * @param givenUp why the last connection was given up, which may be why none was free; empty where none was
 */
export function unsent(intended: number, released: number, now: number, givenUp: string): Missed {
  const because = givenUp === '' ? '' : `; the last one was given up: ${givenUp}`;
  return {
    intended,
    released,
    sent: Number.NaN,
    done: now,
    outcome: 'unsent',
    detail: `no connection was free in time${because}`,
    connection: null,
    bytes: undefined,
  };
}
