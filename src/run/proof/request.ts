import type { ArmRequest } from '../../plan/index.ts';
import type { Nanos } from '../../units/index.ts';
import type { GateDocument, ProofDocument } from '../../verdict/index.ts';
import type { GateRequest } from '../gate.ts';

/** How much is measured and replayed. */
export interface ProofCounts {
  /** Trials without a difference; half of them stand for each arm. */
  readonly aaTrials: number;
  readonly trialsPerEffect: number;
  readonly gates: number;
  /** Live gates without a difference, and as many with twice the tolerance, those of stored proofs included. */
  readonly live: number;
}

/** How a proof is asked for: a gate's request, whose baseline stands for both arms. */
export interface ProofRequest extends Omit<GateRequest, 'arms'> {
  readonly baseline: ArmRequest;
  readonly counts: ProofCounts;
  readonly seed: number;
  /** Runs and proofs to go on with: paths of folders, of a record.jsonl or a proof.json. */
  readonly from: readonly string[];
  /** Recording ends in good order after this long; 0 replays what is there. */
  readonly recordFor: Nanos;
  /** A line about what comes next. */
  readonly stage: (line: string) => void;
  /** Takes the proof as it is before its live gates are run, and when recording failed. */
  readonly save: (proof: ProofDocument) => Promise<void>;
  /** What is done with every live gate's document. */
  readonly keep: (gate: GateDocument) => Promise<void>;
}
