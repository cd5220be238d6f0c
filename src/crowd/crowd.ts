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
}

/** So many ask for everything at a time: as pods come up one after the other, and not to hold every answer at once. */
const AT_A_TIME = 20;

/** Sidecars without proxies, each with a socket of its own, until it is disposed. */
export class Crowd implements Disposable {
  private readonly members: readonly Member[];

  private constructor(members: readonly Member[]) {
    this.members = members;
  }

  /** Brings it up; resolves when every member has everything. @throws Error where a stream ends before. */
  static async join({ members, dialect, server, namespace, app }: CrowdSpec): Promise<Crowd> {
    const all = Array.from({ length: members }, (_, index) => {
      const id = `sidecar~127.0.0.1~${app}-${index}.${namespace}~${namespace}.svc.cluster.local`;
      return new Member({ server, node: { id, namespace, app }, dialect: CLIENT_DIALECTS[dialect] });
    });
    for (let from = 0; from < members; from += AT_A_TIME)
      await Promise.all(all.slice(from, from + AT_A_TIME).map((member) => member.join()));
    return new Crowd(all);
  }

  [Symbol.dispose](): void {
    for (const member of this.members) member.leave();
  }
}
