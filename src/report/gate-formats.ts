import type { Finding, GateDocument, Stage } from '../verdict/index.ts';
import { visible } from './visible.ts';

/** Longest text of a field from outside. */
const LONGEST = 300;

/** Both stages by name, the confirming one where there was one. */
function stagesOf({ first, confirm }: GateDocument): readonly (readonly [string, Stage])[] {
  return [['first', first], ...(confirm === null ? [] : [['confirm', confirm] as const])];
}

/** Everything that was found, stage by stage, with what was only watched. */
function findingsOf(gate: GateDocument): readonly (readonly [string, Finding, boolean])[] {
  return stagesOf(gate).flatMap(([stage, { decision, watched }]) => [
    ...(decision?.findings ?? []).map((finding) => [stage, finding, true] as const),
    ...watched.map((finding) => [stage, finding, false] as const),
  ]);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text in XML. XML 1.0 has no way to write control characters at all: they are made visible first. */
function xml(text: string): string {
  return visible(text, LONGEST).replace(/[&<>"']/gu, (character) => ENTITIES[character] ?? '');
}

/**
 * junit.xml: one test case for the gate and one for each gated metric. A regression is a failure; what could not be told, and a
 * gate without a valid measurement, is an error, since nobody may take it for a pass.
 */
export function gateJunit(gate: GateDocument): string {
  const last = gate.confirm ?? gate.first;
  const findings = gate.first.decision?.findings ?? [];
  const seconds = (Date.parse(gate.endedAt) - Date.parse(gate.startedAt)) / 1000;
  const worse = new Set(
    (last.decision?.findings ?? []).filter(({ state }) => state === 'regression').map(({ metric }) => metric),
  );
  const cases = [
    testCase(gate, 'verdict', outcomeOf(gate)),
    ...findings.map((finding) =>
      testCase(
        gate,
        finding.metric,
        metricOutcome(finding, gate.verdict === 'regression' && worse.has(finding.metric)),
      ),
    ),
  ];
  const failures = cases.filter((one) => one.includes('<failure')).length;
  const errors = cases.filter((one) => one.includes('<error')).length;
  const time = Number.isFinite(seconds) ? seconds.toFixed(3) : '0';
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="meshbench gate" tests="${cases.length}" failures="${failures}" errors="${errors}" time="${time}">
<testsuite name="${xml(gate.scenario)}" tests="${cases.length}" failures="${failures}" errors="${errors}" time="${time}" timestamp="${xml(gate.startedAt)}">
${cases.join('\n')}
</testsuite>
</testsuites>
`;
}

function testCase({ scenario }: GateDocument, name: string, outcome: string): string {
  return `<testcase classname="${xml(scenario)}" name="${xml(name)}" time="0">${outcome}</testcase>`;
}

function outcomeOf({ verdict, reasons }: GateDocument): string {
  const message = reasons.slice(0, 10).map(xml).join(' ');
  if (verdict === 'pass') return '';
  const kind = verdict === 'regression' ? 'failure' : 'error';
  return `<${kind} type="${verdict}" message="${message}"/>`;
}

function metricOutcome({ state, why }: Finding, confirmed: boolean): string {
  if (state === 'pass') return '';
  if (confirmed) return `<failure type="regression" message="${xml(why)}"/>`;
  return `<error type="inconclusive" message="${xml(state === 'regression' ? 'worse once, not confirmed' : why)}"/>`;
}

/** gate.csv: one row for each finding, numbers as they are in gate.json. */
export function gateCsv(gate: GateDocument): string {
  const head = [
    'stage',
    'metric',
    'gated',
    'state',
    'blocks',
    'missing',
    'baseline',
    'candidate',
    'effect',
    'lower',
    'upper',
    'scale',
    'tolerance',
    'difference',
    'p_worse',
    'p_tolerated',
    'detectable',
    'why',
  ];
  const rows = findingsOf(gate).map(([stage, one, gated]) => [
    stage,
    one.metric,
    gated ? 'yes' : 'no',
    one.state,
    one.n,
    one.missing,
    one.baseline,
    one.candidate,
    one.effect?.estimate ?? null,
    one.effect?.lower ?? null,
    one.effect?.upper ?? null,
    one.scale,
    one.tolerance,
    one.difference,
    one.pWorse,
    one.pTolerated,
    one.detectable,
    one.why,
  ]);
  return [head, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

/** RFC 4180, and no spreadsheet takes a text for a formula: such a text gets an apostrophe in front. */
function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = visible(value, LONGEST);
  const inert = /^[\s]*[=+\-@|%]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** gate.prom: the text format of Prometheus, for its Pushgateway or a textfile collector. */
export function gatePrometheus(gate: GateDocument): string {
  const scenario = `scenario="${label(gate.scenario)}"`;
  const findings = findingsOf(gate).filter(([stage]) => stage === 'first');
  const family = (
    name: string,
    help: string,
    lines: readonly (readonly [string, number | null | undefined])[],
  ): string => {
    const samples = lines.flatMap(([labels, value]) =>
      value == null || !Number.isFinite(value) ? [] : [`meshbench_gate_${name}{${labels}} ${value}\n`],
    );
    return samples.length === 0
      ? ''
      : `# HELP meshbench_gate_${name} ${help}\n# TYPE meshbench_gate_${name} gauge\n${samples.join('')}`;
  };
  const each = (of: (finding: Finding) => number | null | undefined) =>
    findings.map(([, finding]) => [`${scenario},metric="${label(finding.metric)}"`, of(finding)] as const);
  return [
    family('verdict', 'The verdict of the gate: 1 for the one that it has.', [
      [`${scenario},verdict="${gate.verdict}"`, 1],
    ]),
    family('end_time_seconds', 'When the gate ended, seconds since the epoch.', [
      [scenario, Date.parse(gate.endedAt) / 1000],
    ]),
    family(
      'blocks',
      'Whole blocks that were measured.',
      stagesOf(gate).map(([stage, { blocks }]) => [`${scenario},stage="${stage}"`, blocks.measured]),
    ),
    family(
      'effect',
      'Ratio candidate / baseline, or difference of shares: the estimate.',
      each(({ effect }) => effect?.estimate),
    ),
    family(
      'effect_lower',
      'Lower end of the 95 % interval of the effect.',
      each(({ effect }) => effect?.lower),
    ),
    family(
      'effect_upper',
      'Upper end of the 95 % interval of the effect.',
      each(({ effect }) => effect?.upper),
    ),
    family(
      'baseline',
      'Median over blocks of the baseline, in the unit of the metric.',
      each(({ baseline }) => baseline),
    ),
    family(
      'candidate',
      'Median over blocks of the candidate, in the unit of the metric.',
      each(({ candidate }) => candidate),
    ),
    family(
      'tolerance',
      'How much worse the candidate may be.',
      each(({ tolerance }) => tolerance),
    ),
  ].join('');
}

function label(text: string): string {
  return visible(text, LONGEST).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}
