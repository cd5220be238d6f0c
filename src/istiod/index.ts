export { Api, get } from './api.ts';
export { compareDumps, type DumpDifference, type FieldDifference, type KindDifference } from './compare-dumps.ts';
export { type IstiodFigures, type Occasions, readFigures } from './figures.ts';
export { type GivenConfiguration, type GivenObject, NOTHING_GIVEN, readObjects } from './given.ts';
export {
  type ApiAccess,
  ISTIOD_URLS,
  type IstiodLaunch,
  type IstiodPlace,
  type Launch,
  launchOf,
} from './processes.ts';
export type { ServiceKind } from './shapes.ts';
export { type Pod, writeChange, writeCrds, writeObjects } from './write.ts';
