export { buildMesh } from './build.ts';
export type { AppComponent, Certificate, Endpoint, Mesh, MeshHost, Service, Sidecar } from './mesh.ts';
