import { block, list, MOST_BYTES, ROOMS, type Room, tableText } from '../markdown.ts';
import { hasRows } from '../table.ts';
import type { Paper, Section } from './paper.ts';

/** A paper for a pull request or a job's summary: {@link MOST_BYTES} at most, whatever it holds. */
export function paperMarkdown(paper: Paper): string {
  let text = '';
  for (const room of ROOMS) {
    text = inRoom(paper, { ...room, whole: paper.whole });
    if (Buffer.byteLength(text) <= MOST_BYTES) break;
  }
  return text;
}

function inRoom(paper: Paper, room: Room): string {
  const say = (text: string): string => block(text, room.characters);
  const verdict =
    paper.verdict === undefined
      ? ''
      : `**${paper.verdict.mark.symbol} ${paper.verdict.mark.word}**${paper.verdict.reasons
          .slice(0, room.rows)
          .map((reason) => ` – ${say(reason)}`)
          .join('')}`;
  const [first, ...rest] = paper.sections;
  const parts = [
    `## ${say(paper.title)}`,
    ...paper.notices.slice(0, room.rows).map((notice) => `> ${say(notice)}`),
    verdict,
    say(paper.answer),
    say(paper.facts.slice(0, room.rows).join(' · ')),
    ...(first === undefined ? [] : [sectionText(first, room)]),
    '**What to doubt**',
    list(paper.doubts, 'No check raised a doubt.', room),
    ...rest.map((section) => folded(section, room, say)),
    say(paper.foot),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** Blank lines around the inside: without them Markdown takes it for HTML. */
function folded(section: Section, room: Room, say: (text: string) => string): string {
  return `<details><summary>${say(section.title)}</summary>\n\n${sectionText(section, room)}\n\n</details>`;
}

function sectionText({ paragraphs, tables }: Section, room: Room): string {
  return [
    ...paragraphs.slice(0, room.rows).map((paragraph) => block(paragraph, room.characters)),
    ...tables.filter(hasRows).map((table) => tableText(table, room)),
  ].join('\n\n');
}
