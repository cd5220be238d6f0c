export { type CalibrationRequest, calibrate } from './calibrate.ts';
export { calibrationPlan } from './trials.ts';
