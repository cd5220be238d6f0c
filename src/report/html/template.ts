import { visible } from '../visible.ts';

/** Markup that is safe to put into a page: made by {@link html} or reviewed by {@link raw}. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template holds: text is escaped, markup and lists of markup stand as they are. */
export type Content = string | number | Markup | readonly Markup[];

/** Nothing at all. */
export const NOTHING = new Markup('');

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Builds markup; every text put into it is made visible, bounded and escaped, in elements and in quoted attributes. */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  const parts = strings.map((string, index) => string + (index < contents.length ? printed(contents[index]) : ''));
  return new Markup(parts.join(''));
}

/**
 * Takes text as markup, unescaped. There are two callers, and there must be no third without the same care:
 * the style sheet, which is a constant of this program, and charts, which `draw` has checked element by element.
 */
export function raw(text: string): Markup {
  return new Markup(text);
}

function printed(content: Content | undefined): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'object') return content.map(({ text }) => text).join('');
  return visible(String(content)).replace(/[&<>"']/gu, (character) => ENTITIES[character] ?? '');
}
