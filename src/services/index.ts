export { type Change, type ChangeName, changeOf, keyOf, type ObjectKey } from './changes.ts';
export { withSubsets } from './destination.ts';
export { withFullNames } from './full-names.ts';
export {
  CLUSTER_ID,
  type GeneratedServices,
  generatedName,
  generateObjects,
  generateServices,
  NAMESPACE,
  SHARED_PORT,
  serviceEntry,
  sidecarObject,
  virtualServices,
} from './generate.ts';
export {
  clusterName,
  clusterPrefix,
  EDS_CLUSTER,
  hostOf,
  type InterceptionMode,
  inboundCluster,
  inboundStatPrefix,
  listenerAddress,
  nodeId,
  statPrefix,
} from './names.ts';
export type {
  DestinationRule,
  Destined,
  HttpRule,
  IstioObject,
  Labels,
  Metadata,
  OutboundTrafficPolicy,
  ServiceEntry,
  ServicePort,
  Sidecar,
  Subset,
  TrafficPolicy,
  VirtualService,
  WorkloadAddress,
  WorkloadEntry,
} from './objects.ts';
export { type Service, type ServiceEndpoint, servicesOf, servicesOfEntry } from './service.ts';
export { sidecarFor, type Viewer, visibleServices } from './visibility.ts';
