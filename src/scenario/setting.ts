import { readDocument } from './document.ts';
import { axisPoint } from './draft.ts';
import type { AxisPoint } from './scenario.ts';
import { AXES } from './settings-schema.ts';
import { closest } from './suggest.ts';

/** A setting that stands alone, on a command line for one, or why it cannot be used. */
export type ReadSetting =
  | { readonly ok: true; readonly point: AxisPoint }
  | { readonly ok: false; readonly problem: string };

/** Reads `section.field` and its value as a scenario would write it; what a matrix axis may name may stand here. */
export function readSetting(path: string, text: string): ReadSetting {
  const schema = Object.hasOwn(AXES, path) ? AXES[path] : undefined;
  if (schema === undefined) {
    const meant = closest(path, Object.keys(AXES));
    return { ok: false, problem: `"${path}" is no setting${meant === undefined ? '' : `; did you mean "${meant}"?`}` };
  }
  const document = readDocument(text);
  const [complaint] = document.complaints;
  if (complaint !== undefined) return { ok: false, problem: `${path} ${complaint.message}` };
  const checked = schema.safeParse(document.value);
  if (checked.success) return { ok: true, point: axisPoint(path, document.value) };
  const [issue] = checked.error.issues;
  // What is wrong with a key stands one level deeper.
  const message = issue?.code === 'invalid_key' ? issue.issues[0]?.message : issue?.message;
  return { ok: false, problem: `${path}: ${message ?? 'cannot be read'}` };
}
