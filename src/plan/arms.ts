import {
  applyPatch,
  componentsOf,
  describeSettings,
  readSetting,
  type Scenario,
  type Settings,
  settingsProblems,
} from '../scenario/index.ts';
import { BenchError } from '../units/index.ts';
import { canonicalJson } from './hash.ts';
import type { Overrides } from './overrides.ts';
import type { Variant } from './plan.ts';
import { expandVariants } from './variants.ts';

/** The two sides of a gate, by the names that their trials have in the record. */
export const ARMS = ['baseline', 'candidate'] as const;
export type ArmName = (typeof ARMS)[number];

/** An arm as it was asked for: `outbound,envoy=1.36.2,revision=v1.2`. Nothing of it is looked up yet. */
export interface ArmRequest {
  /** As the person wrote it. */
  readonly text: string;
  /** A variant of the scenario; undefined is the only one with a sidecar. */
  readonly variant: string | undefined;
  /** A version, or the path of a binary. */
  readonly envoy: string | undefined;
  /** Git revision from which the scenario's file is read. */
  readonly revision: string | undefined;
  /** A sidecar's configuration to replay. */
  readonly replay: { readonly kind: 'config-dump' | 'bootstrap'; readonly file: string } | undefined;
  /** `section.field` → value as a scenario would write it. */
  readonly settings: readonly (readonly [string, string])[];
}

const LONGEST = 2000;
const VERSION = /^\d+\.\d+\.\d+(\.post\d+)?$/u;

/** Whether an arm's `envoy` names a version rather than a file. */
export function isEnvoyVersion(envoy: string): boolean {
  return VERSION.test(envoy);
}

/**
 * Reads an arm: parts between commas, one of them a variant's name, the others `what=value`.
 * @throws BenchError usage for a part that cannot be read.
 */
export function readArm(text: string): ArmRequest {
  if (text.length > LONGEST) throw refusal(text.slice(0, 40), `is longer than ${LONGEST} characters`);
  const parts = partsOf(text).map(splitPart);
  const [variant, ...others] = parts.flatMap(([key, value]) => (value === undefined ? [key] : []));
  if (variant === '' || others.length > 0) throw refusal(text, 'names more than one variant, or an empty one');
  const said = parts.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
  const silent = said.find(([, value]) => value === '');
  if (silent !== undefined) throw refusal(text, `says ${silent[0]} and not what it is`);
  const named = new Map(said.filter(([key]) => NAMED.includes(key)));
  return {
    text,
    variant,
    envoy: named.get('envoy'),
    revision: named.get('revision'),
    replay: replayOf(named),
    settings: said.filter(([key]) => !NAMED.includes(key)),
  };
}

/** What an arm can name besides settings. */
const NAMED: readonly string[] = ['envoy', 'revision', 'config-dump', 'bootstrap'];

/** `what=value`, or a variant's name, which may have the point of a matrix behind a space: `outbound load.rate=1000/s`. */
function splitPart(part: string): readonly [string, string | undefined] {
  const at = part.includes(' ') && !part.includes('{') ? -1 : part.indexOf('=');
  return at === -1 ? [part, undefined] : [part.slice(0, at), part.slice(at + 1)];
}

function replayOf(named: ReadonlyMap<string, string>): ArmRequest['replay'] {
  for (const kind of ['config-dump', 'bootstrap'] as const) {
    const file = named.get(kind);
    if (file !== undefined) return { kind, file };
  }
  return undefined;
}

/** Splits at commas that are not inside braces or brackets. */
function partsOf(text: string): readonly string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if ('{['.includes(character)) depth += 1;
    if ('}]'.includes(character)) depth -= 1;
    if (character === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim());
}

/**
 * What an arm measures: its variant of the scenario with its settings on top, under the arm's own name.
 * @throws BenchError usage where it names nothing, or what cannot be measured.
 */
