export type { ServiceCall } from './calls.ts';
export { type Application, serve } from './serve.ts';
export type { Served } from './served.ts';
