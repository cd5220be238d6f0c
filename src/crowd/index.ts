export { Crowd, type CrowdSpec } from './crowd.ts';
