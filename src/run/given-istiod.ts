import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { type GivenConfiguration, type GivenObject, readObjects } from '../istiod/index.ts';
import { harmless } from '../scenario/index.ts';
import { BenchError } from '../units/index.ts';

/** What a user names of an istiod of their own. */
export interface GivenIstiod {
  /** Path of the program; undefined is the one that is built. */
  readonly bin: string | undefined;
  readonly configuration: GivenConfiguration;
  /** What was given, for the fingerprint: SHA-256 by name. */
  readonly hashes: Readonly<Record<string, string>>;
}

/** Paths that stand on a command line. */
export interface IstiodFlags {
  readonly istiodBin?: string | undefined;
  readonly meshConfig?: string | undefined;
  readonly objects?: string | undefined;
}

/**
 * Reads what --mesh-config and --objects name; undefined where nothing was given.
 * @throws BenchError usage, with everything that is wrong at once.
 */
export async function readGivenIstiod({
  istiodBin,
  meshConfig,
  objects,
}: IstiodFlags): Promise<GivenIstiod | undefined> {
  if (istiodBin === undefined && meshConfig === undefined && objects === undefined) return undefined;
  const problems: string[] = [];
  const hashes: Record<string, string> = {};
  const mesh = meshConfig === undefined ? {} : await readMesh(meshConfig, problems, hashes);
  const given = objects === undefined ? [] : await readFolder(objects, problems, hashes);
  if (problems.length > 0) {
    throw new BenchError('usage', 'GIVEN_ISTIOD', problems.map((one) => `  - ${one}`).join('\n'), {
      hint: 'docs/istiod.md says how to take them from a mesh',
    });
  }
  return { bin: istiodBin, configuration: { meshConfig: mesh, objects: given }, hashes };
}

type Problems = string[];
type Hashes = Record<string, string>;

async function readMesh(file: string, problems: Problems, hashes: Hashes): Promise<Readonly<Record<string, unknown>>> {
  const text = await readText(file, problems);
  hashes['istiod.mesh-config'] = sha256(text);
  const [value, ...others] = documentsOf(text, file, problems);
  if (others.length === 0 && typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  problems.push(`${harmless(file)} is not one mapping, as the mesh configuration of Istio is`);
  return {};
}

/** Files by name, so that the same folder gives the same hash. */
async function readFolder(folder: string, problems: Problems, hashes: Hashes): Promise<readonly GivenObject[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    problems.push(`${harmless(folder)} cannot be read (${error.code})`);
    return [];
  });
  const files = names.filter((name) => /\.(?:ya?ml|json)$/u.test(name)).sort();
  if (files.length === 0) problems.push(`${harmless(folder)} has no .yaml, .yml or .json file`);
  const objects: GivenObject[] = [];
  const texts: string[] = [];
  for (const name of files) {
    const file = path.join(folder, name);
    const text = await readText(file, problems);
    texts.push(text);
    for (const value of documentsOf(text, file, problems)) {
      const read = readObjects(value);
      objects.push(...read.objects);
      problems.push(...read.problems.map((problem) => `${harmless(file)} ${problem}`));
    }
  }
  hashes['istiod.objects'] = sha256(texts.join('\n'));
  return objects;
}

async function readText(file: string, problems: Problems): Promise<string> {
  return await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    problems.push(`${harmless(file)} cannot be read (${error.code})`);
    return '';
  });
}

function documentsOf(text: string, file: string, problems: Problems): readonly unknown[] {
  try {
    if (file.endsWith('.json')) return [JSON.parse(text)];
    const documents = parseAllDocuments(text);
    const all = 'empty' in documents ? [] : documents;
    for (const { errors } of all)
      for (const { message } of errors) problems.push(`${harmless(file)}: ${message.split('\n')[0]}`);
    return all.map((document) => document.toJS() as unknown);
  } catch (error) {
    problems.push(`${harmless(file)}: ${(error as Error).message}`);
    return [];
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
