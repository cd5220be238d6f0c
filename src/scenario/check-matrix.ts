import { MOST_VARIANTS } from './bounds.ts';
import type { AxisDraft, Draft } from './draft.ts';
import { type Finding, valueAt } from './finding.ts';

/** Variant names hold the values of their matrix point, and are read in tables and charts. */
const LONGEST_LABEL = 64;

/** Axes whose values differ, that no variant sets by itself, and that do not make too many trials. */
export function checkMatrix(draft: Draft): readonly Finding[] {
  const points = draft.axes.reduce((product, axis) => product * axis.points.length, 1);
  const variants = draft.variants?.length ?? 0;
  const findings = draft.axes.flatMap((axis) => [...checkValues(axis), ...checkClash(axis, draft)]);
  if (points * variants <= MOST_VARIANTS) return findings;
  const message = `makes ${points * variants} variants (${variants} at ${points} points); the limit is ${MOST_VARIANTS}`;
  return [...findings, { path: [draft.axes.length > 0 ? 'matrix' : 'variants'], at: 'key', message }];
}

function checkValues({ path, points }: AxisDraft): readonly Finding[] {
  const seen = new Map<string, number>();
  return points.flatMap((point, index): Finding[] => {
    if (point === undefined) return [];
    const at = { path: ['matrix', path, index], at: 'value' } as const;
    if (point.label.length > LONGEST_LABEL) {
      return [{ ...at, message: `is too long to name a variant; ${LONGEST_LABEL} characters are the limit` }];
    }
    const value = JSON.stringify(point.patch);
    const first = seen.get(value);
    if (first !== undefined) return [{ ...at, message: `is the same as number ${first + 1} of this axis` }];
    seen.set(value, index);
    return [];
  });
}

function checkClash({ path }: AxisDraft, { variants }: Draft): readonly Finding[] {
  const steps = path.split('.');
  return (variants ?? []).flatMap(({ at, patch }): Finding[] => {
    if (valueAt(patch, steps) === undefined) return [];
    const message = `is an axis of the matrix too, which would win; drop it here or there`;
    return [{ path: [...at, ...steps], at: 'key', message }];
  });
}
