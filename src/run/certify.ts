import { certificateResult } from '../gate/index.ts';
import type { Plan } from '../plan/index.ts';
import type { Certificate } from '../record/index.ts';
import type { World } from '../runtime/index.ts';
import type { RuntimeName } from '../scenario/index.ts';
import { formatDuration, nanos } from '../units/index.ts';
import { calibrate } from './calibration/index.ts';
import type { Tell } from './progress.ts';

/**
 * What stands before a run: calibration whose failure ends it (`required`, `long`), calibration that is printed and no
 * more (`insist`), or none, which every page says (`none`).
 */
export type Calibration = 'required' | 'insist' | 'none' | 'long';

/** Calibrates the harness in the world of the plan's baseline. A quick run concludes nothing and has no certificate. */
export async function certify(
  {
    plan,
    calibration,
    signal,
    tell,
  }: {
    readonly plan: Plan;
    readonly calibration: Calibration;
    readonly signal: AbortSignal;
    readonly tell: Tell;
  },
  worlds: ReadonlyMap<RuntimeName, World>,
): Promise<Certificate | undefined> {
  const world = worlds.get(plan.variants[0]?.settings.runtime.name ?? 'sandbox');
  if (calibration === 'none' || plan.mode === 'quick' || world === undefined) return undefined;
  const form = calibration === 'long' ? 'long' : 'short';
  const certificate = await calibrate({ world, plan, signal, form, insisted: calibration === 'insist' });
  tell({ kind: 'note', text: describe(certificate) });
  return certificate;
}

/** Why a run must not be measured; undefined where it may be. */
export function refusalBy(certificate: Certificate | undefined): string | undefined {
  if (certificate === undefined || certificate.insisted || certificateResult(certificate) !== 'failed')
    return undefined;
  return `calibration failed: ${reasons(certificate, 'failed')}`;
}

function describe(certificate: Certificate): string {
  const took = formatDuration(nanos(certificate.tookNs));
  switch (certificateResult(certificate)) {
    case 'held':
      return `calibrated in ${took}: ${certificate.checks.length} checks held`;
    case 'failed':
      return `calibration failed: ${reasons(certificate, 'failed')}`;
    case 'not-judged':
      return `calibrated in ${took}, but not everything could be judged: ${reasons(certificate, 'not-judged')}`;
  }
}

function reasons({ checks }: Certificate, result: 'failed' | 'not-judged'): string {
  return checks
    .filter((check) => check.result === result)
    .map(({ text }) => text)
    .join('; ');
}
