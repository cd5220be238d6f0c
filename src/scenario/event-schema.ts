import { z } from 'zod';
import { fromMillis, type Nanos, nanos } from '../units/index.ts';
import { BOUNDS } from './bounds.ts';
import { duration, percent, printShare } from './fields.ts';
import { time } from './in-words.ts';

const wait = duration(BOUNDS.wait);
const span = duration(BOUNDS.duration);

/** Events of one trial. */
export const MOST_EVENTS = 100;

/** How often an event may push again. */
export const MOST_PUSHES = 1000;

/** What a control plane can push: docs/control-plane.md says what each is. */
export const PUSHES = ['endpoint', 'service', 'route', 'bad-route', 'move', 'reveal'] as const;

/** In which order the kinds of resources of a push are sent. */
export const ORDERS = ['make-before-break', 'endpoints-last', 'routes-first'] as const;

/** What groups of sidecars are made of. */
export const UNITS = ['sidecar', 'service', 'namespace', 'cluster'] as const;

export type PushName = (typeof PUSHES)[number];

/** A component that stands still for a while, or is killed and comes back. */
export interface Outage {
  readonly kind: 'pause' | 'kill';
  readonly at: Nanos;
  /** `workload.component`. */
  readonly target: string;
  readonly for: Nanos;
}

/** Something that the control plane tells its sidecars during the measurement. */
export interface PushEvent {
  readonly kind: 'push';
  readonly at: Nanos;
  readonly what: PushName;
  /** Pushed again and again for so long; 0 once. */
  readonly for: Nanos;
  /** From one push to the next, as they are intended. */
  readonly every: Nanos;
  /** Sidecars are told in so many groups, one after the other. */
  readonly groups: number;
  /** What a group is made of, and never divides. */
  readonly by: (typeof UNITS)[number];
  /** To what share of these each group brings the push, 0 to 1; undefined where groups are as even as can be. */
  readonly shares: readonly number[] | undefined;
  /** After each group, how long its sidecars are watched before the next is told. */
  readonly watch: Nanos;
  /** Where a larger share of what its sidecars answered failed meanwhile, all are rolled back. */
  readonly abort: number;
  readonly order: (typeof ORDERS)[number];
  /** Endpoints of new clusters are told so much later. */
  readonly late: Nanos;
}

export type EventSpec = Outage | PushEvent;

const PUSH_DEFAULTS = { watch: fromMillis(500), abort: 0.01 } as const;
const OF_PUSHES = ['every', 'groups', 'by', 'shares', 'watch', 'abort', 'order', 'late'] as const;

const component = z
  .string()
  .regex(/^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/u, 'must name workload.component, for example server.app')
  .meta({ examples: ['server.app'] });

/** Something that is done to a component, or that the control plane does, at a time: one of `pause`, `kill` and `push`. */
export const eventSchema = z
  .strictObject({
    at: wait.meta({ examples: ['2s'] }).describe('counted from the start of the measurement'),
    pause: component.optional().describe('component that is stopped (SIGSTOP)'),
    kill: component
      .optional()
      .meta({ examples: ['control-plane.xds'] })
      .describe('component that is killed (SIGKILL): the control plane'),
    push: z.enum(PUSHES).optional().describe('what the control plane tells its sidecars (see the control plane)'),
    for: span
      .optional()
      .meta({ examples: ['500ms'] })
      .describe('after this it goes on (SIGCONT), or is started anew; a push is repeated for so long'),
    every: span
      .optional()
      .meta({ examples: ['100ms'] })
      .describe('a push is repeated this often'),
    groups: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .meta({ examples: [4] })
      .describe('a push goes to so many groups of sidecars, one after the other; without it to all at once'),
    by: z
      .enum(UNITS)
      .optional()
      .describe('groups are of whole services, namespaces or clusters; without it of single sidecars'),
    shares: z
      .array(percent)
      .min(1)
      .max(100)
      .optional()
      .meta({ examples: [['25%', '100%']] })
      .describe('in place of groups: what share of the sidecars (services, …) has been told after each group'),
    watch: wait
      .optional()
      .meta({ examples: ['500ms'] })
      .describe('after each group, how long its sidecars are watched before the next is told'),
    abort: percent
      .optional()
      .meta({ examples: ['1%'] })
      .describe('where more of what they answered meanwhile failed, the push is rolled back'),
    order: z
      .enum(ORDERS)
      .optional()
      .describe('in which order the resources of a push are sent: nothing before what it refers to, or otherwise'),
    late: wait
      .optional()
      .meta({ examples: ['1s'] })
      .describe('endpoints of clusters that are new are told so much later, as by a server of their own'),
  })
  .transform((event, context): EventSpec => {
    const refuse = (field: string, message: string): never => {
      context.addIssue({ code: 'custom', message, path: [field] });
      return z.NEVER;
    };
    const { at, pause, kill, push } = event;
    const named = [pause, kill, push].filter((one) => one !== undefined).length;
    if (named !== 1) return refuse('at', 'stands beside one of pause, kill and push, and not more');
    if (push !== undefined) {
      if ((event.for === undefined) !== (event.every === undefined))
        return refuse(event.for === undefined ? 'every' : 'for', 'needs both for and every: how long and how often');
      const wrong = wrongWithShares(event);
      if (wrong !== undefined) return refuse('shares', wrong);
      const { shares, groups = shares?.length ?? 1, by = 'sidecar' } = event;
      const { watch = PUSH_DEFAULTS.watch, abort = PUSH_DEFAULTS.abort } = event;
      const { for: repeated = nanos(0), every = nanos(0), order = 'make-before-break', late = nanos(0) } = event;
      return { kind: 'push', at, what: push, for: repeated, every, groups, by, shares, watch, abort, order, late };
    }
    const stray = OF_PUSHES.find((field) => event[field] !== undefined);
    if (stray !== undefined) return refuse(stray, 'is about a push');
    if (event.for === undefined) return refuse('at', 'needs for: how long it lasts');
    return { kind: pause === undefined ? 'kill' : 'pause', at, target: pause ?? kill ?? '', for: event.for };
  });

interface Groups {
  readonly groups?: number | undefined;
  readonly shares?: readonly number[] | undefined;
}

function wrongWithShares({ shares, groups }: Groups): string | undefined {
  if (shares === undefined) return undefined;
  if (groups !== undefined) return 'stands in place of groups';
  const rises = shares.every((share, index) => share > (shares[index - 1] ?? 0));
  return rises && shares.at(-1) === 1 ? undefined : 'must rise from group to group, and end with 100%';
}

/** An event as a scenario would write it. */
export function describeEvent(event: EventSpec): Record<string, unknown> {
  if (event.kind !== 'push') return { at: time(event.at), [event.kind]: event.target, for: time(event.for) };
  const { at, what, groups, by, shares, watch, abort, order, late } = event;
  return {
    at: time(at),
    push: what,
    ...(event.every === 0 ? {} : { for: time(event.for), every: time(event.every) }),
    ...(shares === undefined ? { groups } : { shares: shares.map(printShare) }),
    ...(by === 'sidecar' ? {} : { by }),
    watch: time(watch),
    abort: printShare(abort),
    ...(order === 'make-before-break' ? {} : { order }),
    ...(late === 0 ? {} : { late: time(late) }),
  };
}

/** When an event is over, from the start of the measurement; a push that is not repeated when its last group was watched. */
export function endOf(event: EventSpec): Nanos {
  const watched = event.kind === 'push' && event.every === 0 ? event.groups * (event.watch + event.late) : 0;
  return nanos(event.at + Math.max(event.for, watched));
}
