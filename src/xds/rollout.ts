import { BenchError } from '../units/index.ts';
import type { Catalogue } from './catalogue.ts';
import { compareStates, type StateDifference } from './compare.ts';
import { divide, type RolloutUnit } from './groups.ts';
import type { Manner, Session } from './session.ts';

/** How one group was told. Lists have an entry for each of its sidecars, in the same order. */
export interface Pushed {
  /** Their node ids. */
  readonly nodes: readonly string[];
  /** Time from the push until the last acknowledgement, ns. Null for one that left before. */
  readonly propagationNs: readonly (number | null)[];
  /** Bytes that it sent. */
  readonly bytes: readonly number[];
  readonly resources: readonly number[];
}

/** What a push would change, for whom, and what it took to work that out. */
export interface Proposal {
  readonly difference: StateDifference;
  /** Node ids by group, in the order in which they are told. */
  readonly groups: readonly (readonly string[])[];
  /** The names of what each group is made of. */
  readonly units: readonly (readonly string[])[];
  /** Time to build and encode what sidecars will be sent, ns. */
  readonly encodeNs: number;
}

/** How a push is to go about it. */
export interface RolloutPlan {
  /** So many, as even as can be, or to what share of all units each group brings the push, the last to 1. */
  readonly groups: number | readonly number[];
  /** What groups are made of; sidecars where it is not said. */
  readonly by?: RolloutUnit | undefined;
  /** How each sidecar is told; a roll-back makes before it breaks. */
  readonly manner?: Manner | undefined;
}

/**
 * A push that goes to one group of sidecars after the other: a group is told by {@link advance}, and {@link rollBack} takes
 * the whole push back from those that were told. Between two of these it is paused.
 */
export class Rollout {
  readonly proposal: Proposal;
  private readonly to: Catalogue;
  private readonly from: Catalogue;
  private readonly sessions: Iterable<Session>;
  private readonly clock: () => number;
  private readonly manner: Manner | undefined;
  private readonly told = new Set<string>();
  private next = 0;
  private isOver = false;
  private isRolledBack = false;

  /** @throws RangeError for less than one group. */
  constructor(
    from: Catalogue,
    to: Catalogue,
    sessions: Iterable<Session>,
    { groups, by, manner }: RolloutPlan,
    clock: () => number,
  ) {
    this.from = from;
    this.to = to;
    this.clock = clock;
    this.manner = manner;
    this.sessions = sessions;
    const nodes = [...new Map([...sessions].map(({ node }) => [node.id, { node }])).values()];
    const divided = divide(nodes, groups, by);
    const at = clock();
    const pairs = nodes.map(({ node }) => [from.snapshotFor(node), to.snapshotFor(node)] as const);
    const encodeNs = clock() - at;
    const distinct = [...new Map(pairs.map((pair) => [pair[1], pair])).values()];
    this.proposal = {
      difference: compareStates(distinct),
      groups: divided.map(({ members }) => members.map(({ node }) => node.id)),
      units: divided.map(({ units }) => units),
      encodeNs,
    };
  }

  /** True once every group was told, or all were rolled back. */
  get over(): boolean {
    return this.isOver;
  }

  /** The state in which all sidecars are once it is over. */
  get outcome(): Catalogue {
    return this.isRolledBack ? this.from : this.to;
  }

  /** The state that a sidecar is in that comes, or comes back, while the push is under way. */
  stateOf(node: string): Catalogue {
    return this.told.has(node) ? this.to : this.from;
  }

  /** Tells the next group. @throws BenchError component where there is none. */
  async advance(): Promise<Pushed> {
    const { groups } = this.proposal;
    const group = groups[this.next];
    if (this.isOver || group === undefined)
      throw new BenchError('component', 'PUSH_OVER', 'the push has no group left that could be told');
    this.next += 1;
    for (const node of group) this.told.add(node);
    if (this.next === groups.length) this.isOver = true;
    return await this.tell(group, this.to, this.manner);
  }

  /** Takes the push back from all that were told, also where that is everybody. */
  async rollBack(): Promise<Pushed> {
    this.isRolledBack = true;
    const group = this.proposal.groups.slice(0, this.next).flat();
    this.told.clear();
    this.isOver = true;
    return await this.tell(group, this.from);
  }

  /** A sidecar may have several streams, and may have opened them since the push was proposed. */
  private async tell(group: readonly string[], state: Catalogue, manner?: Manner): Promise<Pushed> {
    const nodes = new Set(group);
    const sessions = [...this.sessions].filter(({ node }) => nodes.has(node.id));
    const before = sessions.map((session) => session.traffic());
    const at = this.clock();
    // All are told before any has answered: nobody waits for another.
    const times = await Promise.all(sessions.map((session) => session.push(state.snapshotFor(session.node), manner)));
    const told = sessions.map((session, index): Told => {
      const [was, is, time] = [before[index], session.traffic(), times[index]];
      return {
        node: session.node.id,
        propagationNs: time === undefined ? null : time - at,
        bytes: is.bytes - (was?.bytes ?? 0),
        resources: is.resources - (was?.resources ?? 0),
      };
    });
    return together(group, told);
  }
}

/** What went over one stream of a push. */
interface Told {
  readonly node: string;
  readonly propagationNs: number | null;
  readonly bytes: number;
  readonly resources: number;
}

/** By sidecar: it has acknowledged when the last of its streams has; null for one that has none left. */
function together(nodes: readonly string[], told: readonly Told[]): Pushed {
  const byNode = new Map<string, Told[]>();
  for (const one of told) byNode.set(one.node, [...(byNode.get(one.node) ?? []), one]);
  const each = nodes.map((node) => byNode.get(node) ?? []);
  const sum = (all: readonly Told[], of: (one: Told) => number): number =>
    all.reduce((total, one) => total + of(one), 0);
  return {
    nodes,
    propagationNs: each.map((own) =>
      own.length === 0 || own.some((one) => one.propagationNs === null)
        ? null
        : Math.max(...own.map((one) => one.propagationNs ?? 0)),
    ),
    bytes: each.map((own) => sum(own, (one) => one.bytes)),
    resources: each.map((own) => sum(own, (one) => one.resources)),
  };
}
