import { median } from '../../src/stats/index.ts';
import { barsOf } from './bars.ts';
import { doubtsOf } from './doubts.ts';
import { PLAIN_THRIFT } from './parts.ts';
import { CLOCK, type GeneratorsRecord, type Machine, OURS, PARTS, type Part, type Run, SPIN } from './record.ts';
import { TOOLS } from './tools.ts';

/**
 * Means in ms at 1,000 requests a second on nginx, directly and through Envoy, as envoyproxy/envoy#5536 gave them in
 * April 2019: by what they disagree.
 */
const IN_2019 = [
  ['Nighthawk, 2019', 0.09, 0.199],
  ['wrk2, 2019', 0.786, 3.33],
  ['Fortio, 2019', 1.969, 5.971],
] as const;
const RATE_OF_2019 = 1000;

/** Markdown: what the record shows, what was to be shown, and what to doubt. */
export function tablesOf(record: GeneratorsRecord): string {
  const { capacity, latency, thrift } = record.parts;
  return [
    section('What it was to show', barsTable(record)),
    section('Requests a second on one processor', capacity && capacityTable(capacity)),
    ...targetsOf(latency).map((target) =>
      section(`Response times: ${target}`, latency && latencyTable(latency, target)),
    ),
    section("envoy#5536's table, done again", latency && meansTable(latency)),
    section('Thrift', thrift && thriftTable(thrift)),
    section(
      'What to doubt',
      doubtsOf(record)
        .map((doubt) => `- ${doubt}`)
        .join('\n'),
    ),
    section('What was run', PARTS.map((name) => sourceOf(name, record.parts[name])).join('\n')),
  ].join('\n');
}

function section(title: string, text: string | undefined): string {
  return `## ${title}\n\n${text ?? 'Not measured.'}\n`;
}

function barsTable(record: GeneratorsRecord): string {
  const words = new Map([
    [true, 'yes'],
    [false, 'no'],
    [null, 'cannot tell'],
  ]);
  const rows = barsOf(record).map(({ what, limit, measured, met }) => [what, limit, measured, words.get(met) ?? '']);
  return table(['what', 'limit', 'measured', 'met'], rows);
}

function capacityTable(part: Part): string {
  const rows = byTool(part.runs.filter(({ asked }) => asked === 'capacity'))
    .sort(([, a], [, b]) => middle(b, ({ rate }) => rate) - middle(a, ({ rate }) => rate))
    .map(([tool, runs]) => [tool, loopOf(tool), range(runs, ({ rate }) => rate), range(runs, busyPercent)]);
  const held = part.runs.filter(({ asked }) => asked === 'held');
  const lines = [
    place(rows.map(([tool = '']) => tool)),
    '',
    table(['generator', 'loop', 'requests/s', 'nginx busy, %'], rows),
  ];
  if (held.length > 0) lines.push('', heldSentence(held) + floorSentence(part));
  return lines.join('\n');
}

function heldSentence(held: readonly Run[]): string {
  const all = (pick: (run: Run) => number | null | undefined, digits = 0): string =>
    range(held, (run) => pick(run) ?? null, digits);
  return (
    `${OURS} by the clock: ${all(({ ours }) => ours?.offered)}/s offered, ` +
    `${all(({ ours }) => ours && 100 * ours.achieved, 2)} % achieved, release lag p99 ${all(({ ours }) => ours?.lagP99)} µs, ` +
    `p50 ${all(({ p50 }) => p50)} µs, p99 ${all(({ p99 }) => p99)} µs; ${held.length} trials.`
  );
}

/** What a release lag is to be compared with. */
function floorSentence({ runs }: Part): string {
  const floors = runs.filter(({ asked }) => asked === 'floor');
  if (floors.length === 0) return '';
  const lag = range(floors, ({ p99 }) => p99);
  return `\n\n${CLOCK}, which releases nothing, beside a processor that is busy: p99 ${lag} µs late.`;
}

function latencyTable(part: Part, target: string): string {
  const there = part.runs.filter((run) => run.target === target);
  const rates = [...new Set(there.flatMap(({ asked }) => (typeof asked === 'number' ? asked : [])))];
  const figures = (runs: readonly Run[]): readonly string[] =>
    rates.flatMap((rate) => {
      const some = runs.filter(({ asked }) => asked === rate);
      return [range(some, ({ p50 }) => p50), range(some, ({ p99 }) => p99)];
    });
  const rows = byTool(there).map(([tool, runs]) => [tool, loopOf(tool), ...figures(runs)]);
  const heads = rates.flatMap((rate) => [`p50 at ${rate.toLocaleString('en')}/s, µs`, 'p99, µs']);
  const places = rates.map((rate) => `At ${rate.toLocaleString('en')}/s ${firstBy(there, rate)}.`);
  return [places.join(' '), '', table(['generator', 'loop', ...heads], rows)].join('\n');
}

