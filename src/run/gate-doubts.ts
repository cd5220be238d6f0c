import { certificateResult } from '../gate/index.ts';
import type { Certificate } from '../record/index.ts';
import { type GateDocument, vetoedArm } from '../verdict/index.ts';

/** What might be wrong with a gate's verdict, most important first. */
export function gateDoubts(
  { verdict, first, confirm, policy }: Pick<GateDocument, 'verdict' | 'first' | 'confirm' | 'policy'>,
  notes: readonly string[],
  certificate: Certificate | undefined,
): readonly string[] {
  const stages = [first, ...(confirm === null ? [] : [confirm])];
  const vetoed = stages.reduce((sum, { trials }) => sum + trials.vetoed, 0);
  const flattered = vetoedArm(stages);
  const noisy = first.decision?.findings.filter(({ detectable, tolerance }) => (detectable ?? 0) > tolerance) ?? [];
  return [
    ...uncertified(certificate),
    ...noisy.map(
      ({ metric }) =>
        `${metric} is noisier than its tolerance: these blocks could not have seen a change of the tolerance for sure.`,
    ),
    ...(vetoed > 0 ? [`${vetoed} trials were vetoed and repeated: the machine was not quiet.`] : []),
    ...(flattered === undefined
      ? []
      : [`Vetoes hit the ${flattered} more often than chance lets them: its trials that are left flatter it.`]),
    ...(verdict === 'pass' ? passed(policy) : []),
    ...notes,
  ];
}

function passed({ metrics }: GateDocument['policy']): readonly string[] {
  return [
    `A pass is about ${metrics.map(({ name }) => name).join(', ')} of this scenario, at this load, on this machine, and about changes as large as the tolerance. Smaller ones add up unseen from night to night: the history has them.`,
  ];
}

/** What stands against the harness itself. */
function uncertified(certificate: Certificate | undefined): readonly string[] {
  if (certificate === undefined)
    return ['The harness was not calibrated before this gate: nothing certifies its numbers.'];
  if (certificateResult(certificate) === 'held') return [];
  return certificate.checks
    .filter(({ result }) => result !== 'held')
    .map(({ text, result }) => `Calibration ${result === 'failed' ? 'failed' : 'could not be judged'}: ${text}.`);
}
