export {
  type GeneratedServices,
  generatedName,
  generateServices,
  lazySidecar,
  NAMESPACE,
  serviceEntry,
} from './generate.ts';
export { clusterName, hostOf, type InterceptionMode, listenerAddress, statPrefix } from './names.ts';
export type { IstioObject, Metadata, ServiceEntry, ServicePort, Sidecar, WorkloadAddress } from './objects.ts';
export { type Service, type ServiceEndpoint, servicesOf } from './service.ts';
export { sidecarFor, type Viewer, visibleServices } from './visibility.ts';
