import { z } from 'zod';
import { count, name, ns, sentence } from './fields.ts';

/** Sidecars and light clients that one record may tell of. */
const MOST_CLIENTS = 10_000;

/** What differs between two states of a mesh, as a push told it. */
const differenceSchema = z.object({
  resources: z
    .array(
      z.object({
        kind: name,
        name,
        change: z.enum(['added', 'changed', 'removed']),
        /** Values of a resource that changed, by their path; null where there is none. */
        fields: z.array(z.object({ path: name, before: name.nullable(), after: name.nullable() })).max(100),
      }),
    )
    .max(100),
  /** Resources that differ beyond those. */
  more: count,
});

/** A push to a group of sidecars, or its roll-back. Instants in ns from the start of the measurement. */
const pushSchema = z.object({
  /** Which of the variant's events it is of, from 0. */
  event: count,
  what: name,
  group: count,
  groups: count,
  rolledBack: z.boolean(),
  intended: ns,
  actual: ns,
  sidecars: count,
  /** Time to build and encode what all groups are sent, ns; null of istiod, which does not tell it push by push. */
  encodeNs: ns.nullable(),
  /** Over its sidecars; of istiod over the light clients beside them, which tell when they were told. */
  resources: count,
  bytes: count,
  /** From the push until the last acknowledgement of each sidecar, ns; null for one that left before, or was told nothing. */
  propagationNs: z.array(ns.nullable()).max(MOST_CLIENTS),
  /** What its sidecars answered while they were watched, and how much of it with a failure; null where they were not. */
  watched: z.object({ requests: count, failed: count }).nullable(),
  /** What the whole push changes: told with its first group; never of istiod. */
  difference: differenceSchema.nullable(),
});

/** How often, and how long in all, ns. */
const occasions = z.object({ count, totalNs: ns });

const istiodSchema = z.object({
  /** Objects that were written before it started; how long its API server took to come up and to learn Istio's kinds, and to take them, ns. */
  written: z.object({ objects: count, kindsNs: ns, objectsNs: ns }),
  /** From its start until it had read everything, ns. */
  readyNs: ns,
  /** By kind of resource, by Istio's short names. */
  pushes: z.record(name, count),
  rejected: count,
  /** Encoded configuration, over all sidecars. */
  bytes: count,
  /** By what caused a push. */
  triggers: z.record(name, count),
  debounce: occasions,
  context: occasions,
  push: occasions,
  convergence: occasions,
});

const crowdSchema = z.object({
  /** From the first question of the crowd until its last member had everything, and the same of each member from its own, ns. */
  wholeNs: ns,
  memberNs: z.array(ns).max(MOST_CLIENTS),
  /** Streams that the control plane refused, or that were lost. */
  lost: count,
  /** What all members received by the end of the trial, encoded. */
  responses: count,
  bytes: count,
});

export const controlPlaneSchema = z.object({
  /** What all sidecars together may see, encoded before they came; of the built-in server alone. */
  prepared: z.object({ resources: count, bytes: count, encodeNs: ns }).optional(),
  /** What istiod says of itself by the end of the trial, where it is the control plane. */
  istiod: istiodSchema.optional(),
  /** Light clients beside the sidecars, where there are any; records of earlier versions do not tell of them. */
  crowd: crowdSchema.optional(),
  /** By component: processor time since its start and RSS, when the sidecar (for the control plane: the last, or the crowd) was ready. */
  spent: z.record(name, z.object({ cpuNs: ns, rssBytes: z.number() })),
  /** What went over the stream of each sidecar by the end of the trial, or of the control plane. */
  streams: z
    .array(
      z.object({
        node: name,
        requests: count,
        responses: count,
        acknowledged: count,
        refusals: z.array(z.object({ kind: name, message: sentence })).max(100),
        resources: count,
        bytes: count,
        lastAcknowledged: ns.nullable(),
      }),
    )
    .max(MOST_CLIENTS),
  /** In the order in which they went out; records of earlier versions have none. */
  pushes: z.array(pushSchema).max(10_000).optional(),
});
