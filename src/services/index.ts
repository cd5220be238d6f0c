export { type Change, type ChangeName, changeOf, keyOf, type ObjectKey } from './changes.ts';
export {
  type GeneratedServices,
  generatedName,
  generateObjects,
  generateServices,
  NAMESPACE,
  serviceEntry,
  sidecarObject,
  virtualServices,
} from './generate.ts';
export { clusterName, hostOf, type InterceptionMode, listenerAddress, statPrefix } from './names.ts';
export type {
  HttpRule,
  IstioObject,
  Metadata,
  ServiceEntry,
  ServicePort,
  Sidecar,
  VirtualService,
  WorkloadAddress,
} from './objects.ts';
export { type Service, type ServiceEndpoint, servicesOf } from './service.ts';
export { sidecarFor, type Viewer, visibleServices } from './visibility.ts';
