export { comparisonPaper } from './comparison.ts';
export type { ReportContext } from './context.ts';
export { renderHtml } from './html.ts';
export { renderJson, safeJson } from './json.ts';
export { renderMarkdown } from './markdown.ts';
export { type Paper, paperHtml, paperMarkdown, paperText } from './paper/index.ts';
export { renderText, type TextOptions } from './text.ts';