export function armVariant(arm: ArmName, request: ArmRequest, scenario: Scenario, overrides: Overrides): Variant {
  const chosen = chooseVariant(request, scenario, expandVariants(scenario, overrides));
  let settings = chosen.settings;
  for (const [path, text] of request.settings) {
    const read = readSetting(path, text);
    if (!read.ok) throw refusal(request.text, read.problem);
    settings = applyPatch(settings, read.point.patch);
  }
  if (request.envoy !== undefined && isEnvoyVersion(request.envoy)) {
    settings = applyPatch(settings, { mesh: { envoy: { version: request.envoy } } });
  }
  if (settings.load.loop === 'closed') {
    const why = 'has load.loop: closed, and a gate decides about latencies, which a closed loop leaves out in part';
    throw refusal(request.text, why, 'give the arms an open loop, or measure saturation by `meshbench run`');
  }
  const problem = settingsProblems(settings, scenario.workloads)[0];
  if (problem !== undefined)
    throw refusal(request.text, `cannot be measured: ${(problem.at[0] ?? []).join('.')} ${problem.message}`);
  return { name: arm, base: arm, axes: {}, baseline: 'baseline', settings };
}

function chooseVariant(request: ArmRequest, scenario: Scenario, variants: readonly Variant[]): Variant {
  const { variant } = request;
  const fitting =
    variant === undefined
      ? variants.filter(({ settings }) => hasSidecar(scenario, settings))
      : variants.filter(({ name, base }) => name === variant || base === variant);
  const [chosen] = fitting;
  if (chosen !== undefined && fitting.length === 1) return chosen;
  const names = variants.map(({ name }) => `"${name}"`).join(', ');
  const problem =
    fitting.length > 1
      ? variant === undefined
        ? 'does not say which variant'
        : `names a variant at ${fitting.length} points of the matrix`
      : `names no variant of the scenario ${scenario.name}`;
  throw refusal(request.text, problem, `the variants are ${names}`);
}

function hasSidecar({ workloads }: Scenario, { mesh }: Settings): boolean {
  return componentsOf(workloads, mesh).some((component) => component.endsWith('.envoy'));
}

/** An arm's variant, and the scenario that it was read from: that may be of another revision. */
export interface AskedArm {
  readonly variant: Variant;
  readonly scenario: Pick<Scenario, 'workloads'>;
}

/**
 * Refuses arms that are asked different questions: other load, protocol, events or topology, or another runtime. The application's script,
 * the mesh and what containers are held back by are what arms differ in.
 * @throws BenchError usage, naming every such field.
 */
export function checkSameQuestion(baseline: AskedArm, candidate: AskedArm): void {
  const [one, other] = [questionOf(baseline), questionOf(candidate)];
  const fields = new Set([...one.keys(), ...other.keys()]);
  const differing = [...fields].filter((field) => one.get(field) !== other.get(field));
  if (differing.length === 0) return;
  throw new BenchError('usage', 'ARMS_DIFFER', `the arms are asked different questions: ${differing.join(', ')}`, {
    hint: 'a gate asks both arms the same; use `meshbench run` to vary this',
  });
}

/** What is asked of an arm, by field. */
function questionOf({ variant: { settings }, scenario }: AskedArm): ReadonlyMap<string, string> {
  const { load, events, thrift } = describeSettings(settings) as { readonly load: object } & Record<string, unknown>;
  const whole = { protocol: settings.protocol, thrift, events, workloads: scenario.workloads };
  return new Map([
    ...Object.entries(load).map(([field, value]) => [`load.${field}`, canonicalJson(value)] as const),
    ...Object.entries(whole).map(([field, value]) => [field, canonicalJson(value)] as const),
    ['runtime.name', settings.runtime.name],
  ]);
}

function refusal(
  text: string,
  problem: string,
  hint = 'an arm is written like outbound, or outbound,envoy=1.36.2; docs/verdicts.md has more',
): BenchError {
  return new BenchError('usage', 'ARM', `the arm ${JSON.stringify(text)} ${problem}`, { hint });
}