function firstBy(runs: readonly Run[], rate: number): string {
  const told = runs.filter(({ asked, tool, p50 }) => asked === rate && tool !== SPIN && p50 !== null);
  const order = byTool(told).sort(([, a], [, b]) => middle(a, ({ p50 }) => p50) - middle(b, ({ p50 }) => p50));
  return `${order[0]?.[0] ?? 'none'} reads the lowest p50 among those run`;
}

function meansTable(part: Part): string {
  const [direct = '', proxied = ''] = targetsOf(part);
  const rows = byTool(part.runs.filter(({ asked }) => asked === RATE_OF_2019)).map(([tool, runs]) => {
    const [from, to] = [direct, proxied].map(
      (target) =>
        middle(
          runs.filter((run) => run.target === target),
          ({ mean }) => mean,
        ) / 1e3,
    );
    return meansRow(tool, from ?? Number.NaN, to ?? Number.NaN);
  });
  const old = IN_2019.map(([name, from, to]) => meansRow(name, from, to));
  return table(['generator', 'nginx, mean, ms', 'through Envoy, ms', 'added, ms'], [...rows, ...old]);
}

function meansRow(name: string, from: number, to: number): readonly string[] {
  return [name, ...[from, to, to - from].map((value) => (Number.isNaN(value) ? '–' : value.toFixed(3)))];
}

function thriftTable(part: Part): string {
  const of = (asked: Run['asked'], tool: string): readonly Run[] =>
    part.runs.filter((run) => run.asked === asked && run.tool === tool);
  const rows = [
    [OURS, 'open, overloaded', of('capacity', OURS)],
    [OURS, 'open, by the clock', of('held', OURS)],
    [PLAIN_THRIFT, 'closed', of('capacity', PLAIN_THRIFT)],
  ] as const;
  const heads = ['client', 'loop', 'calls/s', 'p50, µs', 'release lag p99, µs', 'responder busy, %'];
  const cells = rows.map(([tool, loop, runs]) => [
    ...[tool, loop, range(runs, ({ rate }) => rate), range(runs, ({ p50 }) => p50)],
    ...[range(runs, ({ ours }) => ours?.lagP99 ?? null), range(runs, busyPercent)],
  ]);
  return table(heads, cells) + floorSentence(part);
}

function sourceOf(name: string, part: Part | undefined): string {
  if (part === undefined) return `- ${name}: not measured`;
  const tools = Object.entries(part.tools).map(([tool, version]) => `${tool} ${version}`);
  const rounds = new Set(part.runs.map(({ round }) => round)).size;
  return `- ${name}: ${part.startedAt.slice(0, 16).replace('T', ' ')} UTC, ${rounds} rounds, runs of ${part.seconds} s, ${part.connections} connections; ${onMachine(part.machine)}${tools.length === 0 ? '' : `; ${tools.join(', ')}`}`;
}

function onMachine({ processor, processors, kernel, node, nginx, envoy }: Machine): string {
  return `${processors} × ${processor}, Linux ${kernel}, Node ${node} for our agents, ${nginx}, Envoy ${envoy}`;
}

function place(order: readonly string[]): string {
  const at = order.indexOf(OURS);
  if (at === 0) return `${OURS} is first among those run.`;
  return at < 0 ? `${OURS} was not run.` : `${order[0]} is first among those run, ${OURS} is number ${at + 1}.`;
}

function targetsOf(part: Part | undefined): readonly string[] {
  return [...new Set(part?.runs.map(({ target }) => target))];
}

function byTool(runs: readonly Run[]): [string, Run[]][] {
  const groups = new Map<string, Run[]>();
  for (const run of runs) groups.set(run.tool, [...(groups.get(run.tool) ?? []), run]);
  return [...groups].sort(([a], [b]) => Number(b === OURS) - Number(a === OURS) || a.localeCompare(b));
}

function loopOf(tool: string): string {
  return tool === OURS || tool === SPIN ? 'open' : (TOOLS[tool]?.loop ?? 'closed');
}

function busyPercent({ targetBusy }: Run): number {
  return 100 * targetBusy;
}

/** The median; NaN of nothing. */
function middle(runs: readonly Run[], pick: (run: Run) => number | null): number {
  return median(runs.map(pick).filter((value) => value !== null)) ?? Number.NaN;
}

/** The median, with the least and the most where there are several. */
function range(runs: readonly Run[], pick: (run: Run) => number | null, digits = 0): string {
  const values = runs.map(pick).filter((value) => value !== null);
  const show = (value: number): string =>
    value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
  const value = median(values);
  if (value === null) return '–';
  return values.length === 1
    ? show(value)
    : `${show(value)} (${show(Math.min(...values))} … ${show(Math.max(...values))})`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
