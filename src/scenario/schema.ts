import { z } from 'zod';
import { bytes, fromMillis, fromSeconds, nanos, perSecond } from '../units/index.ts';
import { duration, name, percent, rate, size } from './fields.ts';

const HOUR = fromSeconds(3600);
const upToHour = duration({ max: HOUR, maxText: '1h' });
const positiveUpToHour = duration({ min: nanos(1), max: HOUR, maxText: '1h' });
const body = size({ max: bytes(16e6), maxText: '16MB' });
const count = (max: number) => z.int().min(1).max(max);

/** How a service's delay before it answers is distributed. A plain duration is constant. */
export const delaySchema = z.union([
  upToHour.transform((value) => ({ kind: 'constant' as const, value })),
  z
    .strictObject({ exponential: positiveUpToHour })
    .transform(({ exponential }) => ({ kind: 'exponential' as const, mean: exponential })),
  z
    .strictObject({ uniform: z.tuple([upToHour, upToHour]) })
    .transform(({ uniform: [from, to] }) => ({ kind: 'uniform' as const, from, to })),
]);

/** What the load sends and when. */
export const loadShape = {
  rate: rate({ min: perSecond(0.001), max: perSecond(1e6), maxText: '1000000/s' }).describe(
    'offered rate over all connections; requests are due at these times whatever the system does',
  ),
  connections: count(10_000).describe('connections, opened before the warm-up and kept'),
  schedule: z.enum(['constant', 'poisson']).describe('spacing of the intended times'),
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE', 'HEAD']).describe('request method'),
  path: z
    .string()
    .regex(/^\/[!-~]*$/u, 'must start with / and hold printable ASCII without spaces')
    .max(2048)
    .describe('request path'),
  payload: body.describe('size of the request body'),
  warmup: upToHour.describe('sent and answered, but not counted'),
  duration: positiveUpToHour.describe('measurement: requests intended within it are counted'),
  timeout: positiveUpToHour.describe('an answer later than this after its request was sent is a timeout'),
};

/** How a service behaves. */
export const appShape = {
  delay: delaySchema.describe('time between a request and its answer'),
  payload: body.describe('size of the answer body'),
  stalls: z
    .array(z.strictObject({ at: upToHour, for: positiveUpToHour }))
    .max(1000)
    .describe('spans, counted from the start of the measurement, in which no answer leaves'),
  reset: z.strictObject({ every: count(1e9) }).describe('resets the connection at every k-th request'),
  close: z.strictObject({ every: count(1e9) }).describe('closes the connection after every k-th answer'),
  keepAliveTimeout: upToHour.describe('closes a connection that was idle for so long; 0 never does'),
  version: z
    .string()
    .regex(/^[\w.-]{1,32}$/u, 'must be letters, digits, dots and dashes, 32 at most')
    .describe('tag sent with every answer'),
};

/** Which sidecars there are and how traffic reaches them. */
export const meshShape = {
  outbound: z
    .enum(['none', 'listener'])
    .describe("the client's sidecar: none, or one that listens on the service's own port"),
  envoy: z
    .strictObject({
      version: z
        .string()
        .regex(/^\d+\.\d+\.\d+(\.post\d+)?$/u, 'must be a version like 1.40.0')
        .optional(),
      concurrency: count(128).optional().describe('worker threads'),
    })
    .describe('the Envoy that sidecars run'),
};

/** Something that is done to a component at a time. */
export const eventSchema = z.strictObject({
  at: upToHour.describe('counted from the start of the measurement'),
  pause: z
    .string()
    .regex(/^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/u, 'must name workload.component, for example server.app')
    .describe('component that is stopped (SIGSTOP)'),
  for: positiveUpToHour.describe('after this it goes on (SIGCONT)'),
});

/** What a variant may change, and what a matrix axis may name as `section.field`. */
export const patchShape = {
  mesh: z.strictObject(meshShape).partial(),
  load: z.strictObject(loadShape).partial(),
  app: z.strictObject(appShape).partial(),
  events: z.array(eventSchema).max(100),
};

/** A workload: with a `port` it is a service, without one it is the client that sends the load. */
const workloadSchema = z.strictObject({
  port: z.int().min(1024).max(65_535).optional(),
  calls: z.array(name).max(100).optional().describe('services that it calls'),
});

/** Marks values that a run must keep to; a broken one ends it with exit code 10. */
export const thresholdSchema = z
  .strictObject({
    metric: z.string().describe('field of a variant in summary.json, for example responseNs.p99'),
    variant: name.optional().describe('one variant; without it every variant'),
    below: z.union([z.string(), z.number()]).describe('the value must stay below this, written with its unit'),
  })
  .describe('a limit for a metric');

const cpuList = z.union([z.literal('auto'), z.array(z.int().min(0).max(4095)).min(1)]);

/** A scenario file. Everything but `question` and `variants` has a default. */
export const scenarioSchema = z.strictObject({
  $schema: z.string().optional(),
  question: z.string().min(3).max(300).describe('the one question that this scenario answers'),
  description: z.string().max(4000).optional().describe('why, and how to read the answer'),
  protocol: z.enum(['http']).optional(),
  topology: z.strictObject({ workloads: z.record(name, workloadSchema) }).optional(),
  variants: z
    .record(name, z.strictObject(patchShape).partial())
    .describe('what is compared; the first is the baseline'),
  matrix: z
    .record(z.string(), z.array(z.unknown()).min(1).max(100))
    .optional()
    .describe('axes: section.field and its values; every variant is measured at every point'),
  ...z.strictObject(patchShape).partial().shape,
  trials: count(1000).optional().describe('blocks; each holds one trial of every variant'),
  placement: z.strictObject({ load: cpuList, system: cpuList }).partial().optional(),
  needs: z
    .strictObject({ cores: count(4096), memory: size({ max: bytes(1e15), maxText: '1000000GB' }) })
    .partial()
    .optional()
    .describe('what the machine must have'),
  limits: z
    .strictObject({ time: duration({ min: fromMillis(1), max: fromSeconds(7 * 86_400), maxText: '168h' }) })
    .partial()
    .optional(),
  thresholds: z.array(thresholdSchema).max(100).optional(),
  tolerance: percent.optional().describe('a difference within it counts as none'),
});

/** What a scenario file says, units parsed, nothing defaulted. */
export type ScenarioFile = z.output<typeof scenarioSchema>;
