/** Bytes of a malformed message that are kept. */
const KEPT_BYTES = 256;

/** Characters of them that its text shows. */
const SHOWN = 60;

/** Why a message cannot be understood: its text becomes the detail of a `protocol` outcome, and its bytes stand beside it. */
export class FramingError extends Error {
  override readonly name = 'FramingError';
  /** The line at fault, 256 bytes of it at most; empty where it is no line that is at fault. */
  readonly bytes: Buffer;

  constructor(reason: string, bytes: Buffer = Buffer.alloc(0)) {
    super(bytes.length === 0 ? reason : `${reason}: ${JSON.stringify(bytes.toString('latin1', 0, SHOWN))}`);
    // A copy: the receive buffer is filled again.
    this.bytes = Buffer.from(bytes.subarray(0, KEPT_BYTES));
  }
}
