import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BenchError } from '../units/index.ts';
import { type Certificate, type End, type Header, lineSchema, type RecordLine, type Trial } from './schema.ts';

/** A record that is being written. Calls may overlap; lines are written in the order of the calls. */
export interface RecordWriter extends AsyncDisposable {
  /** Resolves when the line is on the disk. @throws BenchError internal, `record-write` or `record-invalid`. */
  append(line: Certificate | Trial): Promise<void>;
  /** Writes the closing line and closes the file; call it once. @throws BenchError as {@link append}. */
  close(end: End): Promise<void>;
}

/**
 * Creates the file of a record and writes its header. A file that exists is never touched.
 * Disposing closes the file without a closing line, as a killed run leaves it.
 * @throws BenchError usage, `record-exists`; internal, `record-write` or `record-invalid`.
 */
export async function openRecord(path: string, header: Header): Promise<RecordWriter> {
  const line = encode(path, header);
  const handle = await open(path, 'wx').catch((cause: unknown) => {
    throw refusal(path, cause);
  });
  const writer = new FileWriter(path, handle);
  try {
    await writer.write(line);
    await syncFolder(path);
  } catch (cause) {
    await handle.close();
    throw cause;
  }
  return writer;
}

class FileWriter implements RecordWriter {
  readonly #path: string;
  readonly #handle: FileHandle;
  /** Where the last whole line ends. */
  #length = 0;
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  append(line: Certificate | Trial): Promise<void> {
    return this.#enqueue(() => this.write(encode(this.#path, line)));
  }

  async close(end: End): Promise<void> {
    await this.#enqueue(() => this.write(encode(this.#path, end)));
    await this[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#enqueue(async () => {
      if (this.#closed) return;
      this.#closed = true;
      await this.#handle.close();
    });
  }

  #enqueue(task: () => Promise<void>): Promise<void> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Writes one line and waits until the disk has it. What a failure wrote of it is taken back. */
  async write(line: Buffer): Promise<void> {
    try {
      // The kernel may take less than it was given.
      for (let written = 0; written < line.length; ) {
        const { bytesWritten } = await this.#handle.write(line, written, line.length - written, this.#length + written);
        written += bytesWritten;
      }
      await this.#handle.datasync();
      this.#length += line.length;
    } catch (cause) {
      await this.#handle.truncate(this.#length).catch(() => undefined);
      throw refusal(this.#path, cause);
    }
  }
}

function encode(path: string, line: RecordLine): Buffer {
  const checked = lineSchema.safeParse(line);
  if (checked.success) return Buffer.from(`${JSON.stringify(checked.data)}\n`);
  const issue = checked.error.issues[0];
  throw new BenchError(
    'internal',
    'record-invalid',
    `A line of the type ${line.type} does not fit the record ${path}: ${issue?.path.join('.')}: ${issue?.message}.`,
    { hint: 'This is a fault of the program; please report it.', cause: checked.error },
  );
}

/** A new name lasts only when its folder is on the disk as well. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: free some space.',
  EDQUOT: 'The disk quota is used up: free some space.',
  EFBIG: 'The file is larger than the shell or the file system allows: see `ulimit -f`.',
  EACCES: 'Make the folder writable, or choose another one with --out.',
  EROFS: 'Choose a folder that can be written with --out.',
  ENOENT: 'Make the folder first, or choose another one with --out.',
};

function refusal(path: string, cause: unknown): BenchError {
  if (cause instanceof BenchError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'EEXIST') {
    return new BenchError('usage', 'record-exists', `The record ${path} exists already and is never overwritten.`, {
      hint: 'Choose another folder with --out.',
      cause,
    });
  }
  const hint = REMEDIES[code];
  return new BenchError(
    'internal',
    'record-write',
    `The record ${path} cannot be written (${code || String(cause)}).`,
    {
      cause,
      ...(hint === undefined ? {} : { hint }),
    },
  );
}
