import type { Tone } from '../words.ts';

/** Colours a text that is already safe to print, line by line so that no colour runs past a line's end. */
export type Paint = (style: Tone | 'strong' | 'quiet', text: string) => string;

const CODES: Readonly<Record<Tone | 'strong' | 'quiet', string>> = {
  good: '32',
  bad: '31',
  same: '36',
  unsure: '33',
  strong: '1',
  quiet: '2',
};

/** A painter, or one that leaves texts as they are. */
export function painter(color: boolean): Paint {
  if (!color) return (_, text) => text;
  return (style, text) => text.replace(/^.+$/gmu, (line) => `\u001b[${CODES[style]}m${line}\u001b[0m`);
}
