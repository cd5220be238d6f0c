import type { Path } from './finding.ts';
import type { Settings, Workload } from './scenario.ts';

/** Why settings that are each right by themselves cannot be measured together. */
export interface Problem {
  /** Which rule was broken: one mistake breaks it in many variants. */
  readonly rule: string;
  /** The settings that are at odds, from their section on; the first is the one to point at. */
  readonly at: readonly Path[];
  /** One clause that follows the path. */
  readonly message: string;
  readonly suggestion?: string | undefined;
}

export type Breach = Omit<Problem, 'rule'>;

export interface Rule {
  readonly rule: string;
  /** `section.field` of what it reads; it is not asked where one of them is not known. */
  readonly reads: readonly string[];
  readonly problems: (settings: Settings, workloads: readonly Workload[]) => readonly Breach[];
}
