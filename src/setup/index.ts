export { AGENT_NODE_VERSION, type AgentNode, agentNode, agentNodeNotes, prepareAgentNode } from './agent-node.ts';
export { cacheFolder } from './cache.ts';
export type { Check } from './check.ts';
export {
  type ControlPlaneLack,
  type ControlPlaneProgram,
  type ControlPlanePrograms,
  type FoundControlPlane,
  findControlPlane,
  namedIstiods,
} from './control-plane.ts';
export { doctor } from './doctor.ts';
export type { EnvoyBinary } from './envoy-binary.ts';
export { DEFAULT_ENVOY_VERSION, KNOWN_ENVOY_VERSIONS } from './envoy-wheels.ts';
export { sha256Of } from './identity.ts';
export { type Iptables, readIptables } from './iptables.ts';
export { type Prepared, type PrepareOptions, prepareRun, prepareTests } from './prepare.ts';
