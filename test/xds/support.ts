import { type IstioObject, serviceEntry } from '../../src/services/index.ts';
import { Catalogue } from '../../src/xds/catalogue.ts';
import { messageType } from '../../src/xds/definitions.ts';
import { DIALECTS, type DialectName, type DiscoveryRequest } from '../../src/xds/dialect.ts';
import type { Node } from '../../src/xds/node.ts';
import type { Snapshot } from '../../src/xds/resources.ts';
import { Session } from '../../src/xds/session.ts';
import { type Kind, kindOf, TYPE_URLS } from '../../src/xds/types.ts';

export const NODE: Node = {
  id: 'sidecar~127.0.0.1~client.default~default.svc.cluster.local',
  namespace: 'default',
  domain: 'default.svc.cluster.local',
  labels: { app: 'client' },
  cluster: 'Kubernetes',
  mode: 'REDIRECT',
};

/** Services by name, each with a port of its own and the addresses given. */
export function entries(services: Readonly<Record<string, readonly string[]>>): readonly IstioObject[] {
  return Object.entries(services).map(([name, addresses], index) =>
    serviceEntry(name, 'default', { port: 8000 + index, addresses }),
  );
}

export function snapshotOf(services: Readonly<Record<string, readonly string[]>>): Snapshot {
  return new Catalogue(entries(services)).snapshotFor(NODE);
}

export function clusterOf(name: string, port: number): string {
  return `outbound|${port}||${name}.default.svc.cluster.local`;
}

/** What an answer held. */
export interface Told {
  readonly kind: Kind;
  readonly names: readonly string[];
  readonly removed: readonly string[];
  readonly nonce: string;
}

/** A client that asks a session and keeps its answers; time goes on by one at every look at the clock. */
export class Client {
  readonly session: Session;
  readonly told: Told[] = [];
  private readonly name: DialectName;
  /** What the session does later, once a test says so. */
  private readonly waiting: (() => void)[] = [];
  private now = 0;
  private looked = 0;

  constructor(snapshot: Snapshot, name: DialectName, waitsForUnknown = false) {
    this.name = name;
    const dialect = DIALECTS.find((one) => one.name === name);
    if (dialect === undefined) throw new RangeError(name);
    this.session = new Session(NODE, snapshot, dialect, {
      clock: () => {
        this.now += 1;
        return this.now;
      },
      write: (message) => void this.told.push(read(message, name)),
      later: (_ns, action) => void this.waiting.push(action),
      waitsForUnknown,
    });
  }

  ask(kind: Kind, request: Partial<DiscoveryRequest> = {}): void {
    this.session.receive({
      node: undefined,
      typeUrl: TYPE_URLS[kind],
      nonce: '',
      error: undefined,
      names: [],
      unsubscribed: [],
      known: new Map(),
      ...request,
    });
  }

  /** Lets the time pass that the session waits for. */
  pass(): void {
    for (const action of this.waiting.splice(0)) action();
  }

  /** Acknowledges the last answer, or that of a kind; in state of the world with the names that are still wanted. */
  acknowledge(names: readonly string[] = [], kind = this.told.at(-1)?.kind, error?: string): void {
    const last = this.told.findLast((one) => one.kind === kind);
    const wanted = this.name === 'delta' ? [] : names;
    if (last !== undefined) this.ask(last.kind, { nonce: last.nonce, names: wanted, error });
  }

  /** Asks for endpoints or routes of these names besides those it has. */
  askFor(kind: Kind, fresh: readonly string[], known: readonly string[]): void {
    const nonce = this.told.findLast((one) => one.kind === kind)?.nonce ?? '';
    this.ask(kind, this.name === 'delta' ? { names: fresh } : { names: [...known, ...fresh], nonce });
  }

  /** The answers since the last look, as `kind: names -removed`. */
  look(): readonly string[] {
    const answers = this.told.slice(this.looked);
    this.looked = this.told.length;
    return answers.map(({ kind, names, removed }) =>
      [`${kind}:`, ...names, ...removed.map((name) => `-${name}`)].join(' '),
    );
  }
}

function read(message: Buffer, dialect: DialectName): Told {
  const name = dialect === 'delta' ? 'DeltaDiscoveryResponse' : 'DiscoveryResponse';
  const decoded = messageType(`envoy.service.discovery.v3.${name}`).decode(message) as unknown as {
    readonly type_url: string;
    readonly nonce: string;
    readonly removed_resources?: readonly string[];
    readonly resources: readonly { readonly name?: string; readonly value?: Uint8Array }[];
  };
  const kind = kindOf(decoded.type_url) ?? 'cluster';
  const names = decoded.resources.map((one) => one.name ?? nameIn(kind, one.value));
  return { kind, names, removed: decoded.removed_resources ?? [], nonce: decoded.nonce };
}

function nameIn(kind: Kind, value: Uint8Array = new Uint8Array()): string {
  const message = messageType(TYPE_URLS[kind].slice('type.googleapis.com/'.length)).decode(value) as unknown as {
    readonly name?: string;
    readonly cluster_name?: string;
  };
  return message.name ?? message.cluster_name ?? '';
}
