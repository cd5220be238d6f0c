import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicNow } from '../metrics/index.ts';
import type { Trial } from '../record/index.ts';
import type { PushEvent } from '../scenario/index.ts';
import type { Nanos } from '../units/index.ts';
import { type Proposed, type Pusher, workloadOf } from './control-plane.ts';
import type { TimelineEvent } from './events.ts';

/** A push to one group of sidecars, or its roll-back, as the record has it. */
export type PushRecord = NonNullable<NonNullable<Trial['controlPlane']>['pushes']>[number];

/** What pushes need of a deployment. */
export interface Pushing {
  readonly controlPlane: Pusher;
  /** Counters of every proxy, by `host.envoy`. */
  readonly counters: () => Promise<Counters>;
  readonly measureFrom: Nanos;
}

type Counters = Readonly<Record<string, { readonly counters: Readonly<Record<string, number>> }>>;

/** What was done, on the timeline and in full. */
export interface Pushes {
  readonly events: readonly TimelineEvent[];
  readonly pushes: readonly PushRecord[];
}

/** Which of a trial's events a push is of. */
interface Numbered {
  readonly index: number;
  readonly event: PushEvent;
}

/** Carries out a push: again and again for a while, or once, group by group, watched and rolled back where it harms. */
export async function runPush(numbered: Numbered, pushing: Pushing): Promise<Pushes> {
  return numbered.event.every > 0 ? await repeat(numbered, pushing) : await gradually(numbered, pushing);
}

/** One after the other: a push that is due while another is under way comes late, and says so. */
async function repeat(numbered: Numbered, pushing: Pushing): Promise<Pushes> {
  const { at, for: length, every, what } = numbered.event;
  const pushes: PushRecord[] = [];
  for (let due: number = at; due < at + length; due += every) {
    await until(due, pushing);
    const proposal = await propose(numbered, pushing);
    pushes.push(await tell('advance', { ...numbered, due, group: 0, proposal }, pushing));
  }
  const [first, last] = [pushes[0], pushes.at(-1)];
  const target = `${what}, ${pushes.length} times`;
  const mark = (action: 'push' | 'pushed', intended: number, actual: number): TimelineEvent => {
    return { action, target, intended, actual };
  };
  const events =
    first === undefined || last === undefined
      ? []
      : [mark('push', first.intended, first.actual), mark('pushed', at + length, endOfPush(last))];
  return { events, pushes };
}

async function propose({ event }: Numbered, { controlPlane }: Pushing): Promise<Proposed> {
  const { what, groups, shares, by, order, late } = event;
  const plan = { groups: shares ?? groups, by, manner: { order, lateNs: late } };
  return await controlPlane.propose(what, plan);
}

async function gradually(numbered: Numbered, pushing: Pushing): Promise<Pushes> {
  const { at, what, groups, by, watch, abort } = numbered.event;
  await until(at, pushing);
  const proposal = await propose(numbered, pushing);
  const pushes: PushRecord[] = [];
  const events: TimelineEvent[] = [];
  const step = async (how: 'advance' | 'roll-back', due: number, group: number): Promise<PushRecord> => {
    const push = await tell(how, { ...numbered, due, group, proposal }, pushing);
    const place = groups === 1 ? 'all at once' : `group ${group + 1} of ${groups}${named(by, proposal.units[group])}`;
    const target = how === 'advance' ? `${what} to ${place}` : what;
    events.push({ action: push.rolledBack ? 'roll-back' : 'push', target, intended: due, actual: push.actual });
    pushes.push(push);
    return push;
  };
  for (let group = 0; group < groups; group += 1) {
    const hosts = (proposal.groups[group] ?? []).map((node) => `${workloadOf(node)}.envoy`);
    const before = await answersOf(hosts, pushing);
    const push = await step('advance', at + group * watch, group);
    await until(push.actual + watch, pushing);
    const after = await answersOf(hosts, pushing);
    const watched = { requests: after.requests - before.requests, failed: after.failed - before.failed };
    pushes[pushes.length - 1] = { ...push, watched };
    if (watched.failed > abort * watched.requests) {
      await step('roll-back', at + (group + 1) * watch, group);
      break;
    }
  }
  const last = pushes.at(-1);
  if (last !== undefined)
    events.push({ action: 'pushed', target: what, intended: last.intended, actual: endOfPush(last) });
  return { events, pushes };
}

/** More units of a group are counted. */
const MOST_NAMED = 3;

/** Which units a group is of: ` (namespace default)`; nothing where it is of sidecars. */
function named(by: PushEvent['by'], units: readonly string[] = []): string {
  if (by === 'sidecar') return '';
  const more = units.length > MOST_NAMED ? ` and ${units.length - MOST_NAMED} more` : '';
  return ` (${by} ${units.slice(0, MOST_NAMED).join(', ')}${more})`;
}

interface Step extends Numbered {
  /** When it is intended, ns from the start of the measurement. */
  readonly due: number;
  readonly group: number;
  readonly proposal: Proposed;
}

async function tell(
  how: 'advance' | 'roll-back',
  step: Step,
  { controlPlane, measureFrom }: Pushing,
): Promise<PushRecord> {
  const { index, event, due, group, proposal } = step;
  const actual = Math.round(monotonicNow() - measureFrom);
  const pushed = await (how === 'advance' ? controlPlane.advance() : controlPlane.rollBack());
  const total = (of: readonly number[]): number => of.reduce((sum, one) => sum + one, 0);
  const { difference } = proposal;
  return {
    event: index,
    what: event.what,
    group,
    groups: event.groups,
    rolledBack: how === 'roll-back',
    intended: due,
    actual,
    sidecars: pushed.nodes.length,
    encodeNs: proposal.encodeNs,
    resources: total(pushed.resources),
    bytes: total(pushed.bytes),
    propagationNs: [...pushed.propagationNs],
    watched: null,
    difference:
      how === 'advance' && group === 0 && difference !== null
        ? { resources: difference.resources.map(copy), more: difference.more }
        : null,
  };
}

function copy(
  one: NonNullable<Proposed['difference']>['resources'][number],
): NonNullable<PushRecord['difference']>['resources'][number] {
  return { ...one, fields: [...one.fields] };
}

/** When its last sidecar had acknowledged, ns from the start of the measurement. */
function endOfPush({ actual, propagationNs }: PushRecord): number {
  return actual + propagationNs.reduce<number>((most, one) => Math.max(most, one ?? 0), 0);
}

/** What sidecars have answered so far, and how much of it with a failure. */
async function answersOf(
  proxies: readonly string[],
  { counters }: Pushing,
): Promise<{ readonly requests: number; readonly failed: number }> {
  const read = await counters();
  const sum = (pattern: RegExp): number =>
    proxies
      .flatMap((name) => Object.entries(read[name]?.counters ?? {}))
      .reduce((total, [name, value]) => total + (pattern.test(name) ? value : 0), 0);
  return {
    requests: sum(/^http\.outbound_.*\.downstream_rq_completed$|^thrift\.outbound_.*\.request_(call|oneway)$/u),
    failed: sum(/^http\.outbound_.*\.downstream_rq_[45]xx$|^thrift\.outbound_.*\.response_(error|exception)$/u),
  };
}

async function until(offset: number, { measureFrom }: Pushing): Promise<void> {
  await sleep(Math.max(0, (measureFrom + offset - monotonicNow()) / 1e6));
}
