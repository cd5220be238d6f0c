import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import { type ClientDialect, type ClientNode, type Kind, TYPE_URLS } from '../xds/index.ts';

/** How a member of a crowd takes part. */
export interface MemberSpec {
  /** `address:port` of the control plane. */
  readonly server: string;
  readonly node: ClientNode;
  readonly dialect: ClientDialect;
  /** ns. */
  readonly clock: () => number;
}

/** Each channel opens a socket of its own, and whole configurations are large. */
const CHANNEL = { 'grpc.use_local_subchannel_pool': 1, 'grpc.max_receive_message_length': -1 } as const;

/** Of these nothing is sent but what is named. */
const NAMED: Readonly<Partial<Record<Kind, Kind>>> = { cluster: 'endpoint', listener: 'route' };

/** Envoy's own: a random part of it, which doubles with every stream that ended before everything was there. */
const BACKOFF_MS = 500;
const MOST_BACKOFF_MS = 30_000;

/**
 * A sidecar without a proxy: it asks for everything as Envoy does, acknowledges what it gets, and forgets it but for the
 * names. Where its stream ends it asks again, as Envoy does. Light enough for hundreds in a process.
 */
export class Member {
  /** Of all streams, by now. */
  responses = 0;
  bytes = 0;
  resources = 0;
  /** When the last answer came, by the crowd's clock. */
  lastHeard = 0;
  /** Streams that the control plane refused, or that were lost. */
  lost = 0;
  readonly spec: MemberSpec;
  private readonly client: Client;
  private stream: ClientDuplexStream<Buffer, Buffer> | undefined;
  private readonly names = new Map<Kind, Set<string>>();
  /** Kinds that were asked for, until the first answer. */
  private readonly unanswered = new Set<Kind>();
  private introduced = false;
  private inVain = 0;
  private left = false;
  private lastError = 'no answer';
  private settle: (() => void) | undefined;

  constructor(spec: MemberSpec) {
    this.spec = spec;
    this.client = new Client(spec.server, credentials.createInsecure(), CHANNEL);
  }

  /** Asks for everything; resolves when there is a first answer to all that was asked for. @throws Error where there is none in time. */
  async join(patienceMs: number): Promise<void> {
    const whole = new Promise<true>((resolve) => {
      this.settle = () => resolve(true);
    });
    this.ask();
    const late = new AbortController();
    const came = await Promise.race([whole, sleep(patienceMs, false, { signal: late.signal })]);
    late.abort();
    if (!came)
      throw new Error(`${this.spec.node.id} was not told everything in ${patienceMs / 1000} s: ${this.lastError}`);
  }

  leave(): void {
    this.left = true;
    this.stream?.cancel();
    this.client.close();
  }

  private ask(): void {
    this.introduced = false;
    this.names.clear();
    this.unanswered.clear();
    const same = (bytes: Buffer): Buffer => bytes;
    const stream = this.client.makeBidiStreamRequest(this.spec.dialect.path, same, same);
    this.stream = stream;
    const ended = (reason: string): void => {
      if (this.stream === stream) this.askAgain(reason);
    };
    stream.on('data', (bytes: Buffer) => this.take(bytes));
    stream.on('error', ({ message }: Error) => ended(message));
    stream.on('end', () => ended('the stream ended'));
    this.askOf('cluster', []);
    this.askOf('listener', []);
  }

  private askAgain(reason: string): void {
    this.stream = undefined;
    if (this.left) return;
    this.lost += 1;
    this.lastError = reason;
    const wait = Math.random() * Math.min(BACKOFF_MS * 2 ** this.inVain, MOST_BACKOFF_MS);
    this.inVain += 1;
    setTimeout(() => {
      if (!this.left) this.ask();
    }, wait).unref();
  }

  private take(bytes: Buffer): void {
    this.responses += 1;
    this.bytes += bytes.length;
    this.lastHeard = this.spec.clock();
    const { kind, nonce, names } = this.spec.dialect.readAnswer(bytes);
    this.resources += names.length;
    if (kind === undefined) return;
    const known = this.names.get(kind) ?? new Set<string>();
    const fresh = names.filter((name) => !known.has(name));
    for (const name of fresh) known.add(name);
    this.names.set(kind, known);
    this.write(kind, this.spec.dialect.name === 'sotw' && NAMED[kind] === undefined ? [...known] : [], nonce);
    const needed = NAMED[kind];
    if (needed !== undefined && fresh.length > 0) this.askFor(needed, fresh);
    this.unanswered.delete(kind);
    if (this.unanswered.size > 0) return;
    this.inVain = 0;
    this.settle?.();
  }

  /** Clusters have endpoints by their own name, but those that istiod gives for no service; listeners have the route of their port. */
  private askFor(kind: Kind, parents: readonly string[]): void {
    const named =
      kind === 'endpoint'
        ? parents.filter((name) => name.startsWith('outbound|'))
        : parents.flatMap((name) => /_(\d+)$/u.exec(name)?.[1] ?? []);
    if (named.length === 0) return;
    const known = this.names.get(kind) ?? new Set<string>();
    this.askOf(kind, this.spec.dialect.name === 'sotw' ? [...new Set([...known, ...named])] : named);
  }

  private askOf(kind: Kind, names: readonly string[]): void {
    if (!this.names.has(kind)) this.unanswered.add(kind);
    this.write(kind, names, '');
  }

  private write(kind: Kind, names: readonly string[], nonce: string): void {
    const node = this.introduced ? undefined : this.spec.node;
    this.introduced = true;
    this.stream?.write(this.spec.dialect.writeRequest({ typeUrl: TYPE_URLS[kind], names, nonce, node }));
  }
}
