import { z } from 'zod';
import { BOUNDS } from './bounds.ts';
import { duration, name, percent, rate, size } from './fields.ts';

const wait = duration(BOUNDS.wait);
const span = duration(BOUNDS.duration);
const body = size(BOUNDS.body);
const count = (max: number) => z.int().min(1).max(max);

/** Text of a person: no control characters (which would reach terminals and reports), no marks that turn its direction. */
const plainText = /^[^\p{Cc}\u202a-\u202e\u2066-\u2069]*$/u;
const plainLines = /^(?:[^\p{Cc}\u202a-\u202e\u2066-\u2069]|[\n\t])*$/u;

/** How a service's delay before it answers is distributed. A plain duration is constant. */
export const delaySchema = z.union(
  [
    wait.transform((value) => ({ kind: 'constant' as const, value })),
    z
      .strictObject({ exponential: span })
      .transform(({ exponential }) => ({ kind: 'exponential' as const, mean: exponential })),
    z
      .strictObject({ uniform: z.tuple([wait, wait]) })
      .refine(({ uniform: [from, to] }) => from <= to, {
        path: ['uniform'],
        message: 'must have the shorter duration first',
      })
      .transform(({ uniform: [from, to] }) => ({ kind: 'uniform' as const, from, to })),
  ],
  { error: 'must be a duration like 5ms, {exponential: 5ms} or {uniform: [1ms, 5ms]}' },
);

/** Every k-th, or `never`, which is undefined when read. */
const everyKth = z
  .union([z.strictObject({ every: count(1e9) }), z.literal('never')], { error: 'must be {every: 100} or never' })
  .transform((value) => (value === 'never' ? undefined : value));

/** What the load sends and when. */
export const loadShape = {
  rate: rate(BOUNDS.rate).describe('offered rate over all connections; requests are due whatever the system does'),
  connections: count(10_000).describe('connections, opened before the warm-up and kept'),
  schedule: z
    .enum(['constant', 'poisson'])
    .describe('spacing of the intended times: all the same, or random (exponential, from the seed)'),
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE', 'HEAD']).describe('request method'),
  path: z
    .string()
    .regex(/^\/[!-~]*$/u, 'must start with / and hold printable ASCII without spaces')
    .max(2048)
    .describe('request path'),
  payload: body.describe('size of the request body; needs POST or PUT'),
  warmup: wait.describe('sent and answered before the measurement, not counted'),
  duration: span.describe('measurement: requests intended within it are counted'),
  timeout: span.describe('an answer later than this after its request was sent is a timeout'),
};

/** How a service behaves. */
export const appShape = {
  delay: delaySchema.describe('time between a request and its answer: constant, exponential or uniform'),
  payload: body.describe('size of the answer body; must be 0 with HEAD'),
  stalls: z
    .array(z.strictObject({ at: wait, for: span }))
    .max(1000)
    .describe('spans, counted from the start of the measurement, in which no answer leaves'),
  reset: everyKth.describe('resets the connection at every k-th request'),
  close: everyKth.describe('closes the connection after every k-th answer'),
  keepAliveTimeout: wait.describe('closes a connection that was idle for so long; 0 never does'),
  version: z
    .string()
    .regex(/^[\w.-]{1,32}$/u, 'must be letters, digits, dots and dashes, 32 at most')
    .describe('tag sent with every answer'),
};

const envoyShape = {
  version: z
    .string({ error: 'must be text like "1.40.0"' })
    .regex(/^\d+\.\d+\.\d+(\.post\d+)?$/u, 'must be a version like 1.40.0')
    .optional()
    .describe("Envoy's version; without it the one that set-up provides"),
  concurrency: count(128).optional().describe("Envoy's worker threads"),
};

/** Which sidecars there are and how traffic reaches them. */
export const meshShape = {
  outbound: z
    .enum(['none', 'listener'])
    .describe("the client's sidecar: none, or one that listens on the service's own port"),
  envoy: z.strictObject(envoyShape).describe('the Envoy that sidecars run'),
};

/** Something that is done to a component at a time. */
export const eventSchema = z.strictObject({
  at: wait.describe('counted from the start of the measurement'),
  pause: z
    .string()
    .regex(/^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/u, 'must name workload.component, for example server.app')
    .describe('component that is stopped (SIGSTOP)'),
  for: span.describe('after this it goes on (SIGCONT)'),
});

