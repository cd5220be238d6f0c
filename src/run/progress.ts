import type { Trial } from '../record/index.ts';
import type { Nanos } from '../units/index.ts';

/** What a run tells while it goes on; the command line draws it. */
export type Progress =
  | {
      readonly kind: 'begin';
      readonly folder: string;
      readonly blocks: number;
      readonly trialsPerBlock: number;
      readonly estimate: Nanos;
    }
  | {
      readonly kind: 'trial-begin';
      readonly block: number;
      readonly position: number;
      readonly variant: string;
      readonly left: Nanos;
    }
  | { readonly kind: 'trial-end'; readonly trial: Trial }
  /** `vetoed` counts trials. */
  | { readonly kind: 'block-end'; readonly whole: number; readonly wanted: number; readonly vetoed: number }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'rendering' };

export type Tell = (progress: Progress) => void;
