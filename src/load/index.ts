export { type Dial, type Endpoint, type Link, type LinkHandlers, tcpDialer } from '../wire/index.ts';
export { ClosedLoop } from './closed/closed-loop.ts';
export { OpenLoop } from './engine.ts';
export type { LoadPlan } from './load-plan.ts';
export type { Protocol } from './protocol.ts';
export type { HttpRequest, Requests, ThriftRequest } from './protocols/index.ts';
export * from './result.ts';
export type { Surroundings } from './surroundings.ts';
export { restOf, type Wait } from './waiting.ts';
