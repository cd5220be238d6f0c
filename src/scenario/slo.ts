import { formatDuration, nanos, type Parsed, parseDuration, parsed, refused } from '../units/index.ts';
import { parseShare, printShare } from './fields.ts';
import { closest } from './suggest.ts';

/** One condition of an SLO: a quantile of the response time or its maximum (ns), or the share of requests that fail. */
export type SloClause =
  | { readonly metric: 'latency'; readonly name: string; readonly fraction: number; readonly belowNs: number }
  | { readonly metric: 'errors'; readonly below: number };

/** What a rate must hold, all of it. */
export interface Slo {
  /** As it was written. */
  readonly text: string;
  /** One at least. */
  readonly clauses: readonly SloClause[];
}

const EXAMPLE = "write it like 'p99 < 5ms' or 'p99 < 5ms and errors < 0.1%'";
const NAMES = ['p50', 'p90', 'p95', 'p99', 'p99.9', 'p99.99', 'max', 'errors'];
const LONGEST = 200;
const MOST_CLAUSES = 10;

/**
 * Reads an SLO: conditions joined by `and` or commas, each a metric, `<`, and a value with its unit. Metrics are quantiles of the
 * response time (`p50` … `p99.99`), `max` and `errors`.
 */
export function parseSlo(text: string): Parsed<Slo> {
  if (text.length > LONGEST) return refused(`is longer than ${LONGEST} characters`);
  const parts = text.split(/\s*(?:,|&&|\band\b)\s*/iu);
  if (text.trim() === '') return refused(`is empty; ${EXAMPLE}`);
  if (parts.length > MOST_CLAUSES) return refused(`has more than ${MOST_CLAUSES} conditions`);
  const clauses: SloClause[] = [];
  for (const part of parts) {
    const clause = parseClause(part.trim());
    if (!clause.ok) return clause;
    clauses.push(clause.value);
  }
  return parsed({ text: text.trim(), clauses });
}

function parseClause(text: string): Parsed<SloClause> {
  if (text === '') return refused(`has a condition too few; ${EXAMPLE}`);
  const match = /^(?<name>[^\s<>=]*)\s*(?<sign><=|>=|==|<|>|=)?\s*(?<value>.*)$/u.exec(text);
  const { name = '', sign = '', value = '' } = match?.groups ?? {};
  if (sign === '') return refused(`"${text}" compares nothing; ${EXAMPLE}`);
  if (sign !== '<' && sign !== '<=') return refused(`"${text}" sets no upper limit, which an SLO does: ${name} < …`);
  if (name === 'errors') return errors(text, value);
  const fraction = name === 'max' ? 1 : fractionOf(name);
  if (fraction === undefined) return refused(unknown(name));
  if (/^\d+(?:\.\d+)?$/u.test(value)) return refused(`${value} has no unit; write it like ${name} < ${value}ms`);
  const limit = parseDuration(value);
  if (!limit.ok) return refused(`"${text}": ${limit.problem}`);
  if (!(limit.value > 0)) return refused(`"${text}": nothing stays below 0`);
  return parsed({ metric: 'latency', name, fraction, belowNs: limit.value });
}

function errors(text: string, value: string): Parsed<SloClause> {
  const share = parseShare(value);
  if (Number.isNaN(share))
    return refused(`"${text}": "${value}" is no share of the requests; write it like errors < 0.1%`);
  return share > 0 ? parsed({ metric: 'errors', below: share }) : refused(`"${text}": nothing stays below 0`);
}

/** `p99.9` as 0.999; undefined where it is no quantile between 1 and 99.999 per cent. */
function fractionOf(name: string): number | undefined {
  const match = /^p(\d{1,2}(?:\.\d{1,3})?)$/u.exec(name);
  const percent = Number(match?.[1] ?? 0);
  return percent >= 1 ? Number((percent / 100).toPrecision(6)) : undefined;
}

function unknown(name: string): string {
  const meant = closest(name, NAMES);
  const question = meant === undefined ? `; known are ${NAMES.join(', ')}` : `; did you mean "${meant}"?`;
  return `names "${name}", which an SLO cannot limit${question}`;
}

/** A condition in words: `p99 < 5.00 ms`. */
export function describeClause(clause: SloClause): string {
  return clause.metric === 'errors'
    ? `errors < ${printShare(clause.below)}`
    : `${clause.name} < ${formatDuration(nanos(clause.belowNs))}`;
}
