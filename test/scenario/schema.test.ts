import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { DEFAULTS } from '../../src/scenario/defaults.ts';
import { parseScenario } from '../../src/scenario/index.ts';
import { type JsonSchema, scenarioJsonSchema } from '../../src/scenario/json-schema.ts';
import { insertTables, referenceTables } from '../../src/scenario/reference.ts';
import { complaintsOf, ROOT } from './support.ts';

const HINT = 'run `npm run schema` and commit what it writes';

/** Schemas of fields that stand at the top of a file or in one of its sections, with the path to each. */
function fields(
  schema: JsonSchema,
  path: readonly string[] = [],
): readonly (readonly [readonly string[], JsonSchema])[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, field]) =>
    field.properties === undefined ? [[[...path, key], field] as const] : fields(field, [...path, key]),
  );
}

function fileWith(path: readonly string[], value: unknown): string {
  const nested = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Record<string, unknown>;
  return JSON.stringify({ question: 'What?', variants: { a: {} }, ...nested });
}

describe('what is generated from the schema is not stale', () => {
  test('schema/scenario.schema.json', async () => {
    const committed = await readFile(join(ROOT, 'schema', 'scenario.schema.json'), 'utf8');
    assert.equal(committed, `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`, HINT);
  });

  test('the tables of docs/scenarios.md', async () => {
    const committed = await readFile(join(ROOT, 'docs', 'scenarios.md'), 'utf8');
    assert.equal(committed, insertTables(committed, referenceTables()), HINT);
  });
});

describe('the schema for editors', () => {
  const schema = scenarioJsonSchema();

  test('describes every field', () => {
    for (const [path, field] of fields(schema)) {
      if (path[0] !== 'matrix') assert.ok((field.description ?? '').length > 5, path.join('.'));
    }
  });

  test('has the defaults of the program', () => {
    assert.equal(schema.properties?.['trials']?.default, DEFAULTS.trials);
    assert.equal(schema.properties?.['load']?.properties?.['rate']?.default, DEFAULTS.load.rate);
    assert.equal(schema.properties?.['mesh']?.properties?.['envoy']?.properties?.['concurrency']?.default, 1);
  });

  test('the defaults written out are the defaults', () => {
    const written = JSON.stringify({ question: 'What?', variants: { a: {} }, ...DEFAULTS });
    const { source: _written, ...explicit } = parseScenario(written, 'test.yaml');
    const { source: _short, ...implicit } = parseScenario(fileWith([], {}), 'test.yaml');
    assert.deepEqual(explicit, implicit);
  });

  /** Right by themselves; what they need beside them is another field's matter. */
  const NEEDS_ANOTHER = new Set([
    'load.method',
    'load.payload',
    'load.body',
    'thresholds.variant',
    'services.kind',
    'services.count',
    'services.rules',
    'services.objects',
    'controlPlane.kind',
    'controlPlane.version',
    'controlPlane.sidecars',
    'controlPlane.namespaces',
    'controlPlane.clusters',
    'controlPlane.crowd',
    'slo',
    'between',
    'find',
  ]);

  test('its examples are right', () => {
    let count = 0;
    for (const [path, field] of fields(schema)) {
      for (const example of field.examples ?? []) {
        if (NEEDS_ANOTHER.has(path.join('.'))) continue;
        const value = path[0] === 'matrix' ? [example] : example;
        assert.deepEqual(complaintsOf(fileWith(path, value)), [], `${path.join('.')}: ${JSON.stringify(value)}`);
        count += 1;
      }
    }
    assert.ok(count > 20, `${count} examples`);
  });

  test('its patterns take what the parser takes, and refuse what it refuses', () => {
    const amount = fc.constantFrom('5', '1.5', '1_000', '', '-3', '1e3', '0', ' 7 ', '.5', '1_0');
    const unit = fc.constantFrom(
      '',
      's',
      'ms',
      'µs',
      'sec',
      'm',
      'h',
      '/s',
      '/min',
      'k/s',
      '/h',
      'B',
      'kB',
      'KB',
      'KiB',
      'kiB',
    );
    const kinds = [
      ['load', 'warmup'],
      ['load', 'rate'],
      ['app', 'payload'],
    ] as const;
    const wrong = /not a |unknown unit|has no unit|exponent|whole number of bytes/;
    fc.assert(
      fc.property(fc.constantFrom(...kinds), amount, unit, (path, number, suffix) => {
        const text = number + suffix;
        const field = schema.properties?.[path[0]]?.properties?.[path[1]];
        const pattern = new RegExp(field?.anyOf?.find((one) => one.type === 'string')?.pattern ?? '$^', 'u');
        const [complaint] = complaintsOf(fileWith(path, text));
        // Large numbers with an exponent are called too large, not misshapen.
        const misshapen = wrong.test(complaint?.message ?? '') || /e\d/.test(text);
        const parses = complaint === undefined || !misshapen;
        // A fraction of a byte has the right shape, and a bare 0 is no rate: only the program knows.
        const shapeOnly = (path[1] === 'payload' && /\./.test(text)) || (path[1] === 'rate' && /^\s*0\s*$/.test(text));
        if (!shapeOnly) assert.equal(pattern.test(text), parses, `${path.join('.')}: "${text}"`);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('docs/scenarios.md', () => {
  test('its examples are scenarios', async () => {
    const docs = await readFile(join(ROOT, 'docs', 'scenarios.md'), 'utf8');
    const examples = [...docs.matchAll(/<!-- example: (.+?) -->\n```yaml\n([\s\S]*?)```/gu)];
    assert.ok(examples.length >= 6, `${examples.length} examples`);
    for (const [, name, text] of examples) assert.deepEqual(complaintsOf(text ?? ''), [], name);
  });

  test('the scenario in ten lines has ten at most', async () => {
    const docs = await readFile(join(ROOT, 'docs', 'scenarios.md'), 'utf8');
    const [, text] = /<!-- example: ten lines -->\n```yaml\n([\s\S]*?)```/u.exec(docs) ?? [];
    assert.ok((text ?? '').trim().split('\n').length <= 10);
  });
});
