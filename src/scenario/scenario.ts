import type { z } from 'zod';
import type { Bytes, Nanos, Rate } from '../units/index.ts';
import type { thresholdSchema } from './schema.ts';
import type { delaySchema, eventSchema } from './settings-schema.ts';

/** How long an application waits before it answers. */
export type Delay = z.output<typeof delaySchema>;

/** What is done to a component at a time of the measurement. */
export type EventSpec = z.output<typeof eventSchema>;

/** A limit for a metric, as the file states it. */
export type Threshold = z.output<typeof thresholdSchema>;

/** How traffic gets into a sidecar, per direction. */
export type Interception = 'none' | 'listener';

/** What the load sends and when. */
export interface LoadSettings {
  readonly rate: Rate;
  readonly connections: number;
  readonly schedule: 'constant' | 'poisson';
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  readonly path: string;
  readonly payload: Bytes;
  readonly warmup: Nanos;
  readonly duration: Nanos;
  readonly timeout: Nanos;
}

/** How a service behaves: the application's script. */
export interface AppSettings {
  readonly delay: Delay;
  readonly payload: Bytes;
  readonly stalls: readonly { readonly at: Nanos; readonly for: Nanos }[];
  /** Resets the connection at every k-th request of the process; undefined never does. */
  readonly reset: { readonly every: number } | undefined;
  /** Closes the connection after every k-th answer of the process; undefined never does. */
  readonly close: { readonly every: number } | undefined;
  /** Closes a connection that was idle for so long; 0 never does. */
  readonly keepAliveTimeout: Nanos;
  readonly version: string;
}

/** Which sidecars there are and how traffic reaches them. */
export interface MeshSettings {
  readonly outbound: Interception;
  readonly envoy: { readonly version: string | undefined; readonly concurrency: number };
}

/** Everything that may differ between variants. */
export interface Settings {
  readonly mesh: MeshSettings;
  readonly load: LoadSettings;
  readonly app: AppSettings;
  readonly events: readonly EventSpec[];
}

/** What a variant or a matrix point changes of the settings: whole fields, section by section (`envoy` field by field). */
export interface Patch {
  readonly mesh?: { readonly outbound?: Interception; readonly envoy?: Partial<MeshSettings['envoy']> };
  readonly load?: Partial<LoadSettings>;
  readonly app?: Partial<AppSettings>;
  readonly events?: readonly EventSpec[];
}

/** A workload: with a port it is a service, without one it is the client that sends the load. */
export interface Workload {
  readonly name: string;
  readonly port: number | undefined;
  readonly calls: readonly string[];
}

/** One axis of the matrix. */
export interface Axis {
  /** `section.field`, for example `load.rate`. */
  readonly path: string;
  readonly points: readonly AxisPoint[];
}

/** One value of an axis; `label` is the value as the file wrote it. */
export interface AxisPoint {
  readonly label: string;
  readonly patch: Patch;
}

/** A scenario as it was read and checked: units parsed, defaults filled in, nothing expanded. */
export interface Scenario {
  readonly name: string;
  readonly question: string;
  readonly description: string | undefined;
  readonly protocol: 'http';
  readonly workloads: readonly Workload[];
  readonly base: Settings;
  readonly variants: readonly { readonly name: string; readonly patch: Patch }[];
  readonly matrix: readonly Axis[];
  readonly trials: number;
  readonly placement: { readonly load: CpuChoice; readonly system: CpuChoice };
  readonly needs: { readonly cores: number; readonly memory: Bytes | undefined };
  readonly limits: { readonly time: Nanos };
  readonly thresholds: readonly Threshold[];
  /** A ratio within 1/(1+tolerance) … 1+tolerance counts as no difference. */
  readonly tolerance: number;
  /** The file's text as it was read, kept so that a report can show it and a hash can name it. */
  readonly source: string;
}

/** `auto`, or the processors by number. */
export type CpuChoice = 'auto' | readonly number[];
