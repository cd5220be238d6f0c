import { formatDuration, type Nanos, toSeconds } from '../units/index.ts';
import { MOST_REQUESTS } from './bounds.ts';
import { componentsOf } from './components.ts';
import type { Path } from './finding.ts';
import type { EventSpec, Settings, Workload } from './scenario.ts';
import { closest } from './suggest.ts';

/** Why settings that are each right by themselves cannot be measured together. */
export interface Problem {
  /** The settings that are at odds, from their section on; the first is the one to point at. */
  readonly at: readonly Path[];
  /** One clause that follows the path. */
  readonly message: string;
  readonly suggestion?: string | undefined;
}

interface Rule {
  /** `section.field` of what it reads; it is not asked where one of them is not known. */
  readonly reads: readonly string[];
  readonly problems: (settings: Settings, workloads: readonly Workload[]) => readonly Problem[];
}

const RULES: readonly Rule[] = [
  { reads: ['load.payload', 'load.method'], problems: ({ load }) => requestBody(load) },
  { reads: ['load.method', 'app.payload'], problems: answerBody },
  { reads: ['load.rate', 'load.warmup', 'load.duration'], problems: ({ load }) => requests(load) },
  { reads: ['app.stalls', 'load.duration'], problems: stalls },
  { reads: ['events', 'load.duration'], problems: eventSpans },
  { reads: ['events', 'mesh.outbound', 'topology'], problems: eventTargets },
];

/**
 * What cannot be measured about the whole settings of one variant.
 * `unknown` names settings (`section.field`, or `topology`) whose values are not known: nothing is said that needs them.
 */
export function settingsProblems(
  settings: Settings,
  workloads: readonly Workload[],
  unknown: ReadonlySet<string> = new Set(),
): readonly Problem[] {
  return RULES.filter((rule) => !rule.reads.some((field) => unknown.has(field))).flatMap((rule) =>
    rule.problems(settings, workloads),
  );
}

function requestBody({ payload, method }: Settings['load']): readonly Problem[] {
  if (payload === 0 || method === 'POST' || method === 'PUT') return [];
  const message = `does not go with the method ${method}, which sends no body; use POST or PUT, or payload: 0`;
  return [{ at: [['load', 'payload'], ['load', 'method']], message }];
}

function answerBody({ load, app }: Settings): readonly Problem[] {
  if (load.method !== 'HEAD' || app.payload === 0) return [];
  const message = 'does not go with an app.payload: an answer to HEAD has no body; set app.payload: 0';
  return [{ at: [['load', 'method'], ['app', 'payload']], message }];
}

function requests({ rate, warmup, duration }: Settings['load']): readonly Problem[] {
  const count = rate * toSeconds((warmup + duration) as Nanos);
  if (count <= MOST_REQUESTS) return [];
  const message = `makes ${count.toExponential(1)} requests in one trial; the limit is ${MOST_REQUESTS.toExponential(0)}`;
  return [{ at: [['load', 'rate'], ['load', 'duration'], ['load', 'warmup']], message }];
}

interface Span {
  readonly at: Nanos;
  readonly for: Nanos;
}

function stalls({ app, load }: Settings): readonly Problem[] {
  return spanProblems(app.stalls, load.duration, ['app', 'stalls'], () => true);
}

function eventSpans({ events, load }: Settings): readonly Problem[] {
  const sameTarget = (one: number, other: number): boolean => events[one]?.pause === events[other]?.pause;
  return spanProblems(events, load.duration, ['events'], sameTarget);
}

function spanProblems(
  spans: readonly Span[],
  duration: Nanos,
  path: Path,
  concerns: (one: number, other: number) => boolean,
): readonly Problem[] {
  return spans.flatMap((span, index): Problem[] => {
    const at = [[...path, index], ['load', 'duration']];
    const end = (span.at + span.for) as Nanos;
    if (end > duration) {
      const message = `ends ${formatDuration(end)} after the start of a measurement of ${formatDuration(duration)}`;
      return [{ at, message }];
    }
    const earlier = spans.findIndex((other, position) => position < index && overlap(other, span) && concerns(position, index));
    return earlier === -1 ? [] : [{ at, message: `overlaps number ${earlier + 1} of the same list` }];
  });
}

function overlap(one: Span, other: Span): boolean {
  return one.at < other.at + other.for && other.at < one.at + one.for;
}

function eventTargets({ events, mesh }: Settings, workloads: readonly Workload[]): readonly Problem[] {
  const components = componentsOf(workloads, mesh);
  return events.flatMap((event, index) => eventTarget(event, index, components));
}

function eventTarget(event: EventSpec, index: number, components: readonly string[]): readonly Problem[] {
  if (components.includes(event.pause)) return [];
  const at = [['events', index, 'pause'], ['mesh', 'outbound']];
  const suggestion = closest(event.pause, components);
  return [{ at, message: `names "${event.pause}", but there is only ${components.join(', ')}`, suggestion }];
}
