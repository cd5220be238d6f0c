export { OpenLoop, type Surroundings } from './engine.ts';
export type { Endpoint, LoadPlan } from './load-plan.ts';
export type { Protocol, RequestSpec } from './protocol.ts';
export { PROTOCOLS } from './protocols/index.ts';
export * from './result.ts';
export { type Dial, type Link, type LinkHandlers, tcpDialer } from './transport.ts';
