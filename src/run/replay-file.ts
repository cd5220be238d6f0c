import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { type ReplayKind, type ReplaySource, readSource } from '../mesh/index.ts';
import { guardYaml, harmless } from '../scenario/index.ts';
import { BenchError, bytes, formatBytes } from '../units/index.ts';

/** A user's configuration as it was read, and which it is. */
export interface ReplayFile {
  readonly source: ReplaySource;
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly sha256: string;
}

/** A dump of a sidecar that knows 5,000 services has 50 MB. */
const LARGEST_JSON = bytes(100e6);
/** YAML is written by people, and takes its parser a hundred times as long. */
const LARGEST_YAML = bytes(2e6);
const MOST_YAML_TOKENS = 500_000;

/** What a file is refused for, as the end of a sentence about it. */
class Refusal extends Error {
  override readonly name = 'Refusal';
}

/**
 * Reads the file of --config-dump (JSON) or --bootstrap (JSON, or YAML by its ending).
 * @throws BenchError usage for a file that cannot be read, is too large, no such text, or of another shape.
 */
export async function readReplayFile(file: string, kind: ReplayKind): Promise<ReplayFile> {
  const content = await refusing(file, kind, () => read(file));
  const value = await refusing(file, kind, () => parse(content, file, kind));
  return { source: readSource(kind, value), sha256: createHash('sha256').update(content).digest('hex') };
}

async function refusing<T>(file: string, kind: ReplayKind, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = reasonOf(cause);
    if (reason === undefined) throw cause;
    throw new BenchError('usage', 'REPLAY_FILE', `the file of --${kind}, ${harmless(file)}, ${reason}`, {
      hint: `docs/replay.md says how to take a ${kind}`,
      cause,
    });
  }
}

/** Why the user's file is refused; undefined where the error is not about it. */
function reasonOf(cause: unknown): string | undefined {
  if (cause instanceof Refusal) return cause.message;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? `cannot be read (${code})` : undefined;
}

async function read(file: string): Promise<Buffer> {
  const limit = isYaml(file) ? LARGEST_YAML : LARGEST_JSON;
  // Without O_NONBLOCK opening a named pipe would wait for a writer for ever.
  await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const status = await handle.stat();
  if (!status.isFile()) throw new Refusal('is not a regular file');
  if (status.size > limit) throw new Refusal(`has ${status.size} bytes; at most ${formatBytes(limit)} are read`);
  const content = await handle.readFile();
  if (content.length > limit) throw new Refusal(`has more than ${formatBytes(limit)}`);
  return content;
}

function isYaml(file: string): boolean {
  return /\.ya?ml$/iu.test(path.basename(file));
}

function parse(content: Buffer, file: string, kind: ReplayKind): unknown {
  const text = decode(content);
  if (!isYaml(file)) return parseJson(text);
  if (kind === 'config-dump') throw new Refusal('is YAML; a config dump is read as JSON (istioctl: `-o json`)');
  return parseYaml(text);
}

function decode(content: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw new Refusal('is not UTF-8 text');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The parser's own words quote the text, which may hold secrets.
    const place = /at position \d+(?: \(line \d+ column \d+\))?/u.exec((cause as Error).message)?.[0] ?? 'at its end';
    throw new Refusal(`is no JSON: it goes wrong ${place}`);
  }
}

function parseYaml(text: string): unknown {
  if (guardYaml(text, MOST_YAML_TOKENS) !== undefined) throw new Refusal('is nested too deep, or has too many parts');
  const document = parseDocument(text, { merge: true, prettyErrors: false, logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = text.slice(0, error.pos[0]).split('\n').length;
    throw new Refusal(`is no YAML: line ${line}: ${error.code.toLowerCase().replaceAll('_', ' ')}`);
  }
  try {
    return document.toJS({ maxAliasCount: 1000 });
  } catch {
    throw new Refusal('has aliases that name nothing, or too many of them');
  }
}
