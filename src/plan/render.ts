import { type KneeSettings, printFlow } from '../scenario/index.ts';
import { formatDuration, formatRate, fromSeconds } from '../units/index.ts';
import { describePlan, type PlanDescription, type VariantDescription } from './describe.ts';
import type { Placement, Plan, ReplayRequest } from './plan.ts';

/** So many blocks are printed one by one. */
const MOST_BLOCKS = 20;

/** A plan as text for a terminal; the same facts as {@link describePlan}. */
export function renderPlan(plan: Plan, more: readonly string[] = []): string {
  const description = describePlan(plan, more);
  const { scenario, question, variants, notes } = description;
  const facts = [
    ['processors', renderPlacement(description.placement)],
    ['scheduling', renderScheduling(description.scheduling)],
    ...(plan.knee === undefined ? [] : [['knee', renderKnee(plan.knee, plan.blocks)]]),
    ['time', renderTime(description)],
    ['seed', `${description.seed}`],
    ['plan', `${description.hash.slice(0, 12)} (${description.mode})`],
    ...(description.replay === undefined ? [] : [['replay', renderReplay(description.replay)]]),
    ...notes.map((note) => ['note', note]),
  ];
  return [
    `${scenario}: ${question}`,
    '',
    ...renderVariants(variants),
    ...renderBlocks(description),
    '',
    ...facts.map(([name = '', fact = '']) => `${name.padEnd(12)}${fact}`),
    '',
  ].join('\n');
}

/** What all variants have in common once, then of each what it has of its own. */
function renderVariants(variants: readonly VariantDescription[]): readonly string[] {
  const flat = variants.map((variant) => new Map(leaves(variant.settings, '')));
  const common = [...(flat[0] ?? [])].filter(([path, value]) => flat.every((settings) => settings.get(path) === value));
  const shared = new Set(common.map(([path]) => path));
  const lines = variants.flatMap((variant, index) => {
    const own = [...(flat[index] ?? [])].filter(([path]) => !shared.has(path));
    const compared = variant.baseline === variant.name ? 'baseline' : `against ${variant.baseline}`;
    const requests =
      variant.requests === null
        ? 'as many as are answered'
        : `${variant.requests.toLocaleString('en-US')} requests a trial`;
    return [`  ${variant.name} (${compared}, ${requests})`, ...own.map((setting) => `    ${setting.join(': ')}`)];
  });
  return ['every variant:', ...common.map((setting) => `    ${setting.join(': ')}`), '', 'variants:', ...lines, ''];
}

/** Settings as `section.field` and text, lists as one value. */
function leaves(settings: Readonly<Record<string, unknown>>, prefix: string): readonly (readonly [string, string])[] {
  return Object.entries(settings).flatMap(([key, value]): readonly (readonly [string, string])[] => {
    const path = `${prefix}${key}`;
    if (isMapping(value)) return leaves(value, `${path}.`);
    return [[path, printFlow(value)]];
  });
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function renderBlocks({ blocks, spareTrials }: PlanDescription): readonly string[] {
  const shown = blocks
    .slice(0, MOST_BLOCKS)
    .map((order, block) => `  ${String(block + 1).padStart(3)}  ${order.join(', ')}`);
  const rest = blocks.length - shown.length;
  const more = rest > 0 ? [`       and ${rest} more blocks, each in an order of its own`] : [];
  return [`blocks: ${blocks.length}; vetoed trials are repeated, ${spareTrials} at most`, ...shown, ...more];
}

/** A quick run repeats no trial. */
function renderTime(description: PlanDescription): string {
  const { estimateSeconds, timeLimitSeconds, blocks, variants, spareTrials, mode } = description;
  const most = estimateSeconds * (1 + spareTrials / (blocks.length * variants.length));
  const spare = mode === 'quick' ? '' : `, up to ${seconds(most)} with the spare trials`;
  return `about ${seconds(estimateSeconds)}${spare}; ends after ${seconds(timeLimitSeconds)} at the latest`;
}

function renderKnee({ slo, from, to }: KneeSettings, trials: number): string {
  const [least, most] = [formatRate(from), formatRate(to)];
  return `highest rate between ${least} and ${most} with ${slo.text}, in ${trials} trials of each variant at most`;
}

function renderPlacement({ load, harness, system, shared }: Placement): string {
  const text = `load ${load.join(',')}; harness ${harness.join(',')}; system ${system.join(',')}`;
  return shared ? `${text} (shared)` : text;
}

function renderReplay({ kind, sha256 }: ReplayRequest): string {
  return `a ${kind}, SHA-256 ${sha256.slice(0, 12)}, in the sidecar of the client`;
}

function seconds(value: number): string {
  return formatDuration(fromSeconds(value));
}

function renderScheduling({ system, load, awake }: PlanDescription['scheduling']): string {
  const how = system === 'realtime' ? 'SCHED_RR' : 'as it comes';
  return `system ${how}; load ${load} priority; processors of the system ${awake ? 'kept awake' : 'may sleep'}`;
}
