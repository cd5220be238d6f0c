import { visible } from '../visible.ts';

/** Scripts and pictures that fill two columns of a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** Columns that a text fills: marks that combine fill none. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += /\p{M}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return columns;
}

/** A text from outside, made safe to print and broken into lines at spaces, words longer than a line anywhere. */
export function wrapped(text: string, width: number, hanging = 0): string {
  const indent = ' '.repeat(hanging);
  const lines: string[] = [];
  let line = '';
  for (const word of visible(text)
    .split(' ')
    .flatMap((whole) => pieces(whole, width - hanging))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && columnsOf(longer) > width) {
      lines.push(line);
      line = indent + word;
    } else {
      line = longer;
    }
  }
  return [...lines, line].join('\n');
}

/** Cuts a word that is longer than a line. */
function pieces(word: string, width: number): readonly string[] {
  const parts: string[] = [];
  let part = '';
  let filled = 0;
  for (const character of word) {
    const columns = columnsOf(character);
    if (filled + columns > width && part !== '') {
      parts.push(part);
      part = '';
      filled = 0;
    }
    part += character;
    filled += columns;
  }
  return [...parts, part];
}
