import type { Nanos } from '../units/index.ts';
import type { Endpoint } from '../wire/index.ts';

/** A service that the application calls for every request, before it answers. */
export interface ServiceCall {
  readonly endpoint: Endpoint;
  /** The service as requests name it. */
  readonly authority: string;
  /** A call that got no answer for so long has failed. */
  readonly timeout: Nanos;
}
