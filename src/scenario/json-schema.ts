import { z } from 'zod';
import { DEFAULTS } from './defaults.ts';
import { scenarioSchema } from './schema.ts';

/** A JSON Schema as far as this program reads one. */
export interface JsonSchema {
  readonly description?: string;
  readonly examples?: readonly unknown[];
  /** The bounds of a quantity, in words. */
  readonly $comment?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly type?: string | readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
}

let generatedOnce: JsonSchema | undefined;

/** The schema of a scenario file as editors understand it (draft 7), descriptions and defaults included. */
export function scenarioJsonSchema(): JsonSchema {
  generatedOnce ??= generate();
  return generatedOnce;
}

function generate(): JsonSchema {
  const generated = z.toJSONSchema(scenarioSchema, {
    io: 'input',
    target: 'draft-7',
    // Zod drops examples where a value is transformed, taking them for results; here they are as written.
    override: ({ zodSchema, jsonSchema }) => {
      const examples = z.globalRegistry.get(zodSchema)?.['examples'];
      if (Array.isArray(examples)) jsonSchema.examples = examples;
    },
  }) as JsonSchema;
  return {
    ...withDefaults(generated, DEFAULTS),
    description: 'A meshbench scenario: one question, and the variants that answer it.',
  };
}

/** The keys that the schema knows at a path of a document; empty where any key may stand. */
export function keysAt(schema: JsonSchema, path: readonly (string | number)[]): readonly string[] {
  const reached = path.reduce<readonly JsonSchema[]>(
    (schemas, step) => schemas.flatMap((one) => child(one, step)),
    [schema],
  );
  return [...new Set(reached.flatMap(alternatives).flatMap((one) => Object.keys(one.properties ?? {})))];
}

function child(schema: JsonSchema, step: string | number): readonly JsonSchema[] {
  return alternatives(schema).flatMap((one) => {
    if (typeof step === 'number') return one.items === undefined ? [] : [one.items].flat();
    const named = one.properties;
    if (named !== undefined && Object.hasOwn(named, step)) return named[step] ?? [];
    return typeof one.additionalProperties === 'object' ? one.additionalProperties : [];
  });
}

function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  return schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap(alternatives);
}

/** Sections are written field by field, so their defaults belong to their fields. */
function withDefaults(schema: JsonSchema, defaults: Readonly<Record<string, unknown>>): JsonSchema {
  const properties = Object.entries(schema.properties ?? {}).map(([key, property]) => {
    const value = Object.hasOwn(defaults, key) ? defaults[key] : undefined;
    if (value === undefined) return [key, property] as const;
    if (property.properties !== undefined && isMapping(value)) return [key, withDefaults(property, value)] as const;
    return [key, { ...property, default: value }] as const;
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
