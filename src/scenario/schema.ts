import { z } from 'zod';
import { BOUNDS, MOST_NAMED } from './bounds.ts';
import { duration, name, percent, rate, size } from './fields.ts';
import { AXES, patchSchema } from './settings-schema.ts';

const count = (max: number) => z.int().min(1).max(max);

/** Text of a person: no control characters (which would reach terminals and reports), no marks that turn its direction. */
const plainText = /^[^\p{Cc}\u202a-\u202e\u2066-\u2069]*$/u;
const plainLines = /^(?:[^\p{Cc}\u202a-\u202e\u2066-\u2069]|[\n\t])*$/u;

const matrixSchema = z.strictObject(
  Object.fromEntries(
    Object.entries(AXES).map(([path, schema]) => [path, z.array(schema).min(1).max(100).optional()] as const),
  ),
);

/** A workload: with a `port` it is a service, without one it is the client that sends the load. */
export const workloadSchema = z.strictObject({
  port: z
    .int()
    .min(1024)
    .max(65_535)
    .optional()
    .meta({ examples: [8080] })
    .describe('where the service listens; the client has none'),
  calls: z
    .array(name)
    .max(100)
    .optional()
    .meta({ examples: [['server']] })
    .describe(
      'services that the workload calls: the load goes to the first that the client names; a service calls all of ' +
        'them at once for every request, and answers when they have',
    ),
});

/** Marks values that a run must keep to; a broken one ends it with exit code 10. */
export const thresholdSchema = z
  .strictObject({
    metric: z
      .string()
      .meta({ examples: ['responseNs.p99'] })
      .describe('metric of a variant in summary.json'),
    variant: name
      .optional()
      .meta({ examples: ['outbound'] })
      .describe('one variant; without it every variant'),
    below: z
      .union([z.string(), z.number()], { error: 'must be a value with its unit, like 5ms, 0.1% or 64MB' })
      .meta({ examples: ['5ms'] })
      .describe('the value must stay below this, written with its unit'),
  })
  .describe('a limit for a metric');

/** Things by name: one at least, and as many as anybody would want to wait for. */
function named<S extends z.ZodType>(schema: S) {
  return z
    .record(name, schema)
    .meta({ minProperties: 1, maxProperties: MOST_NAMED })
    .refine((things) => Object.keys(things).length > 0, 'must have at least 1 entry')
    .refine((things) => Object.keys(things).length <= MOST_NAMED, `must have at most ${MOST_NAMED} entries`);
}

const cpuList = z.union([z.literal('auto'), z.array(z.int().min(0).max(4095)).min(1).max(4096)], {
  error: 'must be auto or a list of processor numbers like [0, 1]',
});

/** A scenario file. Everything but `question` and `variants` has a default. */
export const scenarioSchema = z.strictObject({
  $schema: z
    .string()
    .optional()
    .meta({ examples: ['../schema/scenario.schema.json'] })
    .describe('where editors find the schema of this file'),
  question: z
    .string()
    .min(3)
    .max(300)
    .regex(plainText, 'must be one line without control characters')
    .meta({ examples: ['What does one sidecar hop add to a request?'] })
    .describe('the one question that this scenario answers'),
  description: z
    .string()
    .max(4000)
    .regex(plainLines, 'must not hold control characters')
    .optional()
    .meta({ examples: ['The difference is Envoy.'] })
    .describe('why it is asked, and how to read the answer'),
  topology: z
    .strictObject({ workloads: named(workloadSchema).describe('workloads by name') })
    .optional()
    .describe('who calls whom'),
  variants: named(patchSchema.nullable())
    .meta({ examples: [{ direct: {}, outbound: { mesh: { outbound: 'listener' } } }] })
    .describe('what is compared; the first is the baseline'),
  matrix: matrixSchema
    .optional()
    .describe('axes: section.field and its values; every variant is measured at every point'),
  ...patchSchema.shape,
  find: z
    .enum(['knee'])
    .optional()
    .describe(
      'knee: in place of measuring at load.rate, finds the highest rate at which every variant holds slo (see Knee)',
    ),
  slo: z
    .string({ error: 'must be text like "p99 < 5ms"' })
    .optional()
    .meta({ examples: ['p99 < 5ms'] })
    .describe('what a rate must hold: quantiles of the response time, max and errors, joined by `and`'),
  between: z
    .tuple([rate(BOUNDS.rate), rate(BOUNDS.rate)], { error: 'must be two rates like [100/s, 50000/s]' })
    .optional()
    .meta({ examples: [['100/s', '50000/s']] })
    .describe('where the knee is looked for'),
  trials: count(BOUNDS.trials)
    .optional()
    .meta({ examples: [10] })
    .describe('blocks; each holds one trial of every variant. Of a knee the most trials of each variant, 20 without'),
  placement: z
    .strictObject({
      load: cpuList.meta({ examples: [[0]] }).describe('processors of the load'),
      system: cpuList.meta({ examples: [[1]] }).describe('processors of applications and proxies'),
    })
    .partial()
    .optional()
    .describe('which processors are used'),
  scheduling: z
    .strictObject({
      system: z
        .enum(['auto', 'normal', 'realtime'])
        .describe('of applications and proxies: realtime (SCHED_RR, needs root) is not held up by other tasks'),
      load: z
        .enum(['auto', 'normal', 'raised'])
        .describe('priority of the load: raised (nice -10, needs root) goes before what else runs on its processors'),
      awake: z
        .union([z.literal('auto'), z.boolean()], { error: 'must be auto, true or false' })
        .describe("whether the system's processors are kept from sleeping between requests"),
    })
    .partial()
    .optional()
    .describe('how the machine is kept quiet'),
  needs: z
    .strictObject({
      cores: count(4096)
        .meta({ examples: [4] })
        .describe('processors'),
      memory: size(BOUNDS.memory)
        .meta({ examples: ['4GB'] })
        .describe('memory'),
    })
    .partial()
    .optional()
    .describe('what the machine must have; without it the run is refused before it measures'),
  limits: z
    .strictObject({
      time: duration(BOUNDS.time)
        .meta({ examples: ['30m'] })
        .describe('the run ends after this, whatever is left'),
    })
    .partial()
    .optional()
    .describe('what the run may use'),
  thresholds: z.array(thresholdSchema).max(100).optional().describe('limits for metrics; a broken one fails the run'),
  tolerance: percent.optional().describe('a difference within it counts as none'),
});

/** What a scenario file says, units parsed, nothing defaulted. */
export type ScenarioFile = z.output<typeof scenarioSchema>;
