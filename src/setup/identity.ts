import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

const stampSchema = z.object({ size: z.number(), mtimeMs: z.number(), sha256: z.string(), build: z.string() });

/** What is known of a program file, as long as its size and time are the same. */
export type Stamp = z.infer<typeof stampSchema>;

/** The SHA-256 of a file's content, in hex. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** The stamp that was written for this file, where it still holds. */
export async function readStamp(path: string, stampFile: string): Promise<Stamp | undefined> {
  const text = await readFile(stampFile, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const stamp = stampSchema.safeParse(parseJson(text));
  if (!stamp.success) return undefined;
  const { size, mtimeMs } = await stat(path);
  return stamp.data.size === size && stamp.data.mtimeMs === mtimeMs ? stamp.data : undefined;
}

/** Writes down what is known of a file, whole or not at all. */
export async function writeStamp(
  path: string,
  stampFile: string,
  known: Pick<Stamp, 'sha256' | 'build'>,
): Promise<void> {
  const { size, mtimeMs } = await stat(path);
  const stamp: Stamp = { size, mtimeMs, ...known };
  await mkdir(dirname(stampFile), { recursive: true });
  const temporary = `${stampFile}.${process.pid}`;
  await writeFile(temporary, JSON.stringify(stamp));
  await rename(temporary, stampFile);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
