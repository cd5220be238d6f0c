import { frame, uint32 } from '../../src/wire/http2/frames.ts';
import { FLAG, FRAME } from '../../src/wire/http2/names.ts';
import { CLIENT_PREFACE, encodeBlock, type Field, outgoing } from '../../src/wire/index.ts';

/** What a server says first. */
export const GREETING = frame(FRAME.settings, 0, 0, '');

/** A frame of a head with these fields. */
export function headFrame(stream: number, fields: Readonly<Record<string, string>>, ends: boolean): string {
  const list: readonly Field[] = Object.entries(fields).map(([name, value]) => ({ name, value }));
  const flags = FLAG.endHeaders | (ends ? FLAG.endStream : 0);
  return frame(FRAME.headers, flags, stream, encodeBlock(list));
}

export function dataFrame(stream: number, body: string, ends: boolean): string {
  return frame(FRAME.data, ends ? FLAG.endStream : 0, stream, body);
}

export function resetFrame(stream: number, code: number): string {
  return frame(FRAME.reset, 0, stream, uint32(code));
}

export function windowFrame(stream: number, bytes: number): string {
  return frame(FRAME.window, 0, stream, uint32(bytes));
}

export function goawayFrame(last: number, code: number): string {
  return frame(FRAME.goaway, 0, 0, uint32(last) + uint32(code));
}

export function settingsFrame(...settings: readonly (readonly [number, number])[]): string {
  const payload = settings.map(([id, value]) => String.fromCharCode(id >> 8, id & 255) + uint32(value));
  return frame(FRAME.settings, 0, 0, payload.join(''));
}

/** A whole good answer. */
export function goodAnswer(stream: number, body = 'hello'): string {
  const head = encodeBlock([
    { name: ':status', value: '200' },
    { name: 'content-length', value: String(body.length) },
    { name: 'x-app-version', value: 'v1' },
  ]);
  return outgoing(head, body).whole.join(uint32(stream));
}

export interface WrittenFrame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: string;
}

/** The frames in what a client wrote, whose preface may stand before them. */
export function framesIn(written: string | Buffer): readonly WrittenFrame[] {
  const bytes = typeof written === 'string' ? Buffer.from(written, 'latin1') : written;
  const text = bytes.toString('latin1');
  const frames: WrittenFrame[] = [];
  let at = text.startsWith(CLIENT_PREFACE) ? CLIENT_PREFACE.length : 0;
  while (at + 9 <= bytes.length) {
    const end = at + 9 + bytes.readUIntBE(at, 3);
    frames.push({
      type: bytes[at + 3] ?? 0,
      flags: bytes[at + 4] ?? 0,
      stream: bytes.readUInt32BE(at + 5),
      payload: text.slice(at + 9, end),
    });
    at = end;
  }
  return frames;
}

/** Streams that requests open in what a client wrote. */
export function opened(written: string | Buffer): readonly number[] {
  return framesIn(written)
    .filter(({ type }) => type === FRAME.headers)
    .map(({ stream }) => stream);
}
