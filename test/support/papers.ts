import { comparisonPaper, gatePaper, type Paper, proofPaper } from '../../src/report/index.ts';
import { gateFixture, proofFixture } from './gates.ts';
import { poisoned } from './hostile.ts';
import { comparisonFixture } from './records.ts';

/** Words of our own types, which a document from outside is checked to hold before a paper is made of it. */
export const WORDS = new Set(
  (
    'value added ns ms B better worse equivalent cannot-tell full quick ' +
    'pass regression open inconclusive invalid failed interrupted ratio share'
  ).split(' '),
);

/** Papers that tests draw in every format, by name. */
export const PAPERS: Readonly<Record<string, () => Promise<Paper>>> = {
  comparison: async () => comparisonPaper(await comparisonFixture()),
  'comparison-damaged': async () =>
    comparisonPaper(await comparisonFixture({}, { damage: ['Line 5 is cut off.'], end: 'killed', blocks: 3 })),
  'gate-pass': async () => gatePaper(gateFixture('pass')),
  'gate-regression': async () => gatePaper(gateFixture('regression')),
  'gate-inconclusive': async () => gatePaper(gateFixture('inconclusive')),
  'gate-hostile': async () => gatePaper(poisoned(gateFixture('regression'), WORDS)),
  proof: async () => proofPaper(proofFixture()),
  'proof-hostile': async () => proofPaper(poisoned(proofFixture(), WORDS)),
  'comparison-hostile': async () => comparisonPaper(poisoned(await comparisonFixture(), WORDS)),
};
