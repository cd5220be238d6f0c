export { indexPage } from './index-page.ts';
export { LIVE_SCRIPT, LIVE_SCRIPT_PATH, livePage, liveUpdate } from './live-page.ts';
export { messagePage } from './message-page.ts';
export { type Layer, MOST_LAID, overlayPage } from './overlay-page.ts';
export { type LiveRun, type LiveTrial, SITE_POLICY, type Site, type SitePaper, type SiteRun } from './site.ts';
