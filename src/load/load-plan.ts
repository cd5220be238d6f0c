import type { ScheduleSpec } from '../schedule/index.ts';
import type { Nanos } from '../units/index.ts';
import type { Endpoint } from '../wire/index.ts';
import type { Marks } from './firsts.ts';
import type { EndpointPolicy, HedgePolicy, SessionPolicy } from './protocol.ts';
import type { Requests } from './protocols/index.ts';
import type { Wait } from './waiting.ts';

/** One agent's share of a trial's load: plain data, sent to the agent as JSON. */
export interface LoadPlan {
  /** `closed` sends a request when the one before is answered, and reads no schedule; absent is the open loop. */
  readonly loop?: 'closed';
  /** How the open loop waits for what is due; absent spins. */
  readonly wait?: Exclude<Wait, 'spin'>;
  /** Dialled by the endpoint policy. */
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  /** Connections of this agent. */
  readonly connections: number;
  /** Over which the connections are opened, one after the other; 0 opens them at once. */
  readonly stagger: Nanos;
  /** The horizon is warm-up plus duration. */
  readonly schedule: ScheduleSpec;
  readonly warmup: Nanos;
  readonly duration: Nanos;
  readonly timeout: Nanos;
  /** What is sent, in the words of its protocol. */
  readonly request: Requests;
  readonly session: SessionPolicy;
  readonly endpoint: EndpointPolicy;
  readonly hedge: HedgePolicy;
  /** From where on an open loop's requests are kept one by one; absent nowhere. */
  readonly marks?: Marks;
}

/** Where a connection goes, by the endpoint policy. */
export function endpointOf({ endpoint, endpoints }: Pick<LoadPlan, 'endpoint' | 'endpoints'>, index: number): Endpoint {
  const spread = endpoint.kind === 'spread' ? endpoints[index % endpoints.length] : undefined;
  return spread ?? endpoints[0];
}
