import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { BenchError } from '../units/index.ts';
import { harmless } from './complaint.ts';
import { NAME } from './fields.ts';
import { parseScenario } from './parse.ts';
import type { Scenario } from './scenario.ts';
import { closest } from './suggest.ts';
import { readText, unreadable, within } from './text-file.ts';
import { withFiles } from './with-files.ts';

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
  const text = await readText(await within(path, dirname(path)), LARGEST);
  return withFiles(parseScenario(text, path), dirname(path));
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
