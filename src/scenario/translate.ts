import type { z } from 'zod';
import { type Finding, type Path, valueAt } from './finding.ts';
import { type JsonSchema, keysAt, scenarioJsonSchema } from './json-schema.ts';
import { AXES } from './settings-schema.ts';
import { closest } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/** What the schema has to say about a file's data, in words for people; one finding per mistake. */
export function translate(
  issues: readonly Issue[],
  value: unknown,
  words: Vocabulary = { schema: scenarioJsonSchema(), unknown: 'is not a field', elsewhere },
): readonly Finding[] {
  const findings = issues.flatMap((issue) => explain(issue, issue.path as Path, value, words));
  const meant = new Set(findings.flatMap(({ path, suggestion }) => sibling(path, suggestion)));
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const place = JSON.stringify([finding.path, finding.at]);
    // A misspelt key is one mistake, not an unknown key and a missing one.
    if (seen.has(place) || (finding.missing === true && meant.has(JSON.stringify(finding.path)))) return false;
    seen.add(place);
    return true;
  });
}

/** How to speak of a kind of document. */
export interface Vocabulary {
  readonly schema: JsonSchema;
  /** What is said of a key that the schema does not have. */
  readonly unknown: string;
  /** What such a key may have meant that stands at another place. */
  readonly elsewhere?: (key: string) => string | undefined;
}

function sibling(path: Path, suggestion: string | undefined): readonly string[] {
  return suggestion === undefined ? [] : [JSON.stringify([...path.slice(0, -1), suggestion])];
}

function explain(issue: Issue, path: Path, root: unknown, words: Vocabulary): readonly Finding[] {
  const value = valueAt(root, path);
  if (value === undefined && issue.code !== 'unrecognized_keys') {
    return [{ path, at: 'key', message: 'is missing', missing: true }];
  }
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key, words));
    case 'invalid_type':
      return [{ path, at: value === null ? 'key' : 'value', message: wrongType(issue, value) }];
    case 'invalid_value':
      return [notAmong(path, value, issue.values)];
    case 'too_small':
      return [{ path, at: 'value', message: tooSmall(issue) }];
    case 'too_big':
      return [{ path, at: 'value', message: `must ${amount(issue.origin, 'at most', Number(issue.maximum))}` }];
    case 'invalid_union':
      return alternative(issue, path, root, words);
    case 'invalid_key':
      return [{ path, at: 'key', message: issue.issues[0]?.message ?? issue.message }];
    case 'invalid_format':
    case 'not_multiple_of':
    case 'invalid_element':
    case 'custom':
      return [{ path, at: 'value', message: issue.message }];
  }
}

function unknownKey(path: Path, key: string, words: Vocabulary): Finding {
  const known = keysAt(words.schema, path);
  const suggestion = closest(key, known) ?? words.elsewhere?.(key);
  const choice = known.length > 12 ? '' : `; known here: ${known.join(', ')}`;
  const message = suggestion === undefined ? `${words.unknown}${choice}` : words.unknown;
  return { path: [...path, key], at: 'key', message, suggestion };
}

/** `rate` at the top is most likely `load.rate`. */
function elsewhere(key: string): string | undefined {
  return Object.keys(AXES).find((axis) => axis.endsWith(`.${key}`));
}

function wrongType(issue: z.core.$ZodIssueInvalidType, value: unknown): string {
  const wanted: Readonly<Record<string, string>> = {
    string: 'text',
    int: 'a whole number',
    number: 'a whole number',
    array: 'a list',
    tuple: 'a list',
    object: 'a mapping (key: value)',
    record: 'a mapping (key: value)',
  };
  const want = wanted[issue.expected] ?? issue.expected;
  if (!issue.message.startsWith('Invalid input')) return issue.message;
  if (value === null) return `is empty; it must be ${want}`;
  if (issue.expected === 'string' && typeof value !== 'object')
    return `must be text; write it in quotes: "${String(value)}"`;
  return `must be ${want}, not ${kind(value)}`;
}

function kind(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return `the text "${value}"`;
  return String(value);
}

function notAmong(path: Path, value: unknown, values: readonly unknown[]): Finding {
  const names = values.map(String);
  const suggestion = typeof value === 'string' ? closest(value, names) : undefined;
  const got = typeof value === 'object' && value !== null ? kind(value) : `"${String(value)}"`;
  return { path, at: 'value', message: `must be ${list(names)}, not ${got}`, suggestion };
}

function list(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `one of ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

function tooSmall(issue: z.core.$ZodIssueTooSmall): string {
  return `must ${amount(issue.origin, 'at least', Number(issue.minimum))}`;
}

function amount(origin: string, bound: string, limit: number): string {
  if (origin === 'string') return `have ${bound} ${limit} characters`;
  if (origin === 'array') return `have ${bound} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  return `be ${bound} ${limit}`;
}

/**
 * Of a union's branches the one that was meant is that whose outer shape fits; where several do, the one with the
 * fewest mistakes; where none does, the union speaks for itself.
 */
function alternative(
  issue: z.core.$ZodIssueInvalidUnion,
  path: Path,
  root: unknown,
  words: Vocabulary,
): readonly Finding[] {
  const fitting = issue.errors.filter((issues) => !issues.some(isShapeMismatch));
  const nearest = fitting.toSorted((one, other) => one.length - other.length)[0];
  if (nearest === undefined) return [{ path, at: 'value', message: issue.message }];
  return nearest.flatMap((inner) => explain(inner, [...path, ...(inner.path as Path)], root, words));
}

function isShapeMismatch(issue: Issue): boolean {
  const shape = issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union';
  return shape && issue.path.length === 0;
}
