import type { Policy } from './policy.ts';
import type { Stage } from './stage.ts';
import type { GateVerdict } from './verdict.ts';

/** The two sides of a gate. */
export type ArmName = 'baseline' | 'candidate';

/** An arm as it was asked for and what it came to. */
export interface ArmDescription {
  readonly asked: string;
  /** One sentence: what a request passes on its way. */
  readonly path: string;
  /** Of the Envoy that it ran; null without a sidecar. */
  readonly envoy: string | null;
  /** The scenario's Git revision, where one was asked for. */
  readonly revision: string | null;
}

/** What a gate found: everything that its outputs draw. Additive within a schemaVersion. */
export interface GateDocument {
  readonly schemaVersion: 1;
  readonly gateId: string;
  readonly scenario: string;
  readonly question: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly meshbench: string;
  readonly fingerprint: Readonly<Record<string, string | number | boolean | null>>;
  readonly planHash: string;
  /** SHA-256 of what both arms were asked: load, protocol, events, topology and runtime. */
  readonly questionHash: string;
  readonly arms: Readonly<Record<ArmName, ArmDescription>>;
  readonly policy: Policy;
  readonly verdict: GateVerdict;
  readonly reasons: readonly string[];
  readonly first: Stage;
  readonly confirm: Stage | null;
  readonly doubts: readonly string[];
}
