import type { Application } from '../app/index.ts';
import type { CrowdFigures } from '../crowd/index.ts';
import type { ApiAccess, GivenObject, IstiodFigures } from '../istiod/index.ts';
import type { Interval, LoadPlan, LoadTotal } from '../load/index.ts';
import type { ControlPlaneComponent, CrowdComponent } from '../mesh/index.ts';
import type { ChangeName } from '../services/index.ts';
import type { Prepared, Proposal, Pushed, RolloutPlan, Served, Traffic } from '../xds/index.ts';

/** What was written into an API server, and how long it took, ns: its own start and Istio's kinds, then the objects. */
export interface Written {
  readonly objects: number;
  readonly kindsNs: number;
  readonly objectsNs: number;
}

/**
 * What the conductor and an agent say to each other, one JSON object a line: commands on the agent's stdin, events on
 * its stdout. The same program runs in a sandbox host, in a container and in a pod.
 */
export type AgentCommand =
  /** Become the application of a host. Answered by `serving`. */
  | ({ readonly do: 'serve' } & Application)
  /** Become the control plane of the mesh. Answered by `controlling` when all that sidecars may see is encoded. */
  | {
      readonly do: 'control';
      readonly component: ControlPlaneComponent;
      readonly seed: number;
      /** Of a control plane of two servers, which of them. */
      readonly serves: Served;
    }
  /** Say what went over the control plane's streams. Answered by `traffic`. */
  | { readonly do: 'report' }
  /** Work out what a change means for the sidecars that are there. Answered by `proposed`. */
  | { readonly do: 'propose'; readonly change: ChangeName; readonly plan: RolloutPlan }
  /** Tell the next group of what was proposed. Answered by `pushed` when its last sidecar has acknowledged. */
  | { readonly do: 'advance' }
  /** Take what was proposed back from all that were told. Answered by `pushed`. */
  | { readonly do: 'roll-back' }
  /** Write all that istiod is to know into its API server, the CRDs by the path of their file. Answered by `written`. */
  | {
      readonly do: 'write';
      readonly component: ControlPlaneComponent;
      readonly seed: number;
      readonly api: ApiAccess;
      readonly crds: string;
      /** What a user brings along. */
      readonly given: readonly GivenObject[];
    }
  /** Make the next change of this name in what was written. Answered by `changed`. */
  | { readonly do: 'change'; readonly change: ChangeName }
  /** Take the last change back. Answered by `changed`. */
  | { readonly do: 'change-back' }
  /** Wait until the istiod of this host is ready. Answered by `istiod-ready`. */
  | { readonly do: 'await-istiod' }
  /** Say what the istiod of this host says of itself. Answered by `istiod`. */
  | { readonly do: 'ask-istiod' }
  /** Become a crowd of light clients of a control plane. Answered by `joined` when each has everything. */
  | { readonly do: 'join'; readonly crowd: CrowdComponent }
  /** Say what the crowd was told so far. Answered by `crowd`. */
  | { readonly do: 'ask-crowd' }
  /** Say what the crowd is told of a change that was made at an instant of the monotonic clock, ns. Answered by `pushed`. */
  | { readonly do: 'await-told'; readonly since: number }
  /** Become a load agent: open the connections. Answered by `ready`. */
  | { readonly do: 'load'; readonly plan: LoadPlan }
  /** The start barrier: load begins its schedule, applications count their stalls from `measureFrom`. */
  | { readonly do: 'start'; readonly at: number; readonly measureFrom: number }
  /** Release nothing more and report. */
  | { readonly do: 'stop' };

export type AgentEvent =
  | { readonly event: 'serving'; readonly port: number; readonly node: string }
  | { readonly event: 'controlling'; readonly prepared: Prepared; readonly node: string }
  | { readonly event: 'traffic'; readonly traffic: readonly Traffic[] }
  | { readonly event: 'proposed'; readonly proposal: Proposal }
  | { readonly event: 'pushed'; readonly pushed: Pushed }
  | { readonly event: 'written'; readonly written: Written; readonly node: string }
  | { readonly event: 'changed' }
  | { readonly event: 'istiod-ready' }
  | { readonly event: 'istiod'; readonly figures: IstiodFigures }
  | { readonly event: 'joined'; readonly node: string }
  | { readonly event: 'crowd'; readonly figures: CrowdFigures }
  | { readonly event: 'ready'; readonly node: string }
  /** One second of the measurement; sent as soon as it is encoded. */
  | { readonly event: 'interval'; readonly interval: Interval }
  | { readonly event: 'done'; readonly total: LoadTotal }
  | { readonly event: 'failed'; readonly code: string; readonly message: string; readonly hint: string };
