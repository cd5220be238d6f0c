import { comparisonPaper, type Paper } from '../../src/report/index.ts';
import { poisoned } from './hostile.ts';
import { comparisonFixture } from './records.ts';

/** Words of our own types, which a document from outside is checked to hold before a paper is made of it. */
const WORDS = new Set([
  'value',
  'added',
  'ns',
  'ms',
  'B',
  'better',
  'worse',
  'equivalent',
  'cannot-tell',
  'full',
  'quick',
]);

/** Papers that tests draw in every format, by name. */
export const PAPERS: Readonly<Record<string, () => Promise<Paper>>> = {
  comparison: async () => comparisonPaper(await comparisonFixture()),
  'comparison-damaged': async () =>
    comparisonPaper(await comparisonFixture({}, { damage: ['Line 5 is cut off.'], end: 'killed', blocks: 3 })),
  'comparison-hostile': async () => comparisonPaper(poisoned(await comparisonFixture(), WORDS)),
};
