import type { Calibration } from '../run/index.ts';

/** What stands before a run, by its flags. */
export function calibrationOf(flags: { readonly insist?: boolean; readonly calibration: boolean }): Calibration {
  if (!flags.calibration) return 'none';
  return flags.insist === true ? 'insist' : 'required';
}
