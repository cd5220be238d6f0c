import type { ScheduleSpec } from '../schedule/index.ts';
import type { Nanos } from '../units/index.ts';
import type { Endpoint } from '../wire/index.ts';
import type { EndpointPolicy, HedgePolicy, RequestSpec, SessionPolicy } from './protocol.ts';

/** One agent's share of a trial's load: plain data, sent to the agent as JSON. */
export interface LoadPlan {
  readonly protocol: 'http';
  /** Dialled by the endpoint policy; `fixed` always takes the first. */
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  /** Connections of this agent. */
  readonly connections: number;
  /** The horizon is warm-up plus duration. */
  readonly schedule: ScheduleSpec;
  readonly warmup: Nanos;
  readonly duration: Nanos;
  readonly timeout: Nanos;
  readonly request: RequestSpec;
  readonly session: SessionPolicy;
  readonly endpoint: EndpointPolicy;
  readonly hedge: HedgePolicy;
}
