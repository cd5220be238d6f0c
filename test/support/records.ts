import { compareRuns, digestRecord, type RecordComparison } from '../../src/compare/index.ts';
import { DIRECT, OUTBOUND, type SyntheticOptions, syntheticRecord } from './record.ts';

/** Two runs of one scenario on one machine, the second with a slower sidecar. */
export async function comparisonFixture(
  first: SyntheticOptions = {},
  second: SyntheticOptions = {},
  tolerance?: number,
): Promise<RecordComparison> {
  const slower = { ...OUTBOUND, medianNs: OUTBOUND.medianNs * 1.3 };
  const before = await syntheticRecord({ seed: 1, blocks: 8, ...first });
  const after = await syntheticRecord({ seed: 2, blocks: 9, variants: [DIRECT, slower], ...second });
  return compareRuns([digestRecord('old', before), digestRecord('new', after)], tolerance);
}
