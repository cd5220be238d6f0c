import { Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import { type ClientDialect, KINDS, type Kind, TYPE_URLS } from '../xds/index.ts';

/** How a member of a crowd takes part. */
export interface MemberSpec {
  /** `address:port` of the control plane. */
  readonly server: string;
  readonly node: { readonly id: string; readonly namespace: string; readonly app: string };
  readonly dialect: ClientDialect;
}

/** Each channel opens a socket of its own, and whole configurations are large. */
const CHANNEL = { 'grpc.use_local_subchannel_pool': 1, 'grpc.max_receive_message_length': -1 } as const;

/** Of these nothing is sent but what is named. */
const NAMED: Readonly<Partial<Record<Kind, Kind>>> = { cluster: 'endpoint', listener: 'route' };

/** What services of HTTP have. */
const ASKED = KINDS.filter((kind) => kind !== 'thriftRoute');

/**
 * A sidecar without a proxy: it asks for everything as Envoy does, acknowledges what it gets, and forgets it but for the
 * names. Light enough for hundreds in a process.
 */
export class Member {
  private readonly spec: MemberSpec;
  private readonly client: Client;
  private readonly stream: ClientDuplexStream<Buffer, Buffer>;
  private readonly names = new Map<Kind, Set<string>>();
  private introduced = false;
  private settle: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;

  constructor(spec: MemberSpec) {
    this.spec = spec;
    this.client = new Client(spec.server, credentials.createInsecure(), CHANNEL);
    const same = (bytes: Buffer): Buffer => bytes;
    this.stream = this.client.makeBidiStreamRequest(spec.dialect.path, same, same);
    this.stream.on('data', (bytes: Buffer) => this.take(bytes));
    this.stream.on('error', (error: Error) => this.settle?.reject(error));
  }

  /** Asks for everything; resolves when the first answer of every kind is there. */
  async join(): Promise<void> {
    const whole = new Promise<void>((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    this.ask('cluster', []);
    this.ask('listener', []);
    await whole;
  }

  leave(): void {
    this.settle = undefined;
    this.stream.cancel();
    this.client.close();
  }

  private take(bytes: Buffer): void {
    const { kind, nonce, names } = this.spec.dialect.readAnswer(bytes);
    if (kind === undefined) return;
    const known = this.names.get(kind) ?? new Set<string>();
    const fresh = names.filter((name) => !known.has(name));
    for (const name of fresh) known.add(name);
    this.names.set(kind, known);
    this.write(kind, this.spec.dialect.name === 'sotw' && NAMED[kind] === undefined ? [...known] : [], nonce);
    const needed = NAMED[kind];
    if (needed !== undefined && fresh.length > 0) this.askFor(needed, fresh);
    if (ASKED.every((one) => this.names.has(one))) this.settle?.resolve();
  }

  /** Clusters have endpoints by their own name, but those that istiod gives for no service; listeners have the route of their port. */
  private askFor(kind: Kind, parents: readonly string[]): void {
    const named =
      kind === 'endpoint'
        ? parents.filter((name) => name.startsWith('outbound|'))
        : parents.flatMap((name) => /_(\d+)$/u.exec(name)?.[1] ?? []);
    if (named.length === 0) return;
    const known = this.names.get(kind) ?? new Set<string>();
    this.ask(kind, this.spec.dialect.name === 'sotw' ? [...new Set([...known, ...named])] : named);
  }

  private ask(kind: Kind, names: readonly string[]): void {
    this.write(kind, names, '');
  }

  private write(kind: Kind, names: readonly string[], nonce: string): void {
    const node = this.introduced ? undefined : this.spec.node;
    this.introduced = true;
    this.stream.write(this.spec.dialect.writeRequest({ typeUrl: TYPE_URLS[kind], names, nonce, node }));
  }
}
