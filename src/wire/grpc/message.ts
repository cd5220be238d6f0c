/** Bytes before every message: whether it is compressed, and its length. */
const PREFIX = 5;

/** A message that is not compressed as it is sent, latin1 text to latin1 text. */
export function grpcMessage(message: string): string {
  const { length } = message;
  return `\0${String.fromCharCode(length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255)}${message}`;
}

/** A protobuf message whose only field, number 1, holds these bytes, as latin1 text. */
export function protobufBytes(bytes: string): string {
  if (bytes === '') return '';
  let length = '';
  let rest = bytes.length;
  for (; rest >= 128; rest >>>= 7) length += String.fromCharCode((rest & 127) | 128);
  return `\n${length}${String.fromCharCode(rest)}${bytes}`;
}

/** Finds the messages in a body that comes in parts. */
export class GrpcMessages {
  /** Messages that came whole. */
  whole = 0;
  /** True where one was compressed, which nobody asked for. */
  compressed = false;
  /** Of the prefix under way, and of its message; the message is under way where the prefix is whole. */
  private prefix = 0;
  private remaining = 0;

  clear(): void {
    this.whole = 0;
    this.compressed = false;
    this.prefix = 0;
    this.remaining = 0;
  }

  /** True in the middle of a message. */
  get cutOff(): boolean {
    return this.prefix > 0;
  }

  read(bytes: Buffer, from: number, to: number): void {
    let at = from;
    while (at < to) {
      if (this.prefix < PREFIX) this.readPrefix(bytes[at++] ?? 0);
      else {
        const take = Math.min(this.remaining, to - at);
        this.remaining -= take;
        at += take;
      }
      if (this.prefix === PREFIX && this.remaining === 0) {
        this.whole += 1;
        this.prefix = 0;
      }
    }
  }

  private readPrefix(byte: number): void {
    if (this.prefix === 0) this.compressed ||= byte !== 0;
    else this.remaining = this.remaining * 256 + byte;
    this.prefix += 1;
  }
}
