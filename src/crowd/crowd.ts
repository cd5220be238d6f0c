import { setTimeout as sleep } from 'node:timers/promises';
import { CLIENT_DIALECTS, type DialectName, type Pushed } from '../xds/index.ts';
import { Member } from './member.ts';

/** A crowd to bring up. */
export interface CrowdSpec {
  /** `address:port` of the control plane. */
  readonly server: string;
  readonly members: number;
  readonly dialect: DialectName;
  readonly namespace: string;
  /** The workload that they claim to be beside, by which a Sidecar object selects them. */
  readonly app: string;
  /** The address that they all claim to have; loopback where it is not said. */
  readonly address?: string;
  /** ns; of this process alone where it is not said. */
  readonly clock?: () => number;
}

/** What a crowd took, and was told. */
export interface CrowdFigures {
  /** From the first question until the last member had everything, ns. */
  readonly wholeNs: number;
  /** The same of each member, from its own first question. */
  readonly memberNs: readonly number[];
  /** Streams that the control plane refused, or that were lost, and what all have received by now. */
  readonly lost: number;
  readonly responses: number;
  readonly bytes: number;
}

/** So many ask for everything at a time: as pods come up one after the other, and not to hold every answer at once. */
const AT_A_TIME = 20;
/** A push is over when nothing followed for so long: a kind of resource of thousands of services is built as long as that. */
const QUIET_NS = 1e9;
/** Who is told of a change at all is told within it: istiod gathers changes for 100 ms after the last of them. */
const MOST_TOLD_NS = 10e9;
const POLL_MS = 5;
/** For one member to have everything: istiod admits few streams a second, and has whoever is too many ask again. */
const PATIENCE_MS = 120_000;

/** Sidecars without proxies, each with a socket of its own, until it is disposed. */
export class Crowd implements Disposable {
  private readonly members: readonly Member[];
  private readonly took: Pick<CrowdFigures, 'wholeNs' | 'memberNs'>;
  private readonly clock: () => number;
  private counted: readonly Counted[];

  private constructor(
    members: readonly Member[],
    took: Pick<CrowdFigures, 'wholeNs' | 'memberNs'>,
    clock: () => number,
  ) {
    this.members = members;
    this.took = took;
    this.clock = clock;
    this.counted = members.map(countedOf);
  }

  /** Brings it up; resolves when every member has everything. @throws Error where one has not within two minutes. */
  static async join(spec: CrowdSpec): Promise<Crowd> {
    const { clock = ofThisProcess } = spec;
    const members = Array.from({ length: spec.members }, (_, index) => memberOf(spec, index, clock));
    const memberNs = members.map(() => 0);
    const from = clock();
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let index = next++; index < members.length; index = next++) {
        const asked = clock();
        await members[index]?.join(PATIENCE_MS);
        memberNs[index] = clock() - asked;
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_A_TIME }, worker));
    } catch (error) {
      for (const member of members) member.leave();
      throw error;
    }
    return new Crowd(members, { wholeNs: clock() - from, memberNs }, clock);
  }

  /**
   * What members are told of a change that was made at an instant of the clock: resolves when each has heard something since
   * and then nothing for a while. Who hears nothing in ten seconds is told of nothing: its time is null.
   */
  async told(since: number): Promise<Pushed> {
    const pending = (): boolean => {
      const now = this.clock();
      return this.members.some(({ lastHeard }) => lastHeard < since || now - lastHeard < QUIET_NS);
    };
    while (pending() && this.clock() - since < MOST_TOLD_NS) await sleep(POLL_MS);
    const [before, after] = [this.counted, this.members.map(countedOf)];
    this.counted = after;
    const more = (of: keyof Counted): number[] => after.map((one, index) => one[of] - (before[index]?.[of] ?? 0));
    return {
      nodes: this.members.map(({ spec }) => spec.node.id),
      propagationNs: this.members.map(({ lastHeard }) => (lastHeard < since ? null : lastHeard - since)),
      bytes: more('bytes'),
      resources: more('resources'),
    };
  }

  /** By now. */
  figures(): CrowdFigures {
    const sum = (of: (member: Member) => number): number =>
      this.members.reduce((total, member) => total + of(member), 0);
    return {
      ...this.took,
      lost: sum(({ lost }) => lost),
      responses: sum(({ responses }) => responses),
      bytes: sum(({ bytes }) => bytes),
    };
  }

  [Symbol.dispose](): void {
    for (const member of this.members) member.leave();
  }
}

/** What a member had received by some instant. */
type Counted = Pick<Member, 'bytes' | 'resources'>;

function countedOf({ bytes, resources }: Member): Counted {
  return { bytes, resources };
}

function ofThisProcess(): number {
  return Math.round(performance.now() * 1e6);
}

function memberOf(
  { server, dialect, namespace, app, address = '127.0.0.1' }: CrowdSpec,
  index: number,
  clock: () => number,
): Member {
  const id = `sidecar~${address}~${app}-${index}.${namespace}~${namespace}.svc.cluster.local`;
  return new Member({ server, node: { id, namespace, app }, dialect: CLIENT_DIALECTS[dialect], clock });
}
