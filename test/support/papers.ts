import { comparisonPaper, gatePaper, type Paper, proofPaper, trendPaper } from '../../src/report/index.ts';
import { historyEntry } from '../../src/verdict/index.ts';
import { gateFixture, proofFixture } from './gates.ts';
import { poisoned } from './hostile.ts';
import { comparisonFixture } from './records.ts';

/** Words of our own types, which a document from outside is checked to hold before a paper is made of it. */
export const WORDS = new Set(
  (
    'value added ns ms B better worse equivalent cannot-tell full quick ' +
    'pass regression open inconclusive invalid failed interrupted ratio share aa calibration effects kept missed unproven'
  ).split(' '),
);

/** Nights of November 2026, one value each. */
function nights(value: (night: number) => number): { endedAt: string; revision: string; value: number }[] {
  return Array.from({ length: 24 }, (_, night) => ({
    endedAt: `2026-11-${String(night + 1).padStart(2, '0')}T10:05:00.000Z`,
    revision: night < 14 ? 'abc' : 'def',
    value: value(night),
  }));
}

/** Nights, and a change of level. */
const TREND = {
  entries: [historyEntry(gateFixture('pass')), historyEntry(gateFixture('regression'))],
  damaged: 1,
  others: 3,
  trends: [
    {
      metric: 'responseNs.p50',
      series: nights((night) => (night < 14 ? 100_000 : 120_000) + 1700 * ((night * 7) % 5)),
      changes: [{ endedAt: '2026-11-15T10:05:00.000Z', after: 'abc', until: 'def', ratio: 1.2, p: 0.0002 }],
    },
    { metric: 'cpuMsPer1k', series: nights((night) => 150 + ((night * 5) % 7)), changes: [] },
  ],
};

/** Papers that tests draw in every format, by name. */
export const PAPERS: Readonly<Record<string, () => Promise<Paper>>> = {
  comparison: async () => comparisonPaper(await comparisonFixture()),
  'comparison-damaged': async () =>
    comparisonPaper(await comparisonFixture({}, { damage: ['Line 5 is cut off.'], end: 'killed', blocks: 3 })),
  'gate-pass': async () => gatePaper(gateFixture('pass')),
  'gate-regression': async () => gatePaper(gateFixture('regression')),
  'gate-inconclusive': async () => gatePaper(gateFixture('inconclusive')),
  'gate-hostile': async () => gatePaper(poisoned(gateFixture('regression'), WORDS)),
  trend: async () => trendPaper(TREND),
  'trend-hostile': async () => trendPaper(poisoned(TREND, WORDS)),
  proof: async () => proofPaper(proofFixture()),
  'proof-hostile': async () => proofPaper(poisoned(proofFixture(), WORDS)),
  'comparison-hostile': async () => comparisonPaper(poisoned(await comparisonFixture(), WORDS)),
};
