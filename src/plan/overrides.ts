import { BOUNDS, closest, type Patch, type RuntimeName, type Scenario, type Settings } from '../scenario/index.ts';
import { BenchError, type Nanos, nanos, printDuration, printRate, type Rate } from '../units/index.ts';
import type { ReplayRequest } from './plan.ts';

/** What the command line changes of a scenario, for every variant alike. */
export interface Overrides {
  readonly trials?: number;
  readonly duration?: Nanos;
  readonly warmup?: Nanos;
  readonly rate?: Rate;
  /** Names of the file's variants, or of variants at a matrix point; the others are left out. The first is the baseline. */
  readonly variants?: readonly string[];
  readonly seed?: number;
  /** Where the hosts of all variants live. */
  readonly runtime?: RuntimeName;
  /** Few and short trials, to see that a scenario works. */
  readonly quick?: boolean;
  /** A user's configuration takes the place of ours in the client's sidecar. */
  readonly replay?: ReplayRequest;
}

/** Refuses values outside what a scenario could say. @throws BenchError usage. */
export function checkOverrides(overrides: Overrides): void {
  const { rate, duration, wait, trials, seed } = BOUNDS;
  checkRange('--trials', overrides.trials, { min: 1, max: trials, whole: true, print: String });
  checkRange('--seed', overrides.seed, { min: 0, max: seed, whole: true, print: String });
  checkRange('--rate', overrides.rate, { ...rate, print: printRate });
  checkRange('--duration', overrides.duration, { ...duration, print: printDuration });
  checkRange('--warmup', overrides.warmup, { min: nanos(0), max: wait.max, print: printDuration });
}

/** The patch that the overrides put on top of every variant. */
export function overridePatch({ rate, duration, warmup, runtime }: Overrides): Patch {
  return {
    load: {
      ...(rate === undefined ? {} : { rate }),
      ...(duration === undefined ? {} : { duration }),
      ...(warmup === undefined ? {} : { warmup }),
    },
    ...(runtime === undefined ? {} : { runtime: { name: runtime } }),
  };
}

/** Refuses a patch that would undo what the variants differ in. @throws BenchError usage. */
export function checkPatch(
  patch: Patch,
  scenario: Scenario,
  variants: readonly { readonly settings: Settings }[],
): void {
  for (const field of ['rate', 'duration', 'warmup'] as const) {
    if (patch.load?.[field] === undefined) continue;
    refuseUndoing(
      `--${field}`,
      `load.${field}`,
      scenario,
      variants.map(({ settings }) => settings.load[field]),
    );
  }
  if (patch.runtime?.name === undefined) return;
  refuseUndoing(
    '--runtime',
    'runtime.name',
    scenario,
    variants.map(({ settings }) => settings.runtime.name),
  );
}

function refuseUndoing(flag: string, path: string, { matrix }: Scenario, values: readonly unknown[]): void {
  const isAxis = matrix.some((axis) => axis.path === path);
  const differs = new Set(values).size > 1;
  if (!isAxis && !differs) return;
  const where = isAxis ? "is an axis of the scenario's matrix" : "is what the scenario's variants differ in";
  throw new BenchError('usage', 'OVERRIDE_CONFLICT', `${flag} would undo ${path}, which ${where}`, {
    hint: `leave ${flag} out, or choose what to measure by --variants`,
  });
}

/** Keeps the variants that were asked for, by either of their names, in the order in which they were named. @throws BenchError usage for an unknown name. */
export function selectVariants<V extends { readonly name: string; readonly base: string }>(
  variants: readonly V[],
  wanted: readonly string[] | undefined,
): readonly V[] {
  if (wanted === undefined) return variants;
  const names = new Set(variants.flatMap(({ name, base }) => [base, name]));
  const unknown = wanted.find((name) => !names.has(name));
  if (unknown !== undefined || wanted.length === 0) throw unknownVariant(unknown ?? '', names);
  return [...new Set(wanted.flatMap((one) => variants.filter(({ name, base }) => name === one || base === one)))];
}

function unknownVariant(name: string, names: ReadonlySet<string>): BenchError {
  const meant = closest(name, names);
  const question = meant === undefined ? '' : `; did you mean "${meant}"?`;
  return new BenchError('usage', 'VARIANT_UNKNOWN', `--variants names "${name}", which does not exist${question}`, {
    hint: `the variants are ${[...names].join(', ')}`,
  });
}

interface Range<T> {
  readonly min: T;
  readonly max: T;
  readonly whole?: boolean;
  readonly print: (value: T) => string;
}

function checkRange<T extends number>(flag: string, value: T | undefined, { min, max, whole, print }: Range<T>): void {
  if (value === undefined) return;
  if (value >= min && value <= max && (whole !== true || Number.isInteger(value))) return;
  const message = `${flag} must be ${whole === true ? 'a whole number ' : ''}from ${print(min)} to ${print(max)}`;
  throw new BenchError('usage', 'OVERRIDE_RANGE', message);
}
