export { Crowd, type CrowdFigures, type CrowdSpec } from './crowd.ts';
