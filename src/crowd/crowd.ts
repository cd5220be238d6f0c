import { CLIENT_DIALECTS, type DialectName } from '../xds/index.ts';
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
/** For one member to have everything: istiod admits few streams a second, and has whoever is too many ask again. */
const PATIENCE_MS = 120_000;

/** Sidecars without proxies, each with a socket of its own, until it is disposed. */
export class Crowd implements Disposable {
  private readonly members: readonly Member[];
  private readonly took: Pick<CrowdFigures, 'wholeNs' | 'memberNs'>;

  private constructor(members: readonly Member[], took: Pick<CrowdFigures, 'wholeNs' | 'memberNs'>) {
    this.members = members;
    this.took = took;
  }

  /** Brings it up; resolves when every member has everything. @throws Error where one has not within two minutes. */
  static async join(spec: CrowdSpec): Promise<Crowd> {
    const members = Array.from({ length: spec.members }, (_, index) => memberOf(spec, index));
    const memberNs = members.map(() => 0);
    const from = now();
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let index = next++; index < members.length; index = next++) {
        const asked = now();
        await members[index]?.join(PATIENCE_MS);
        memberNs[index] = now() - asked;
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_A_TIME }, worker));
    } catch (error) {
      for (const member of members) member.leave();
      throw error;
    }
    return new Crowd(members, { wholeNs: now() - from, memberNs });
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

/** ns, from an instant of this process. */
function now(): number {
  return Math.round(performance.now() * 1e6);
}

function memberOf({ server, dialect, namespace, app, address = '127.0.0.1' }: CrowdSpec, index: number): Member {
  const id = `sidecar~${address}~${app}-${index}.${namespace}~${namespace}.svc.cluster.local`;
  return new Member({ server, node: { id, namespace, app }, dialect: CLIENT_DIALECTS[dialect] });
}
