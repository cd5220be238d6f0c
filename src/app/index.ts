export type { ServiceCall } from './calls.ts';
export { type Served, serveHttp } from './server.ts';
