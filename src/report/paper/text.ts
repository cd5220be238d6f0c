import { hasRows } from '../table.ts';
import { painter } from '../terminal/paint.ts';
import { alignedTable } from '../terminal/table.ts';
import { wrapped } from '../terminal/wrap.ts';
import type { TextOptions } from '../text.ts';
import type { Paper } from './paper.ts';

/** Rows of a table that a terminal shows. */
const MOST_ROWS = 60;

/** A paper for a terminal: the answer and the verdict first, then tables and doubts. */
export function paperText(paper: Paper, { width, color, where }: TextOptions): string {
  const paint = painter(color);
  const columns = Math.max(20, width);
  const say = (text: string): string => wrapped(text, columns);
  const { verdict } = paper;
  const parts = [
    paint('strong', say(paper.title)),
    ...paper.notices.map((notice) => paint('unsure', say(notice))),
    verdict === undefined
      ? ''
      : [
          paint(verdict.mark.tone, say(`${verdict.mark.symbol} ${verdict.mark.word}`)),
          ...verdict.reasons.map(say),
        ].join('\n'),
    say(paper.answer),
    paint('quiet', say(paper.facts.join(' · '))),
    ...paper.sections
      .filter(({ aside }) => aside !== true)
      .flatMap(({ tables }) =>
        tables.filter(hasRows).map((table) => {
          const rest = table.rows.length - MOST_ROWS;
          const more = rest > 0 ? `\n… and ${rest} more, in ${paper.whole}` : '';
          return `${alignedTable({ ...table, rows: table.rows.slice(0, MOST_ROWS) }, columns, paint)}${more}`;
        }),
      ),
    paper.doubts.length === 0
      ? ''
      : [paint('strong', 'What to doubt'), ...paper.doubts.map((doubt) => wrapped(`- ${doubt}`, columns, 2))].join(
          '\n',
        ),
    where === undefined ? '' : say(`Report: ${where}`),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
