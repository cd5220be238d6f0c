import { errorCode, FIRST_WINDOW, FLAG, FRAME, LARGEST_FRAME, LARGEST_WINDOW, SETTING } from './names.ts';

/** A frame as latin1 text, a character for every byte: so Node writes it without a copy of its own. */
export function frame(type: number, flags: number, stream: number, payload: string): string {
  return frameHead(type, flags, payload.length) + uint32(stream) + payload;
}

/** A number of four bytes as text. */
export function uint32(value: number): string {
  return String.fromCharCode(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

/** A frame's head up to the stream. */
function frameHead(type: number, flags: number, length: number): string {
  return String.fromCharCode(length >>> 16, (length >>> 8) & 255, length & 255, type, flags);
}

/** What a client sends before its first frame. */
export const CLIENT_PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** So much may come before the other side has to wait; who receives moves it on long before. */
export const OWN_WINDOW = LARGEST_WINDOW;

/** The settings of either side: pushes are not wanted, and what is sent to us never waits for a window. */
export function ownSettings(more: readonly (readonly [identifier: number, value: number])[] = []): string {
  const all = [[SETTING.window, OWN_WINDOW] as const, ...more];
  const payload = all.map(
    ([identifier, value]) => String.fromCharCode(identifier >> 8, identifier & 255) + uint32(value),
  );
  return frame(FRAME.settings, 0, 0, payload.join('')) + windowUpdate(0, OWN_WINDOW - FIRST_WINDOW);
}

/** Acknowledges the other side's settings. */
export const SETTINGS_ACK: string = frame(FRAME.settings, FLAG.ack, 0, '');

/** Takes so many bytes more, on a stream or (0) on all. */
export function windowUpdate(stream: number, bytes: number): string {
  return frame(FRAME.window, 0, stream, uint32(bytes));
}

/** Ends a stream for a reason. */
export function resetStream(stream: number, error: Parameters<typeof errorCode>[0]): string {
  return frame(FRAME.reset, 0, stream, uint32(errorCode(error)));
}

/** Says that no stream above `last` will be answered. */
export function goaway(last: number, error: Parameters<typeof errorCode>[0]): string {
  return frame(FRAME.goaway, 0, 0, uint32(last) + uint32(errorCode(error)));
}

/** A message as it is sent on any stream: its frames are the texts between the stream's number. */
export interface Outgoing {
  /** With its body. */
  readonly whole: readonly string[];
  /** Without, where the body has to wait for a window. */
  readonly opening: readonly string[];
  readonly body: string;
  /** Behind the body: trailers; empty where the body ends the stream. */
  readonly closing: readonly string[];
}

/**
 * A message with the block of its head, its body, and the block of its trailers (empty for none). It is written once,
 * since the number of its stream alone differs from one time to the next: `whole.join(uint32(stream))` are its bytes.
 */
export function outgoing(head: string, body: string, trailers = ''): Outgoing {
  const closing = trailers === '' ? [] : headFrames(trailers, true);
  const bodyFrames = slices(body).map((payload, index, all) => {
    const ends = index === all.length - 1 && trailers === '';
    return [FRAME.data, ends ? FLAG.endStream : 0, payload] as const;
  });
  const opening = headFrames(head, body === '' && trailers === '');
  return {
    whole: parts([...opening, ...bodyFrames, ...closing]),
    opening: parts(opening),
    body,
    closing: closing.length === 0 ? [] : parts(closing),
  };
}

type Unnumbered = readonly [type: number, flags: number, payload: string];

function headFrames(block: string, ends: boolean): readonly Unnumbered[] {
  return slices(block).map((payload, index, all) => {
    const last = index === all.length - 1 ? FLAG.endHeaders : 0;
    return index === 0
      ? [FRAME.headers, last + (ends ? FLAG.endStream : 0), payload]
      : [FRAME.continuation, last, payload];
  });
}

function parts(frames: readonly Unnumbered[]): readonly string[] {
  const texts = [''];
  for (const [type, flags, payload] of frames) {
    texts[texts.length - 1] += frameHead(type, flags, payload.length);
    texts.push(payload);
  }
  return texts;
}

function slices(text: string): readonly string[] {
  const count = Math.ceil(text.length / LARGEST_FRAME);
  return Array.from({ length: count }, (_, index) => text.slice(index * LARGEST_FRAME, (index + 1) * LARGEST_FRAME));
}
