export { readArrivals } from './arrivals.ts';
export { BOUNDS, LONGEST_RUN } from './bounds.ts';
export { KNEE_BETWEEN, KNEE_TRIALS, kneeProblem } from './check-knee.ts';
export { type Complaint, harmless, printComplaint, ScenarioError } from './complaint.ts';
export {
  CENTRAL,
  COLLECTOR,
  CONTROL_PLANE,
  CONTROL_PLANE_PORT,
  CONTROL_PLANE_PROCESSES,
  CROWD,
  CROWD_PROCESS,
  clientOf,
  componentsOf,
  controlPlaneProcesses,
  ENDPOINTS_PORT,
  FIRST_GENERATED_PORT,
  furtherSidecars,
  hasThrift,
  SIDECAR_PORTS,
  type SidecarDirections,
  type SidecarPlace,
  sidecarDirections,
  sidecarPlace,
  thriftShareOf,
} from './components.ts';
export { DEFAULT_SETTINGS } from './defaults.ts';
export { describeSettings } from './describe.ts';
export { describeKnee, describeLoad, describeSchedule } from './describe-load.ts';
export { type EventSpec, endOf, type Outage, type PushEvent, type PushName } from './event-schema.ts';
export { parseShare, printShare } from './fields.ts';
export { findScenario, listScenarios, readScenario, type ScenarioEntry } from './file.ts';
export { printPath } from './finding.ts';
export { printFlow } from './flow.ts';
export { messagesOf } from './messages.ts';
export { parseScenario } from './parse.ts';
export { type Problem, settingsProblems } from './problems.ts';
export type {
  AppSettings,
  Axis,
  AxisPoint,
  ControlPlaneSettings,
  CpuChoice,
  Delay,
  EnvoySettings,
  GrpcSettings,
  Http2Settings,
  Interception,
  KneeSettings,
  LoadSettings,
  MeshSettings,
  Message,
  Patch,
  Preset,
  ProtocolName,
  RuntimeName,
  RuntimeSettings,
  Scenario,
  Schedule,
  Scheduling,
  ServicesSettings,
  Settings,
  TelemetrySettings,
  Threshold,
  ThriftSettings,
  Workload,
} from './scenario.ts';
export { PROTOCOL_NAMES, RUNTIME_NAMES } from './scenario.ts';
export { type ReadSetting, readSetting } from './setting.ts';
export { applyPatch, type MatrixPoint, matrixPoints, resolveSettings } from './settings.ts';
export { describeClause, parseSlo, type Slo, type SloClause } from './slo.ts';
export { closest } from './suggest.ts';
export { type Limit, parseLimit, type ThresholdUnit } from './thresholds.ts';
export { guard as guardYaml } from './yaml-guard.ts';
