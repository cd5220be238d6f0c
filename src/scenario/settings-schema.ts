import { z } from 'zod';
import { fromMillis } from '../units/index.ts';
import { BOUNDS } from './bounds.ts';
import { controlPlaneShape, servicesShape } from './control-plane-schema.ts';
import { duration, percent, rate, size } from './fields.ts';
import { requestShape, targetSchema } from './request-schema.ts';
import { scheduleSchema } from './schedule-schema.ts';

const wait = duration(BOUNDS.wait);
const span = duration(BOUNDS.duration);
const body = size(BOUNDS.body);
const count = (max: number) => z.int().min(1).max(max);

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
  loop: z
    .enum(['open', 'closed'])
    .describe(
      'open sends requests when they are due; closed sends the next when one was answered, to find what saturates (see Saturation)',
    ),
  rate: rate(BOUNDS.rate).describe('offered rate over all connections; requests are due whatever the system does'),
  wait: z
    .enum(['spin', 'hybrid', 'sleep'])
    .describe(
      'how the load waits for what is due: spin takes a whole processor and is the most exact; hybrid sleeps until 2 ms before; ' +
        'sleep takes nearly none and is late by up to a millisecond',
    ),
  connections: count(10_000)
    .meta({ examples: [32] })
    .describe('connections, opened before the warm-up and kept'),
  schedule: scheduleSchema
    .meta({
      examples: [{ ramp: { from: '10%', to: '100%' } }],
      $comment: '`constant`, `poisson`, or one of `ramp`, `steps`, `bursts`, `onOff`, `replay`',
    })
    .describe('how the intended times are spread over the measurement (see Schedules)'),
  stagger: duration({ max: fromMillis(60_000) })
    .meta({ examples: ['2s'] })
    .describe('connections are opened one after the other over this time, before the warm-up; 0 opens them at once'),
  ...requestShape,
  targets: z
    .array(targetSchema)
    .max(100)
    .describe('requests to choose from by weight; what one does not say is as above'),
  warmup: wait.meta({ examples: ['2s'] }).describe('sent and answered before the measurement, not counted'),
  duration: span.describe('measurement: requests intended within it are counted'),
  timeout: span
    .meta({ examples: ['10s'] })
    .describe('an answer later than this after its request was sent is a timeout'),
};

/** How a service behaves. */
export const appShape = {
  delay: delaySchema
    .meta({ examples: ['5ms', { exponential: '5ms' }, { uniform: ['1ms', '5ms'] }] })
    .describe('time between a request and its answer: constant, exponential or uniform'),
  work: duration({ max: fromMillis(100) })
    .meta({ examples: ['30us'] })
    .describe(
      'processor time that the application takes for every answer: it spins for so long, and answers nothing else',
    ),
  payload: body.describe('size of the answer body; must be 0 with HEAD'),
  stalls: z
    .array(
      z.strictObject({
        at: wait.meta({ examples: ['2s'] }).describe('counted from the start of the measurement'),
        for: span.meta({ examples: ['500ms'] }).describe('after this they leave'),
      }),
    )
    .max(1000)
    .describe('spans in which no answer leaves'),
  reset: everyKth.meta({ examples: [{ every: 1000 }] }).describe('resets the connection at every k-th request'),
  close: everyKth.meta({ examples: [{ every: 1000 }] }).describe('closes the connection after every k-th answer'),
  keepAliveTimeout: wait
    .meta({ examples: ['5s'] })
    .describe('closes a connection that was idle for so long; 0 never does'),
  version: z
    .string()
    .regex(/^[\w.-]{1,32}$/u, 'must be letters, digits, dots and dashes, 32 at most')
    .meta({ examples: ['v2'] })
    .describe('tag sent with every answer'),
};

/** A word of a header or a service's name: printable, and short enough for any library. */
const word = z.string().regex(/^[!-~]{1,200}$/u, 'must be 1 to 200 printable ASCII characters without spaces');

/** How Thrift is spoken, and what is called. */
export const thriftShape = {
  transport: z
    .enum(['framed', 'unframed', 'header'])
    .describe('how messages are cut: a length before each, nothing, or a length and a header (THeader)'),
  protocol: z.enum(['binary', 'compact']).describe('how values are written'),
  call: z
    .enum(['echo', 'fail', 'notify'])
    .describe(
      'method of scenarios/idl/echo.thrift: echo is answered, fail throws a declared exception, notify is a oneway',
    ),
  service: z
    .union([z.literal(''), word])
    .meta({ examples: ['Echo'] })
    .describe('service to ask a multiplexed server for; empty where it is not multiplexed'),
  headers: z
    .record(word, z.string().max(200))
    .meta({ examples: [{ 'x-run': 'r1' }] })
    .describe('keys and values of the header; transport must be header'),
  pipeline: count(100)
    .meta({ examples: [4] })
    .describe('calls under way on a connection at a time'),
  between: z
    .enum(['same', 'header'])
    .describe("transport between two sidecars: the applications' own, or header; header needs both directions"),
  server: z
    .enum(['library', 'fast'])
    .describe(
      "the application: on Apache's library, or one that answers as fast as it can and knows no script but payload",
    ),
};

