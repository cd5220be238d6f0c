export { buildMesh } from './build.ts';
export { ACCESS_LOG } from './envoy-listeners.ts';
export { type Filters, filtersOf } from './filters.ts';
export type {
  AppComponent,
  Call,
  Certificate,
  ControlPlaneComponent,
  CrowdComponent,
  Endpoint,
  Intercept,
  Mesh,
  MeshHost,
  Passage,
  Service,
  Sidecar,
  SidecarNode,
  ThriftCounters,
} from './mesh.ts';
export {
  isHost,
  isReplayed,
  type Replay,
  type Replayed,
  type ReplayKind,
  type ReplaySource,
  readSource,
  replayMesh,
  unknownExtension,
  variantComplaints,
  withoutExtension,
  withoutSecrets,
} from './replay/index.ts';
