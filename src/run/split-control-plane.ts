import { setTimeout as sleep } from 'node:timers/promises';
import type { HostProcess } from '../runtime/index.ts';
import { CONTROL_PLANE, CONTROL_PLANE_PROCESSES } from '../scenario/index.ts';
import type { ChangeName } from '../services/index.ts';
import type { Nanos } from '../units/index.ts';
import type { Proposal, Pushed, RolloutPlan } from '../xds/index.ts';
import type { ControlPlaneClient, ControlPlaneReading, Pusher, RunningControlPlane } from './control-plane.ts';

type Stream = ControlPlaneReading['streams'][number];

const EDS = `${CONTROL_PLANE}.${CONTROL_PLANE_PROCESSES.split[1]}`;

/**
 * A control plane of two servers that do not wait for each other: one tells of endpoints, the other of all else. A push goes
 * out by both at once, by that of endpoints so much later as it is to be late.
 */
export class SplitControlPlane implements RunningControlPlane, Pusher {
  private readonly others: ControlPlaneClient;
  private readonly eds: ControlPlaneClient;
  private lateNs = 0;

  constructor(others: ControlPlaneClient, eds: ControlPlaneClient) {
    this.others = others;
    this.eds = eds;
  }

  get pushing(): this {
    return this;
  }

  get killed(): ReadonlySet<HostProcess> {
    return new Set([...this.others.killed, ...this.eds.killed]);
  }

  /** Its servers see for themselves what they acknowledge. */
  joined(): void {}

  /** The notes of one of them are of both. */
  noteReady(sidecar: string): Promise<void> {
    return this.others.noteReady(sidecar);
  }

  kill(component: string): Promise<Nanos> {
    return this.named(component).kill();
  }

  comeBack(component: string): Promise<Nanos> {
    return this.named(component).comeBack();
  }

  async reading(): Promise<ControlPlaneReading> {
    const [others, eds] = await Promise.all([this.others.reading(), this.eds.reading()]);
    return {
      ...others,
      prepared: addedUp(others.prepared, eds.prepared),
      streams: bySidecar(others.streams, eds.streams),
    };
  }

  async propose(change: ChangeName, { manner, ...plan }: RolloutPlan): Promise<Proposal> {
    this.lateNs = manner?.lateNs ?? 0;
    const own = manner === undefined ? plan : { ...plan, manner: { ...manner, lateNs: 0 } };
    const [others, eds] = await Promise.all([this.others.propose(change, own), this.eds.propose(change, plan)]);
    return {
      ...others,
      difference: {
        resources: [...others.difference.resources, ...eds.difference.resources],
        more: others.difference.more + eds.difference.more,
      },
      encodeNs: others.encodeNs + eds.encodeNs,
    };
  }

  async advance(): Promise<Pushed> {
    const late = async (): Promise<Pushed> => {
      if (this.lateNs > 0) await sleep(this.lateNs / 1e6);
      return later(await this.eds.advance(), this.lateNs);
    };
    return together(...(await Promise.all([this.others.advance(), late()])));
  }

  async rollBack(): Promise<Pushed> {
    return together(...(await Promise.all([this.others.rollBack(), this.eds.rollBack()])));
  }

  private named(component: string): ControlPlaneClient {
    return component === EDS ? this.eds : this.others;
  }
}

/** As seen from when the push went out. */
function later(pushed: Pushed, ns: number): Pushed {
  return { ...pushed, propagationNs: pushed.propagationNs.map((time) => (time === null ? null : time + ns)) };
}

/** A sidecar has acknowledged when it has to both; one that asked a server for nothing is told nothing by it. */
function together(others: Pushed, eds: Pushed): Pushed {
  const places = others.nodes.map((node) => eds.nodes.indexOf(node));
  const added = (one: readonly number[], other: readonly number[]): number[] =>
    one.map((value, index) => value + (other[places[index] ?? -1] ?? 0));
  return {
    nodes: others.nodes,
    propagationNs: others.propagationNs.map((time, index) => {
      const place = places[index] ?? -1;
      const other = place < 0 ? 0 : (eds.propagationNs[place] ?? null);
      return time === null || other === null ? null : Math.max(time, other);
    }),
    bytes: added(others.bytes, eds.bytes),
    resources: added(others.resources, eds.resources),
  };
}

function addedUp(
  one: ControlPlaneReading['prepared'],
  other: ControlPlaneReading['prepared'],
): ControlPlaneReading['prepared'] {
  if (one === undefined || other === undefined) return one ?? other;
  return {
    resources: one.resources + other.resources,
    bytes: one.bytes + other.bytes,
    encodeNs: one.encodeNs + other.encodeNs,
  };
}

/** What the streams of endpoints carried, one for each cluster, is added to the last stream of all else of their sidecar. */
function bySidecar(others: readonly Stream[], eds: readonly Stream[]): Stream[] {
  const rest = new Map<string, Stream>();
  for (const stream of eds) {
    const known = rest.get(stream.node);
    rest.set(stream.node, known === undefined ? stream : sumOf(known, stream));
  }
  return others.map((stream, index) => {
    const own = rest.get(stream.node);
    const isLast = !others.slice(index + 1).some(({ node }) => node === stream.node);
    return own === undefined || !isLast ? stream : sumOf(stream, own);
  });
}

function sumOf(one: Stream, other: Stream): Stream {
  return {
    node: one.node,
    requests: one.requests + other.requests,
    responses: one.responses + other.responses,
    acknowledged: one.acknowledged + other.acknowledged,
    refusals: [...one.refusals, ...other.refusals],
    resources: one.resources + other.resources,
    bytes: one.bytes + other.bytes,
    lastAcknowledged: Math.max(one.lastAcknowledged ?? 0, other.lastAcknowledged ?? 0),
  };
}
