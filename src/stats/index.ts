export { binomialUpper } from './binomial.ts';
export { type ChangePoint, changePoints } from './change-points.ts';
export { type Knee, type KneeRange, KneeSearch, type KneeTrial } from './knee.ts';
export { detectableShift, MAX_SIDE, shiftInterval } from './mann-whitney.ts';
export { median, quantileNearestRank } from './order.ts';
export { detectableRatio, logRatios, pairedDifference, pairedRatio, spread, valuesForWidth } from './paired.ts';
export {
  hodgesLehmann,
  type Interval,
  MAX_VALUES,
  MIN_VALUES,
  probabilityAbove,
  probabilityBelow,
  signedRankInterval,
  walshAverages,
} from './signed-rank.ts';
