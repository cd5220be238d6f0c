import { z } from 'zod';

/** More of them would run out of ports of their own, and of anybody's patience. */
export const MOST_SERVICES = 10_000;

/** Services that the mesh has besides those of the topology. Nothing calls them: what is asked is what they cost. */
export const servicesShape = {
  count: z
    .int()
    .min(0)
    .max(MOST_SERVICES)
    .meta({ examples: [5000] })
    .describe('services besides those of the topology, as ServiceEntries made from the seed; nothing listens there'),
  endpoints: z
    .int()
    .min(0)
    .max(1000)
    .meta({ examples: [2] })
    .describe('addresses of each'),
  ports: z
    .enum(['own', 'shared'])
    .describe(
      'each service has a port of its own, from 20000 on, or all have port 80: one listener each, or one for all',
    ),
  lazy: z
    .boolean()
    .describe('lazy loading: a Sidecar object shows each workload those services that it calls, and `visible` others'),
  visible: z
    .int()
    .min(0)
    .max(MOST_SERVICES)
    .meta({ examples: [2] })
    .describe('of the services besides, how many a workload sees where lazy is true'),
};

/** Who configures sidecars. */
export const controlPlaneShape = {
  kind: z
    .enum(['none', 'xds'])
    .describe(
      'none: the whole configuration is in the file that Envoy starts with; xds: the built-in xDS server sends it',
    ),
  protocol: z
    .enum(['delta', 'sotw'])
    .describe('of what changes only the difference is sent (delta), or all of its kind (state of the world)'),
};
