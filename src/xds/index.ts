export { CLIENT_DIALECTS, type ClientDialect } from './client-dialect.ts';
export type { DialectName } from './dialect.ts';
export type { Node } from './node.ts';
export { ControlPlane, type ControlPlaneSpec, type Prepared, type Pushed } from './server.ts';
export type { Refusal, Traffic } from './session.ts';
export { KINDS, type Kind, TYPE_URLS } from './types.ts';
