import type { Summary } from '../../src/summary/index.ts';
import { hostileSummary } from './hostile-summary.ts';
import { interceptionSummary } from './interception.ts';
import { istiodSummary } from './services.ts';
import { emptySummary, failingSummary, matrixSummary, quickSummary, vetoedSummary } from './summaries.ts';
import { summaryFixture } from './summary.ts';

/** The reports that tests open in a browser, by name. */
export const PAGES: Readonly<Record<string, () => Summary | Promise<Summary>>> = {
  quickstart: summaryFixture,
  failing: failingSummary,
  matrix: matrixSummary,
  hostile: hostileSummary,
  interception: interceptionSummary,
  services: istiodSummary,
  quick: quickSummary,
  vetoed: vetoedSummary,
  empty: emptySummary,
};
