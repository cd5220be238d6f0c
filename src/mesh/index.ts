export { buildMesh } from './build.ts';
export { ACCESS_LOG } from './envoy-listeners.ts';
export type {
  AppComponent,
  Call,
  Certificate,
  Endpoint,
  Intercept,
  Mesh,
  MeshHost,
  Service,
  Sidecar,
} from './mesh.ts';
