import { readdir, stat } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { z } from 'zod';
import { type IstioObject, withFullNames } from '../services/index.ts';
import { BenchError } from '../units/index.ts';
import { type Complaint, harmless, printComplaint } from './complaint.ts';
import { readDocument } from './document.ts';
import { type Finding, valueAt } from './finding.ts';
import type { JsonSchema } from './json-schema.ts';
import { OBJECT_KINDS, objectSchema } from './objects-schema.ts';
import { readText, unreadable, within } from './text-file.ts';
import { translate } from './translate.ts';

/** A file that is larger is refused before it is read. */
const LARGEST = 32_000_000;
/** A folder with more is refused. */
const MOST_FILES = 10_000;
/** So many mistakes are named. */
const MOST_NAMED = 100;

const EXTENSIONS: readonly string[] = ['.yaml', '.yml'];

/** An object, and where it stands. */
interface Placed {
  readonly object: IstioObject;
  readonly file: string;
  readonly line: number;
}

interface Mistake {
  readonly file: string;
  readonly complaint: Complaint;
}

/**
 * Reads Istio's objects from a file of one or more documents, or from all of a folder and what is below it, by name.
 * `hosts` are those of the topology, which an object must not make known again.
 * @throws BenchError usage, OBJECTS_INVALID, with every mistake in every file: above all what is not supported, by its name.
 */
export async function readObjects(
  path: string,
  folder: string,
  hosts: readonly string[],
): Promise<readonly IstioObject[]> {
  const placed: Placed[] = [];
  const mistakes: Mistake[] = [];
  for (const file of await filesOf(path)) {
    const shown = relative(folder, file);
    const text = await readText(await within(file, folder), LARGEST);
    for (const { line, document } of documentsOf(text)) {
      const { object, complaints } = readObject(document);
      if (object !== undefined) placed.push({ object, file: shown, line: line + 1 });
      const below = complaints.map((one) => ({ ...one, line: one.line + line }));
      mistakes.push(...below.map((complaint) => ({ file: shown, complaint })));
    }
  }
  mistakes.push(...twice(placed, hosts));
  if (placed.length === 0 && mistakes.length === 0)
    throw new BenchError('usage', 'OBJECTS_INVALID', `${harmless(path)} holds no object`, { hint: HINT });
  if (mistakes.length > 0) throw invalid(path, mistakes);
  return placed.map(({ object }) => object);
}

const HINT = 'docs/control-plane.md says which objects of Istio are read, and which of their fields';

function invalid(path: string, mistakes: readonly Mistake[]): BenchError {
  const lines = mistakes.slice(0, MOST_NAMED).map(({ file, complaint }) => `  ${printComplaint(file, complaint)}`);
  const rest = mistakes.length - lines.length;
  const count = mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`;
  const all = [...lines, ...(rest > 0 ? [`  … and ${rest} more`] : [])].join('\n');
  return new BenchError('usage', 'OBJECTS_INVALID', `the objects of ${harmless(path)} have ${count}:\n${all}`, {
    hint: HINT,
  });
}

async function filesOf(path: string): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const entries = await readdir(path, { recursive: true });
    const files = entries.filter((name) => EXTENSIONS.includes(extname(name))).toSorted();
    if (files.length <= MOST_FILES) return files.map((name) => join(path, name));
  } catch (cause) {
    throw unreadable(path, cause);
  }
  throw new BenchError('usage', 'OBJECTS_INVALID', `${harmless(path)} holds more than ${MOST_FILES} files`);
}

/** The documents of a text, with how many lines are before each; those that hold nothing are passed over. */
function documentsOf(text: string): readonly { readonly line: number; readonly document: string }[] {
  const documents: { line: number; lines: string[] }[] = [{ line: 0, lines: [] }];
  for (const [index, line] of text.split(/\r?\n/u).entries()) {
    if (/^---(\s|$)/u.test(line)) documents.push({ line: index + 1, lines: [] });
    else documents.at(-1)?.lines.push(line);
  }
  return documents
    .filter(({ lines }) => lines.some((line) => /^\s*[^\s#]/u.test(line)))
    .map(({ line, lines }) => ({ line, document: lines.join('\n') }));
}

interface Read {
  readonly object?: IstioObject;
  readonly complaints: readonly Complaint[];
}

function readObject(text: string): Read {
  const document = readDocument(text);
  const kind = valueAt(document.value, ['kind']);
  const known = OBJECT_KINDS.find((one) => one === kind);
  const checked = known === undefined ? undefined : SCHEMAS[known].safeParse(document.value);
  const findings =
    checked === undefined ? [unknownKind(kind)] : checked.success ? [] : inWords(checked.error, document.value, known);
  const complaints = [
    ...document.complaints,
    ...findings.filter((finding) => document.believes(finding)).map((finding) => document.place(finding)),
  ];
  if (complaints.length > 0 || checked?.success !== true) return { complaints };
  return { object: withFullNames(checked.data as IstioObject), complaints: [] };
}

const SCHEMAS = Object.fromEntries(OBJECT_KINDS.map((kind) => [kind, objectSchema(kind)])) as Record<
  IstioObject['kind'],
  z.ZodType
>;

function unknownKind(kind: unknown): Finding {
  const known = OBJECT_KINDS.join(', ');
  if (kind === undefined)
    return { path: ['kind'], at: 'key', message: `is missing; known are ${known}`, missing: true };
  return { path: ['kind'], at: 'value', message: `${harmless(String(kind))} is not supported; known are ${known}` };
}

function inWords(error: z.ZodError, value: unknown, kind: IstioObject['kind'] | undefined): readonly Finding[] {
  if (kind === undefined) return [];
  const schema = z.toJSONSchema(SCHEMAS[kind], { io: 'input', target: 'draft-7' }) as JsonSchema;
  return translate(error.issues, value, { schema, unknown: 'is not supported here' });
}

/** Objects of one name, and hosts that two objects make known: which of them held would depend on their order. */
function twice(placed: readonly Placed[], hosts: readonly string[]): readonly Mistake[] {
  const seen = new Map<string, string>(hosts.map((host) => [`ServiceEntry of ${host}`, 'the topology']));
  return placed.flatMap(({ object, file, line }) => {
    const { name, namespace } = object.metadata;
    const claims = [
      `${object.kind} ${namespace}/${name}`,
      ...claimed(object).map((host) => `${object.kind} of ${host}`),
    ];
    return claims.flatMap((claim) => {
      const before = seen.get(claim);
      seen.set(claim, before ?? `${file}:${line}`);
      if (before === undefined) return [];
      const message = `is the second ${claim}; the first is in ${before}`;
      return [{ file, complaint: { line, column: 1, path: '', message, suggestion: undefined } }];
    });
  });
}

/** Hosts of which one object of a kind may speak. */
function claimed(object: IstioObject): readonly string[] {
  switch (object.kind) {
    case 'ServiceEntry':
    case 'VirtualService':
      return object.spec.hosts;
    case 'DestinationRule':
      return [object.spec.host];
    case 'Sidecar':
    case 'WorkloadEntry':
      return [];
  }
}
