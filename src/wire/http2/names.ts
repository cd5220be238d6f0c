/** Kinds of frames (RFC 9113, section 6). */
export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  window: 8,
  continuation: 9,
} as const;

/** Flags of frames; an acknowledgement has the bit that ends a stream elsewhere. */
export const FLAG = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const;

/** Identifiers of settings that are read or sent. */
export const SETTING = { push: 2, streams: 3, window: 4 } as const;

/** What both sides may send before anything else is agreed. */
export const FIRST_WINDOW = 65_535;
export const LARGEST_WINDOW = 2 ** 31 - 1;
export const LARGEST_STREAM = 2 ** 31 - 1;
/** The largest payload of a frame, unless a side says that it takes more; ours does not. */
export const LARGEST_FRAME = 16_384;

const ERRORS = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
] as const;

/** The code of an error by its name. */
export function errorCode(name: (typeof ERRORS)[number]): number {
  return ERRORS.indexOf(name);
}

/** An error's name, or its number where it has none. */
export function errorName(code: number): string {
  return ERRORS[code] ?? `error ${code}`;
}

/** Why what came cannot be HTTP/2, or not of this connection. */
export class Http2Error extends Error {
  override readonly name = 'Http2Error';
}
