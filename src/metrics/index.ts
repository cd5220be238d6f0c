export { type Clock, monotonicNow } from './clock.ts';
export type {
  CpuCounters,
  MachineCounters,
  ObservationRequest,
  ProcessCounters,
  ThreadCounters,
  UsageSample,
} from './counters.ts';
export { type Bucket, Distribution, nearestRank } from './distribution.ts';
export { compressText as compressHistogram, PlainText } from './hdr.ts';
export { settleHeap } from './heap.ts';
export { Histogram, ready as initHistograms } from './histogram.ts';
export { openProcess, type ProcessReader, readMachine, TICK_NS } from './proc.ts';
export { stolenShare } from './stolen.ts';
export { readThrottling, type Throttling } from './throttling.ts';
export type { ComponentUsage, MachineUsage, ThreadUsage, Usage, UsagePoint } from './usage.ts';
export { measureUsage, withMemory } from './usage-between.ts';
