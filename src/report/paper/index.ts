export { paperHtml } from './html.ts';
export { paperMarkdown } from './markdown.ts';
export type { Paper, Section } from './paper.ts';
export { paperText } from './text.ts';
