import { z } from 'zod';
import type { IstioObject } from '../services/index.ts';
import { BOUNDS } from './bounds.ts';
import { duration, percent } from './fields.ts';

/** More of them would run out of ports of their own, and of anybody's patience. */
export const MOST_SERVICES = 10_000;

/** Services that the mesh has besides those of the topology. Nothing calls them: what is asked is what they cost. */
export const servicesShape = {
  kind: z
    .enum(['service-entry', 'workload-entries', 'kubernetes'])
    .describe(
      'how a real istiod is told of each: a ServiceEntry that has its addresses, one with a WorkloadEntry for each of them, or a Service of Kubernetes with an EndpointSlice',
    ),
  count: z
    .int()
    .min(0)
    .max(MOST_SERVICES)
    .meta({ examples: [5000] })
    .describe('services besides those of the topology, as ServiceEntries made from the seed; nothing listens there'),
  endpoints: z
    .int()
    .min(0)
    .max(5000)
    .meta({ examples: [2] })
    .describe('addresses of each'),
  ports: z
    .enum(['own', 'shared'])
    .describe(
      'each service has a port of its own, from 20000 on, or all have port 80: one listener each, or one for all',
    ),
  protocol: z
    .enum(['same', 'http', 'thrift', 'mixed'])
    .describe('what they speak: the same as the load, HTTP, Thrift, or some the one and some the other (thriftShare)'),
  thriftShare: percent
    .meta({ examples: ['25%'] })
    .describe('of services that are mixed, how many speak Thrift; the seed says which'),
  rules: z
    .int()
    .min(0)
    .max(1000)
    .meta({ examples: [100] })
    .describe(
      'rules of a VirtualService for each of them and for those that are called; the last matches, and all lead to the service itself',
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
  called: z
    .enum(['visible', 'hidden'])
    .describe('hidden: with lazy loading a workload is not shown those that it calls, until a push reveals them'),
  objects: z
    .string()
    .max(300)
    .regex(
      /^$|^(?!\.)[\w.-]+(\/(?!\.)[\w.-]+)*\/?$/u,
      'must be a file or a folder below the folder of the scenario, like objects/shop.yaml',
    )
    .meta({ examples: ['objects/shop'] })
    .describe("Istio's own objects besides, from a file or all files of a folder (see the control plane)")
    .transform((path) => ({ path: path.replace(/\/$/u, ''), list: [] as readonly IstioObject[] })),
};

/** Each is an Envoy of its own, and takes tens of megabytes. */
const MOST_SIDECARS = 20;
/** Each is a socket, and what it says. */
const MOST_MEMBERS = 2000;

/** Who configures sidecars, and how many. */
export const controlPlaneShape = {
  kind: z
    .enum(['none', 'xds', 'istiod'])
    .describe(
      'none: the whole configuration is in the file that Envoy starts with; xds: the built-in xDS server sends it; istiod: a real istiod does, where there is one (npm run build:control-plane)',
    ),
  version: z
    .string()
    .max(40)
    .regex(/^[\w.-]*$/u, 'must be a name like 1.30')
    .meta({ examples: ['1.30'] })
    .describe(
      'which istiod, by the name that --istiod-bin or ISTIOD_BIN give it (1.30=/path/to/pilot-discovery), or 2026-04, which npm run build:control-plane -- --versions builds; without it the one that is built, or that is named alone',
    ),
  protocol: z
    .enum(['delta', 'sotw'])
    .describe('of what changes only the difference is sent (delta), or all of its kind (state of the world)'),
  eds: z
    .enum(['same', 'own'])
    .describe('endpoints come over the stream of all else, or from a server of their own, a process beside the other'),
  sidecars: z
    .int()
    .min(1)
    .max(MOST_SIDECARS)
    .meta({ examples: [4] })
    .describe(
      'sidecars of the client, each as of a pod of its own: connections are spread over them; more than one needs mesh.outbound: listener',
    ),
  namespaces: z
    .int()
    .min(1)
    .max(MOST_SIDECARS)
    .meta({ examples: [2] })
    .describe('namespaces that the sidecars of the client are spread over, in turn'),
  clusters: z
    .int()
    .min(1)
    .max(MOST_SIDECARS)
    .meta({ examples: [2] })
    .describe('clusters of Kubernetes that the sidecars of each namespace say to be of, in turn'),
  fetchTimeout: duration(BOUNDS.wait)
    .meta({ examples: ['500ms'] })
    .describe(
      "how long a sidecar waits for a new cluster's endpoints (initial_fetch_timeout); 0 waits without end, as Istio has it",
    ),
  crowd: z
    .int()
    .min(0)
    .max(MOST_MEMBERS)
    .meta({ examples: [100] })
    .describe('light clients beside the sidecars, which ask for everything and acknowledge it as sidecars do'),
  unknown: z
    .enum(['passthrough', 'black-hole', 'central', 'on-demand'])
    .describe(
      'requests for a service that a sidecar is not shown: go to where they were going, are refused, go to a central proxy that knows all, or wait until the sidecar has asked for it',
    ),
  thriftRoutes: z
    .enum(['listener', 'trds'])
    .describe('routes of Thrift are part of their listeners, or resources of their own (Thrift RDS)'),
};
