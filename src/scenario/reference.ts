import { printFlow } from './flow.ts';
import { type JsonSchema, scenarioJsonSchema } from './json-schema.ts';
import { AXES } from './settings-schema.ts';
import { THRESHOLD_METRICS } from './thresholds.ts';

/** The tables of docs/scenarios.md by name; between their marks there they are written by `npm run schema`. */
export function referenceTables(): Readonly<Record<string, string>> {
  return { fields: fieldTable(), axes: axisList(), metrics: metricTable() };
}

/** Puts the tables between their marks in a Markdown text. */
export function insertTables(markdown: string, tables: Readonly<Record<string, string>>): string {
  return Object.entries(tables).reduce((text, [name, table]) => {
    const [open, close] = [`<!-- generated: ${name} -->`, '<!-- end -->'];
    const from = text.indexOf(open);
    const until = text.indexOf(close, from);
    if (from === -1 || until === -1) throw new Error(`there is no place for the table "${name}"`);
    return `${text.slice(0, from)}${open}\n${table}\n${text.slice(until)}`;
  }, markdown);
}

function fieldTable(): string {
  const rows = Object.entries(scenarioJsonSchema().properties ?? {}).flatMap(([key, schema]) => fieldRows(key, schema));
  return ['| field | default | value | example | meaning |', '|---|---|---|---|---|', ...rows].join('\n');
}

/** A row per field; what a variant may hold is what the whole file may, and an axis has the values of its field. */
function fieldRows(path: string, schema: JsonSchema): readonly string[] {
  const meaning = schema.description ?? '';
  if (path === 'variants' || path === 'matrix') return [row(path, '', '', '', meaning)];
  const inner = children(path, schema).flatMap(([child, one]) => fieldRows(child, one));
  const fallback = schema.default === undefined ? '' : code(schema.default);
  if (inner.length > 0) return [row(path, fallback, '', '', meaning), ...inner];
  return [row(path, fallback, valueText(schema), example(schema), meaning)];
}

function row(path: string, ...cells: readonly string[]): string {
  return `| \`${path}\` | ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function example(schema: JsonSchema): string {
  const value = schema.examples?.[0] ?? schema.enum?.at(-1) ?? schema.default;
  return value === undefined ? '' : code(value);
}

function children(path: string, schema: JsonSchema): readonly (readonly [string, JsonSchema])[] {
  const named = Object.entries(schema.properties ?? {}).map(([key, child]) => [`${path}.${key}`, child] as const);
  const { additionalProperties: every, items } = schema;
  if (typeof every === 'object') return [...named, ...children(`${path}.<name>`, every)];
  if (items !== undefined && !Array.isArray(items)) return children(`${path}[]`, items as JsonSchema);
  return named;
}

function valueText(schema: JsonSchema): string {
  if (schema.$comment !== undefined) return schema.$comment;
  if (schema.anyOf !== undefined) return schema.anyOf.map(valueText).join(' or ');
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  if (schema.type === 'integer') return `${schema.minimum} to ${schema.maximum}`;
  if (schema.type === 'array') return listText(schema.items);
  if (schema.properties !== undefined) return mappingText(schema.properties);
  return [schema.type ?? []]
    .flat()
    .map((type) => (type === 'string' ? 'text' : type))
    .join(' or ');
}

function listText(items: JsonSchema['items']): string {
  if (items === undefined) return 'list';
  if (!Array.isArray(items)) return `list of ${valueText(items as JsonSchema)}`;
  return `list of ${items.length}`;
}

function mappingText(properties: Readonly<Record<string, JsonSchema>>): string {
  return `\`{${Object.keys(properties).join(', ')}}\``;
}

function axisList(): string {
  return Object.keys(AXES)
    .map((axis) => `\`${axis}\``)
    .join(', ');
}

function metricTable(): string {
  const words = { ns: 'a duration', ms: 'milliseconds, or a duration', share: 'a share of the requests', B: 'a size' };
  const examples = { ns: '5ms', ms: 1.5, share: '0.1%', B: '64MB' };
  const units = [...new Set(THRESHOLD_METRICS.values())];
  const rows = units.map((unit) => {
    const metrics = [...THRESHOLD_METRICS].filter(([, other]) => other === unit).map(([metric]) => code(metric));
    return `| ${metrics.join(', ')} | ${words[unit]} | \`below: ${examples[unit]}\` |`;
  });
  return ['| metric | value | example |', '|---|---|---|', ...rows].join('\n');
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : printFlow(value)}\``;
}
