import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { BenchError } from '../units/index.ts';
import { harmless, ScenarioError } from './complaint.ts';

/**
 * The real path of a file, which must lie in a folder or below it.
 * @throws BenchError usage where it does not, or cannot be read.
 */
export async function within(path: string, parent: string): Promise<string> {
  try {
    const [file, folder] = await Promise.all([realpath(path), realpath(parent)]);
    if (file.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return file;
  } catch (cause) {
    throw unreadable(path, cause);
  }
  const message = `${harmless(path)} is a link that leads out of its folder; it must be a file inside it`;
  throw new BenchError('usage', 'SCENARIO_OUTSIDE', message);
}

/** The text of a regular file of `largest` bytes at most. @throws BenchError usage, with the reason. */
export async function readText(path: string, largest: number): Promise<string> {
  try {
    // Without O_NONBLOCK opening a named pipe would wait for a writer for ever.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = await file.stat();
    if (!status.isFile())
      throw new BenchError('usage', 'SCENARIO_NOT_A_FILE', `${harmless(path)} is not a regular file`);
    if (status.size > largest) throw tooLarge(path, status.size, largest);
    // Some files (/proc) claim no size; one byte over the limit tells.
    const buffer = Buffer.alloc(largest + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    if (bytesRead > largest) throw tooLarge(path, bytesRead, largest);
    return decode(path, buffer.subarray(0, bytesRead));
  } catch (cause) {
    throw cause instanceof BenchError ? cause : unreadable(path, cause);
  }
}

function decode(path: string, content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    const message = 'is not UTF-8 text';
    throw new ScenarioError(path, [{ line: 1, column: 1, path: '', message, suggestion: undefined }]);
  }
}

function tooLarge(path: string, size: number, largest: number): BenchError {
  const message = `${harmless(path)} has ${size} bytes; ${largest} are read at most`;
  return new BenchError('usage', 'SCENARIO_TOO_LARGE', message);
}

/** Why a file cannot be read. */
export function unreadable(path: string, cause: unknown): BenchError {
  const code = (cause as NodeJS.ErrnoException).code;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'does not exist',
    EACCES: 'may not be read by this user',
    ENOTDIR: 'is not in a folder',
    ELOOP: 'is a link that leads to itself',
    EISDIR: 'is a folder',
  };
  const reason = reasons[code ?? ''] ?? `cannot be read (${code ?? String(cause)})`;
  return new BenchError('usage', 'SCENARIO_UNREADABLE', `${harmless(path)} ${reason}`, { cause });
}
