import { isIP } from 'node:net';
import { z } from 'zod';
import type { IstioObject } from '../services/index.ts';

/** The version of Istio's API whose objects are read. */
export const API_VERSION = 'networking.istio.io/v1';

const NAME_OF_A_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

const name = z
  .string()
  .max(253)
  .regex(
    new RegExp(`^${NAME_OF_A_LABEL}(\\.${NAME_OF_A_LABEL})*$`, 'u'),
    'must be a name of lower-case letters, digits, dashes and dots',
  );
const host = name.describe('a host name, whole or short');
const port = z.int().min(1).max(65_535);
const labels = z.record(z.string().max(317), z.string().max(63));
const metadata = z
  .strictObject({
    name,
    namespace: name.optional(),
    labels: labels.optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  })
  .transform(({ name: own, namespace = 'default' }) => ({ name: own, namespace }));

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** As Istio writes durations, turned into protobuf's way. */
const duration = z
  .string()
  .regex(/^\d+(\.\d{1,6})?(ms|s|m|h)$/u, 'must be a duration with its unit, like 1.5s')
  .transform((text) => {
    const [, number = '', , unit = ''] = /^(\d+(\.\d+)?)(\w+)$/u.exec(text) ?? [];
    return `${Number((Number(number) * (SECONDS[unit] ?? 1)).toFixed(9))}s`;
  });

const address = {
  address: z.string().refine((text) => isIP(text) === 4, 'must be an IPv4 address'),
  ports: z.record(z.string(), port).optional(),
  labels: labels.optional(),
  weight: z.int().min(1).max(1_000_000).optional(),
};
const selector = z.strictObject({ labels });

const serviceEntry = z
  .strictObject({
    hosts: z.array(host).min(1).max(100),
    ports: z
      .array(z.strictObject({ number: port, name: z.string().min(1).max(63), protocol: z.enum(['HTTP']) }))
      .min(1)
      .max(100),
    location: z.enum(['MESH_INTERNAL', 'MESH_EXTERNAL']).default('MESH_EXTERNAL'),
    resolution: z.enum(['STATIC']),
    endpoints: z.array(z.strictObject(address)).max(5000).default([]),
    workloadSelector: selector.optional(),
  })
  .refine(
    ({ endpoints, workloadSelector }) => endpoints.length === 0 || workloadSelector === undefined,
    'has both endpoints and a workloadSelector, of which one is to say where the service is',
  );

const egressHost = z
  .string()
  .regex(
    /^(\.|\*|~|[a-z0-9]([-a-z0-9]*[a-z0-9])?)\/(\*|(\*\.)?[a-z0-9]([-.a-z0-9]*[a-z0-9])?)$/u,
    'must be namespace/host, like ./* or */reviews.default.svc.cluster.local',
  );

const sidecar = z.strictObject({
  workloadSelector: selector.optional(),
  egress: z
    .array(z.strictObject({ hosts: z.array(egressHost).min(1).max(10_000) }))
    .min(1)
    .max(100),
  outboundTrafficPolicy: z
    .strictObject({
      mode: z.enum(['ALLOW_ANY', 'REGISTRY_ONLY']).optional(),
      egressProxy: z.strictObject({ host, port: z.strictObject({ number: port }) }).optional(),
    })
    .optional(),
});

const uri = z.union(
  [z.strictObject({ prefix: z.string().startsWith('/') }), z.strictObject({ exact: z.string().startsWith('/') })],
  {
    error: 'must be {prefix: /…} or {exact: /…}',
  },
);
const destined = z.strictObject({
  destination: z.strictObject({ host, subset: name.optional(), port: z.strictObject({ number: port }).optional() }),
  weight: z.int().min(0).max(1_000_000).optional(),
});
const rule = z.strictObject({
  name: z.string().max(253).optional(),
  match: z.array(z.strictObject({ uri })).min(1).max(100).optional(),
  route: z.tuple([destined], destined),
  timeout: duration.optional(),
});
const virtualService = z.strictObject({
  hosts: z.array(host).min(1).max(100),
  http: z.array(rule).min(1).max(1000),
});

const count = z.int().min(0).max(4_294_967_295);
const trafficPolicy = z.strictObject({
  loadBalancer: z.strictObject({ simple: z.enum(['LEAST_REQUEST', 'RANDOM', 'ROUND_ROBIN']) }).optional(),
  connectionPool: z
    .strictObject({
      tcp: z.strictObject({ maxConnections: count.optional(), connectTimeout: duration.optional() }).optional(),
      http: z
        .strictObject({
          http1MaxPendingRequests: count.optional(),
          http2MaxRequests: count.optional(),
          maxRetries: count.optional(),
        })
        .optional(),
    })
    .optional(),
  outlierDetection: z
    .strictObject({
      consecutive5xxErrors: count.optional(),
      consecutiveGatewayErrors: count.optional(),
      interval: duration.optional(),
      baseEjectionTime: duration.optional(),
      maxEjectionPercent: z.int().min(0).max(100).optional(),
      minHealthPercent: z.int().min(0).max(100).optional(),
    })
    .optional(),
});
const destinationRule = z.strictObject({
  host,
  trafficPolicy: trafficPolicy.optional(),
  subsets: z
    .array(z.strictObject({ name, labels, trafficPolicy: trafficPolicy.optional() }))
    .max(100)
    .optional(),
});

const SPECS = {
  ServiceEntry: serviceEntry,
  Sidecar: sidecar,
  VirtualService: virtualService,
  DestinationRule: destinationRule,
  WorkloadEntry: z.strictObject(address),
} as const satisfies Readonly<Record<IstioObject['kind'], z.ZodType>>;

/** The kinds of objects that are read. */
export const OBJECT_KINDS = Object.keys(SPECS) as readonly IstioObject['kind'][];

/** What an object of a kind must look like; it reads as an {@link IstioObject}. */
export function objectSchema(kind: IstioObject['kind']): z.ZodType {
  return z
    .strictObject({
      apiVersion: z.enum([API_VERSION]),
      kind: z.literal(kind),
      metadata,
      spec: SPECS[kind],
    })
    .transform(({ apiVersion: _, ...object }) => object);
}