/** What a variant may change, and what a matrix axis may name as `section.field`. */
export const patchShape = {
  mesh: z.strictObject(meshShape).partial().describe('sidecars and how traffic reaches them'),
  load: z.strictObject(loadShape).partial().describe('what is sent, and when'),
  app: z.strictObject(appShape).partial().describe('how every service behaves'),
  events: z.array(eventSchema).max(100).describe('what is done to components during the measurement'),
};

/** What a variant or a matrix point changes. */
export const patchSchema = z.strictObject(patchShape).partial();

/** Everything that a matrix axis can name, with the schema of one value. */
export const AXES: Readonly<Record<string, z.ZodType>> = {
  'mesh.outbound': meshShape.outbound,
  'mesh.envoy.version': envoyShape.version.unwrap(),
  'mesh.envoy.concurrency': envoyShape.concurrency.unwrap(),
  ...prefixed('load', loadShape),
  ...prefixed('app', appShape),
};

function prefixed(section: string, shape: Readonly<Record<string, z.ZodType>>): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(shape).map(([field, schema]) => [`${section}.${field}`, schema]));
}

const matrixSchema = z.strictObject(
  Object.fromEntries(
    Object.entries(AXES).map(([path, schema]) => [path, z.array(schema).min(1).max(100).optional()] as const),
  ),
);

/** A workload: with a `port` it is a service, without one it is the client that sends the load. */
export const workloadSchema = z.strictObject({
  port: z.int().min(1024).max(65_535).optional().describe('where the service listens; the client has none'),
  calls: z.array(name).max(100).optional().describe('services that it calls'),
});

/** Marks values that a run must keep to; a broken one ends it with exit code 10. */
export const thresholdSchema = z
  .strictObject({
    metric: z.string().describe('field of a variant in summary.json, for example responseNs.p99'),
    variant: name.optional().describe('one variant; without it every variant'),
    below: z
      .union([z.string(), z.number()], { error: 'must be a value with its unit, like 5ms, 0.1% or 64MB' })
      .describe('the value must stay below this, written with its unit'),
  })
  .describe('a limit for a metric');

const cpuList = z.union([z.literal('auto'), z.array(z.int().min(0).max(4095)).min(1).max(4096)], {
  error: 'must be auto or a list of processor numbers like [0, 1]',
});

/** A scenario file. Everything but `question` and `variants` has a default. */
export const scenarioSchema = z.strictObject({
  $schema: z.string().optional().describe('where editors find the schema of this file'),
  question: z
    .string()
    .min(3)
    .max(300)
    .regex(plainText, 'must be one line without control characters')
    .describe('the one question that this scenario answers'),
  description: z
    .string()
    .max(4000)
    .regex(plainLines, 'must not hold control characters')
    .optional()
    .describe('why it is asked, and how to read the answer'),
  protocol: z.enum(['http']).optional().describe('what the load speaks'),
  topology: z
    .strictObject({ workloads: z.record(name, workloadSchema).describe('workloads by name') })
    .optional()
    .describe('who calls whom'),
  variants: z.record(name, patchSchema.nullable()).describe('what is compared; the first is the baseline'),
  matrix: matrixSchema.optional().describe('axes: section.field and its values; every variant is measured at every point'),
  ...patchSchema.shape,
  trials: count(BOUNDS.trials).optional().describe('blocks; each holds one trial of every variant'),
  placement: z
    .strictObject({
      load: cpuList.describe('processors of the load'),
      system: cpuList.describe('processors of applications and proxies'),
    })
    .partial()
    .optional()
    .describe('which processors are used'),
  needs: z
    .strictObject({
      cores: count(4096).describe('processors'),
      memory: size(BOUNDS.memory).describe('memory'),
    })
    .partial()
    .optional()
    .describe('what the machine must have; without it the run is refused before it measures'),
  limits: z
    .strictObject({ time: duration(BOUNDS.time).describe('the run ends after this, whatever is left') })
    .partial()
    .optional()
    .describe('what the run may use'),
  thresholds: z.array(thresholdSchema).max(100).optional().describe('limits for metrics; a broken one fails the run'),
  tolerance: percent.optional().describe('a difference within it counts as none'),
});

/** What a scenario file says, units parsed, nothing defaulted. */
export type ScenarioFile = z.output<typeof scenarioSchema>;
