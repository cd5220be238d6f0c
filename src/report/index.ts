export { comparisonPaper } from './comparison.ts';
export type { ReportContext } from './context.ts';
export { gatePaper } from './gate.ts';
export { gateCsv, gateJunit, gatePrometheus } from './gate-formats.ts';
export { renderHtml } from './html.ts';
export { renderJson, safeJson } from './json.ts';
export { renderMarkdown } from './markdown.ts';
export { type Paper, paperHtml, paperMarkdown, paperText } from './paper/index.ts';
export { proofPaper } from './proof.ts';
export {
  indexPage,
  type Layer,
  LIVE_SCRIPT,
  LIVE_SCRIPT_PATH,
  type LiveRun,
  type LiveTrial,
  livePage,
  liveUpdate,
  MOST_LAID,
  messagePage,
  overlayPage,
  SITE_POLICY,
  type Site,
  type SitePaper,
  type SiteRun,
} from './site/index.ts';
export { renderText, type TextOptions } from './text.ts';
export { trendPaper } from './trend.ts';
export { visible } from './visible.ts';
