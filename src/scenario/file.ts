import { constants } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, extname, join, sep } from 'node:path';
import { BenchError } from '../units/index.ts';
import { harmless, ScenarioError } from './complaint.ts';
import { NAME } from './fields.ts';
import { parseScenario } from './parse.ts';
import type { Scenario } from './scenario.ts';
import { closest } from './suggest.ts';

/** A file larger than this is refused before it is read. */
const LARGEST = 256_000;

/** A folder with more is listed in part. */
const MOST_LISTED = 1000;

const EXTENSIONS: readonly string[] = ['.yaml', '.yml'];

/** One file of a folder of scenarios: what it asks, or why it cannot be used. */
export type ScenarioEntry =
  | {
      readonly kind: 'scenario';
      readonly name: string;
      readonly path: string;
      readonly question: string;
      readonly variants: readonly string[];
    }
  | { readonly kind: 'broken'; readonly name: string; readonly path: string; readonly problem: string };

/**
 * Reads and checks a scenario file. A link that leads out of the file's folder is refused.
 * @throws ScenarioError for what the file says; BenchError usage for a file that cannot be read.
 */
export async function readScenario(path: string): Promise<Scenario> {
  return parseScenario(await readText(await within(path)), path);
}

/**
 * The path of a scenario by its name in `folder`, or by a path to a .yaml file anywhere, which a person may wish.
 * @throws BenchError usage where it is neither, with the names that there are.
 */
export async function findScenario(nameOrPath: string, folder: string): Promise<string> {
  if (EXTENSIONS.includes(extname(nameOrPath))) return nameOrPath;
  const files = await scenarioFiles(folder);
  const names = files.map(nameOf);
  if (!NAME.test(nameOrPath)) {
    const message = `"${harmless(nameOrPath)}" is neither the name of a scenario nor a path to a .yaml file`;
    throw new BenchError('usage', 'SCENARIO_NAME', message, { hint: known(names) });
  }
  const file = files.find((one) => nameOf(one) === nameOrPath);
  if (file !== undefined) return join(folder, file);
  const meant = closest(nameOrPath, names);
  const question = meant === undefined ? '' : `; did you mean "${meant}"?`;
  throw new BenchError('usage', 'SCENARIO_NOT_FOUND', `there is no scenario "${nameOrPath}"${question}`, {
    hint: known(names),
  });
}

/** All scenarios of a folder by name, broken ones with what is wrong. Never throws for what a file holds. */
export async function listScenarios(folder: string): Promise<readonly ScenarioEntry[]> {
  const files = await scenarioFiles(folder);
  return Promise.all(files.slice(0, MOST_LISTED).map((file) => entry(nameOf(file), join(folder, file))));
}

async function entry(name: string, path: string): Promise<ScenarioEntry> {
  try {
    const { question, variants } = await readScenario(path);
    return { kind: 'scenario', name, path, question, variants: variants.map((variant) => variant.name) };
  } catch (error) {
    if (error instanceof BenchError) return { kind: 'broken', name, path, problem: error.message };
    throw error;
  }
}

async function scenarioFiles(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder).catch((cause: unknown) => {
    throw unreadable(folder, cause);
  });
  return files.filter((file) => EXTENSIONS.includes(extname(file))).sort();
}

function nameOf(file: string): string {
  return basename(file, extname(file));
}

function known(names: readonly string[]): string {
  return names.length === 0 ? 'there are no scenarios' : `the scenarios are ${names.map(harmless).join(', ')}`;
}

/** The real path of a file, which must lie in the folder in which it was named. */
async function within(path: string): Promise<string> {
  try {
    const [file, folder] = await Promise.all([realpath(path), realpath(dirname(path))]);
    if (file.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return file;
  } catch (cause) {
    throw unreadable(path, cause);
  }
  const message = `${harmless(path)} is a link that leads out of its folder; a scenario must be a file inside it`;
  throw new BenchError('usage', 'SCENARIO_OUTSIDE', message);
}

async function readText(path: string): Promise<string> {
  try {
    // Without O_NONBLOCK opening a named pipe would wait for a writer for ever.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = await file.stat();
    if (!status.isFile())
      throw new BenchError('usage', 'SCENARIO_NOT_A_FILE', `${harmless(path)} is not a regular file`);
    if (status.size > LARGEST) throw tooLarge(path, status.size);
    // Some files (/proc) claim no size; one byte over the limit tells.
    const buffer = Buffer.alloc(LARGEST + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    if (bytesRead > LARGEST) throw tooLarge(path, bytesRead);
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

function tooLarge(path: string, size: number): BenchError {
  const message = `${harmless(path)} has ${size} bytes; a scenario has ${LARGEST} at most`;
  return new BenchError('usage', 'SCENARIO_TOO_LARGE', message);
}

function unreadable(path: string, cause: unknown): BenchError {
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