const envoyShape = {
  version: z
    .string({ error: 'must be text like "1.40.0"' })
    .regex(/^\d+\.\d+\.\d+(\.post\d+)?$/u, 'must be a version like 1.40.0')
    .meta({ examples: ['1.40.0'] })
    .describe("Envoy's version; without it the one that set-up provides"),
  concurrency: count(128)
    .meta({ examples: [2] })
    .describe("Envoy's worker threads"),
  cpuLimit: z
    .number()
    .min(0.01)
    .max(128)
    .meta({ examples: [0.5] })
    .describe('processors that each sidecar may use, as a container limit; without it all; needs a writable cgroup'),
};

/** What sidecars tell about the traffic. */
export const telemetryShape = {
  accessLog: z.boolean().describe('a line for every request, to a file in memory'),
  tracing: percent
    .meta({ examples: ['1%'] })
    .describe("share of requests that are traced (OpenTelemetry over HTTP, to a collector of the run's own)"),
  scrape: wait
    .meta({ examples: ['1s'] })
    .describe('reads all stats of every sidecar as Prometheus would, that often; 0 never does'),
  stats: z
    .enum(['few', 'all'])
    .describe('stats that Envoy keeps: few are those that a report needs, all are all of its own'),
};

const interception = z.enum(['none', 'listener', 'redirect', 'tproxy']);

/** What has one value each. */
const flatMeshShape = {
  preset: z
    .enum(['istio', 'istio-tproxy'])
    .describe(
      'istio: redirect both ways, as Istio injects by default; istio-tproxy: redirect out, tproxy in, original source',
    ),
  outbound: interception.describe(
    "sidecars of callers: none, one that listens on the service's port (listener), or one that packets are led to (redirect, tproxy)",
  ),
  inbound: interception.describe(
    "sidecars of services: none, one that listens on the service's port in front of it, or one that packets are led to",
  ),
  originalSource: z
    .boolean()
    .describe("the inbound sidecar calls its application with the caller's address; inbound must be tproxy"),
  conntrack: z.boolean().describe('packet rules track connections, as those of Istio do; false needs tproxy'),
  exempt: z
    .enum(['mark', 'uid'])
    .describe("how packet rules tell Envoy's own connections; uid needs root, since a rootless sandbox has one uid"),
  tls: z.enum(['none', 'mutual']).describe('between sidecars; mutual needs both directions'),
};

/** Which sidecars there are, how traffic reaches them and what they do with it. */
export const meshShape = {
  ...flatMeshShape,
  telemetry: z.strictObject(telemetryShape).partial().describe('what sidecars tell about the traffic'),
  envoy: z.strictObject(envoyShape).partial().describe('the Envoy that sidecars run'),
};

/** Where a variant's hosts live. */
export const runtimeShape = {
  name: z
    .enum(['sandbox', 'docker'])
    .describe('namespaces of this machine, or containers; `--runtime` sets it for all variants alike'),
  network: z
    .enum(['own', 'shared'])
    .describe('each host has a network of its own behind a bridge, or all share one, without a bridge between them'),
  seccomp: z.boolean().describe("containers have Docker's filter of system calls; false needs docker"),
};

/** Events of one trial. */
export const MOST_EVENTS = 100;

/** Something that is done to a component at a time. */
export const eventSchema = z.strictObject({
  at: wait.meta({ examples: ['2s'] }).describe('counted from the start of the measurement'),
  pause: z
    .string()
    .regex(/^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/u, 'must name workload.component, for example server.app')
    .meta({ examples: ['server.app'] })
    .describe('component that is stopped (SIGSTOP)'),
  for: span.meta({ examples: ['500ms'] }).describe('after this it goes on (SIGCONT)'),
});

/** What a variant may change, and what a matrix axis may name as `section.field`. */
export const patchShape = {
  protocol: z.enum(['http', 'thrift']).describe('what load, applications and sidecars speak'),
  mesh: z.strictObject(meshShape).partial().describe('sidecars and how traffic reaches them'),
  load: z.strictObject(loadShape).partial().describe('what is sent, and when'),
  app: z.strictObject(appShape).partial().describe('how every service behaves'),
  runtime: z.strictObject(runtimeShape).partial().describe('where hosts live'),
  thrift: z.strictObject(thriftShape).partial().describe('how Thrift is spoken; read where the protocol is thrift'),
  services: z.strictObject(servicesShape).partial().describe('what the mesh has besides the topology'),
  controlPlane: z.strictObject(controlPlaneShape).partial().describe('who configures sidecars'),
  events: z.array(eventSchema).max(MOST_EVENTS).describe('what is done to components during the measurement'),
};

/** What a variant or a matrix point changes. */
export const patchSchema = z.strictObject(patchShape).partial();

/** Everything that a matrix axis can name, with the schema of one value. */
export const AXES: Readonly<Record<string, z.ZodType>> = {
  ...prefixed('mesh', flatMeshShape),
  ...prefixed('mesh.telemetry', telemetryShape),
  ...prefixed('mesh.envoy', envoyShape),
  ...prefixed('load', loadShape),
  ...prefixed('app', appShape),
  ...prefixed('runtime', runtimeShape),
  ...prefixed('thrift', thriftShape),
  ...prefixed('services', servicesShape),
  ...prefixed('controlPlane', controlPlaneShape),
};

function prefixed(section: string, shape: Readonly<Record<string, z.ZodType>>): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(shape).map(([field, schema]) => [`${section}.${field}`, schema]));
}
