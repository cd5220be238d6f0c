import { answer, isAboutEvents, type Summary } from '../summary/index.ts';
import { facts } from './facts.ts';
import { comparisonsAside, hasFigures, isAboutConfiguration } from './has-figures.ts';
import { hasRows, type Table } from './table.ts';
import { certificateTable } from './tables/certificate.ts';
import { addedTable, comparisonsByPair, hasManyPairs } from './tables/comparisons.ts';
import { configurationTables } from './tables/configuration.ts';
import { firstRequestsTable } from './tables/first-requests.ts';
import { kneesTable } from './tables/knees.ts';
import { throttledTable } from './tables/limits.ts';
import { phasesTable, pushesTable } from './tables/pushes.ts';
import { outcomesTable, reconnectsTable, thresholdsTable, variantsTable } from './tables/results.ts';
import { type Paint, painter } from './terminal/paint.ts';
import { alignedTable } from './terminal/table.ts';
import { wrapped } from './terminal/wrap.ts';
import { visible } from './visible.ts';
import { notices, VERDICTS } from './words.ts';

/** How a terminal shows a report. */
export interface TextOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly color: boolean;
  /** Where the report lies, printed last; undefined where there is none. */
  readonly where?: string;
}

/** What a terminal shows at the end of a run: the answer first, then the numbers, doubts, and where the report lies. */
export function renderText(summary: Summary, { width, color, where }: TextOptions): string {
  const paint = painter(color);
  const columns = Math.max(20, width);
  const { symbol, word, tone } = VERDICTS[summary.verdict];
  const table = (drawn: Table | undefined): string => (hasRows(drawn) ? alignedTable(drawn, columns, paint) : '');
  const parts = [
    paint('strong', wrapped(answer(summary), columns)),
    ...notices(summary).map((notice) => paint('unsure', wrapped(notice, columns))),
    [
      paint(tone, wrapped(`${symbol} ${word}`, columns)),
      ...summary.verdictReasons.map((reason) => wrapped(reason, columns)),
      paint('quiet', wrapped(facts(summary).join(' · '), columns)),
    ].join('\n'),
    ...(isAboutEvents(summary) ? [pushesTable(summary), phasesTable(summary)].map(table) : []),
    ...(isAboutConfiguration(summary) || hasCrowd(summary) ? configurationTables(summary).map(table) : []),
    hasFigures(summary) ? table(variantsTable(summary)) : table(kneesTable(summary)),
    ...comparisons(summary).map(table),
    table(thresholdsTable(summary)),
    table(outcomesTable(summary)),
    table(reconnectsTable(summary)),
    table(firstRequestsTable(summary)),
    table(throttledTable(summary)),
    summary.certificate?.result === 'held' && summary.blocks.planned > 0 ? '' : table(certificateTable(summary)),
    vetoList(summary, columns, paint),
    doubts(summary, columns, paint),
    where === undefined ? '' : wrapped(`Report: ${where}`, columns),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** Many sidecars are asked about for what they take, whatever happens meanwhile. */
function hasCrowd({ variants }: Summary): boolean {
  return variants.some(({ configuration }) => (configuration?.crowd?.members ?? 0) > 1);
}

/** None where they stand aside: the report has them. */
function comparisons(summary: Summary): readonly Table[] {
  if (comparisonsAside(summary)) return [];
  return hasManyPairs(summary) ? [addedTable(summary)] : comparisonsByPair(summary);
}

/** Vetoes that are named on a terminal; the report lists them all. */
const NAMED_VETOES = 6;

function vetoList({ vetoes, mode }: Summary, columns: number, paint: Paint): string {
  if (vetoes.length === 0) return '';
  const heading =
    mode === 'quick'
      ? 'What would have vetoed trials of a full run'
      : 'Vetoed: these trials were discarded and repeated';
  const named = vetoes
    .slice(0, NAMED_VETOES)
    .map(({ block, variant, text }) =>
      wrapped(`- block ${block + 1}, ${visible(variant, 80)}: ${visible(text, 500)}`, columns, 2),
    );
  const rest = vetoes.length - named.length;
  return [
    paint('strong', wrapped(heading, columns)),
    ...named,
    ...(rest > 0 ? [wrapped(`- and ${rest} more, in the report`, columns, 2)] : []),
  ].join('\n');
}

function doubts({ doubts: sentences }: Summary, columns: number, paint: Paint): string {
  if (sentences.length === 0) return '';
  return [paint('strong', 'What to doubt'), ...sentences.map((sentence) => wrapped(`- ${sentence}`, columns, 2))].join(
    '\n',
  );
}
