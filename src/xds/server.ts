import { Server, ServerCredentials, type ServerDuplexStream, status } from '@grpc/grpc-js';
import type { Change, IstioObject, ServiceEntry, Sidecar } from '../services/index.ts';
import { BenchError } from '../units/index.ts';
import { Catalogue, type Manners, type Served, sizeOf } from './catalogue.ts';
import { definitions } from './definitions.ts';
import { DIALECTS, type Dialect, type DiscoveryRequest } from './dialect.ts';
import { type Node, readNode } from './node.ts';
import { type Pushed, Rollout, type RolloutPlan } from './rollout.ts';
import { Session, type Traffic } from './session.ts';

/** What a control plane is made from. */
export interface ControlPlaneSpec {
  readonly objects: readonly IstioObject[];
  readonly address: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Sidecars that will come: what they see is encoded before. */
  readonly expected: readonly Node[];
  readonly manners?: Manners;
  /** The instants that are reported, ns. */
  readonly clock: () => number;
}

/** What there is to send, and how long it took to encode. */
export interface Prepared {
  /** Over all sidecars that are expected, those with the same view counted once. */
  readonly resources: number;
  readonly bytes: number;
  readonly encodeNs: number;
}

type Stream = ServerDuplexStream<DiscoveryRequest, Buffer>;

/**
 * The built-in xDS server: one aggregated stream per sidecar, in either dialect, in plaintext; or for endpoints alone a
 * stream for each cluster of each sidecar.
 */
export class ControlPlane implements AsyncDisposable {
  readonly prepared: Prepared;
  /** The state before the push under way. */
  private settled: Catalogue;
  private rollout: Rollout | undefined;
  private readonly clock: () => number;
  private readonly serves: Served;
  private readonly server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  private readonly sessions = new Set<Session>();
  private readonly ended: Traffic[] = [];
  private bound = 0;

  private constructor({ objects, expected, manners, clock }: ControlPlaneSpec) {
    this.clock = clock;
    this.serves = manners?.serves ?? 'all';
    definitions();
    const from = clock();
    this.settled = new Catalogue(objects, manners);
    const snapshots = new Set(expected.map((node) => this.settled.snapshotFor(node)));
    const sizes = [...snapshots].map(sizeOf);
    this.prepared = {
      resources: sizes.reduce((sum, { resources }) => sum + resources, 0),
      bytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0),
      encodeNs: clock() - from,
    };
    for (const dialect of DIALECTS) this.offer(dialect);
  }

  /** @throws BenchError component where the address cannot be had. */
  static async listen(spec: ControlPlaneSpec): Promise<ControlPlane> {
    const plane = new ControlPlane(spec);
    const address = `${spec.address}:${spec.port}`;
    plane.bound = await new Promise<number>((resolve, reject) => {
      plane.server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
        if (error === null) resolve(port);
        else reject(new BenchError('component', 'CONTROL_PLANE_PORT', `cannot listen on ${address}: ${error.message}`));
      });
    });
    return plane;
  }

  get port(): number {
    return this.bound;
  }

  /** What went over every stream, those that ended first. */
  traffic(): readonly Traffic[] {
    return [...this.ended, ...[...this.sessions].map((session) => session.traffic())];
  }

  /** The ServiceEntries, as they are now. */
  serviceEntries(): readonly ServiceEntry[] {
    return this.state.serviceEntries;
  }

  sidecarObjects(): readonly Sidecar[] {
    return this.state.sidecarObjects;
  }

  /**
   * Works out what a change means for the sidecars that are there. Nothing is sent before the rollout advances; the change
   * holds for good once it is over.
   * @throws BenchError component, PUSH_UNDER_WAY, while another is not over.
   */
  propose(change: Change, plan: RolloutPlan): Rollout {
    if (this.rollout !== undefined && !this.rollout.over)
      throw new BenchError('component', 'PUSH_UNDER_WAY', 'another push has not reached all of its groups yet');
    this.settled = this.state;
    this.rollout = new Rollout(this.settled, this.settled.with(change), this.sessions, plan, this.clock);
    return this.rollout;
  }

  /** Tells all sidecars of a change at once; resolves when the last has acknowledged. */
  async push(change: Change): Promise<Pushed> {
    return await this.propose(change, { groups: 1 }).advance();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.forceShutdown();
  }

  /** The state in which sidecars are that no push under way concerns. */
  private get state(): Catalogue {
    return this.rollout?.over === true ? this.rollout.outcome : this.settled;
  }

  private offer(dialect: Dialect): void {
    const method = {
      path: this.serves === 'endpoints' ? dialect.endpointsPath : dialect.path,
      requestStream: true,
      responseStream: true,
      requestSerialize: () => Buffer.alloc(0),
      requestDeserialize: (bytes: Buffer) => dialect.read(bytes),
      responseSerialize: (message: Buffer) => message,
      responseDeserialize: (bytes: Buffer) => bytes,
    };
    this.server.addService(
      { [dialect.name]: method },
      { [dialect.name]: (stream: Stream) => this.serve(stream, dialect) },
    );
  }

  private serve(stream: Stream, dialect: Dialect): void {
    let session: Session | undefined;
    stream.on('data', (request: DiscoveryRequest) => {
      session ??= this.open(request, stream, dialect);
      if (session === undefined)
        stream.emit('error', { code: status.INVALID_ARGUMENT, details: 'the first request names no node' });
      else session.receive(request);
    });
    const close = (): void => {
      if (session === undefined || !this.sessions.delete(session)) return;
      session.end();
      this.ended.push(session.traffic());
    };
    stream.on('end', () => {
      close();
      stream.end();
    });
    stream.on('error', close);
    stream.on('cancelled', close);
  }

  private open({ node }: DiscoveryRequest, stream: Stream, dialect: Dialect): Session | undefined {
    if (node === undefined) return undefined;
    const read = readNode(node);
    const state = this.rollout?.over === false ? this.rollout.stateOf(read.id) : this.state;
    const session = new Session(read, state.snapshotFor(read), dialect, {
      clock: this.clock,
      write: (message) => void stream.write(message),
      later: (ns, action) => void setTimeout(action, ns / 1e6),
      waitsForUnknown: this.serves === 'endpoints',
    });
    this.sessions.add(session);
    return session;
  }
}
