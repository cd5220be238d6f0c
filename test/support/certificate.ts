import { type CheckName, judgeCheck } from '../../src/gate/index.ts';
import { type Certificate, CHECKS } from '../../src/record/index.ts';
import type { CertificateSummary } from '../../src/summary/index.ts';

const CALM: Readonly<Record<CheckName, number>> = {
  clock: 80,
  floor: 61_000,
  delay: 212_000,
  stall: 830_000,
  releaseError: 310_000,
  loopGaps: 0.012,
  neighbours: 0.006,
  capacity: 10_000,
  sameTwice: 1.03,
};

/** A certificate of a calm machine; `values` replace some of what was measured, null is what could not be. */
export function certificateFixture(
  values: Partial<Record<CheckName, number | null>> = {},
  { insisted = false, cause = 'on its processor 0 ran busy (process 4711, 51 %)' } = {},
): Certificate {
  return {
    type: 'certificate',
    startedAt: '2026-11-20T10:00:00.000Z',
    tookNs: 5_600_000_000,
    form: 'short',
    insisted,
    checks: CHECKS.map((check) => judgeCheck(check, [{ value: { ...CALM, ...values }[check], cause }])),
  };
}

/** The same as a summary has it. */
export function certificateSummary(result: CertificateSummary['result'] = 'held'): CertificateSummary {
  const { startedAt, tookNs, form, insisted, checks } = certificateFixture(
    result === 'held' ? {} : { neighbours: result === 'failed' ? 0.51 : null },
  );
  return { startedAt, tookNs, form, insisted, result, checks };
}
