import { Server, ServerCredentials, type ServerDuplexStream, status } from '@grpc/grpc-js';
import type { IstioObject } from '../services/index.ts';
import { BenchError } from '../units/index.ts';
import { Catalogue, sizeOf } from './catalogue.ts';
import { definitions } from './definitions.ts';
import { DIALECTS, type Dialect, type DiscoveryRequest } from './dialect.ts';
import { type Node, readNode } from './node.ts';
import { Session, type Traffic } from './session.ts';

/** What a control plane is made from. */
export interface ControlPlaneSpec {
  readonly objects: readonly IstioObject[];
  readonly address: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Sidecars that will come: what they see is encoded before. */
  readonly expected: readonly Node[];
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

/** How a push went. */
export interface Pushed {
  /** Time from the push until the last acknowledgement, by sidecar, ns; in order of arrival. Null for one that left before. */
  readonly propagationNs: readonly (number | null)[];
  /** Bytes that it sent, by sidecar, in the same order. */
  readonly bytes: readonly number[];
}

type Stream = ServerDuplexStream<DiscoveryRequest, Buffer>;

/** The built-in xDS server: one aggregated stream per sidecar, in either dialect, in plaintext. */
export class ControlPlane implements AsyncDisposable {
  readonly prepared: Prepared;
  private readonly catalogue: Catalogue;
  private readonly clock: () => number;
  private readonly server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  private readonly sessions = new Set<Session>();
  private readonly ended: Traffic[] = [];
  private bound = 0;

  private constructor({ objects, expected, clock }: ControlPlaneSpec) {
    this.clock = clock;
    definitions();
    const from = clock();
    this.catalogue = new Catalogue(objects);
    const snapshots = new Set(expected.map((node) => this.catalogue.snapshotFor(node)));
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

  /** Gives a service other endpoints and tells all sidecars; resolves when the last has acknowledged. */
  async setEndpoints(host: string, endpoints: Parameters<Catalogue['setEndpoints']>[1]): Promise<Pushed> {
    this.catalogue.setEndpoints(host, endpoints);
    return await this.push();
  }

  endpointsOf(host: string): ReturnType<Catalogue['endpointsOf']> {
    return this.catalogue.endpointsOf(host);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.forceShutdown();
  }

  private async push(): Promise<Pushed> {
    const sessions = [...this.sessions];
    const before = sessions.map((session) => session.traffic().bytes);
    const at = this.clock();
    const settled = sessions.map((session) => session.push(this.catalogue.snapshotFor(session.node)));
    const times = await Promise.all(settled);
    return {
      propagationNs: times.map((time) => (time === undefined ? null : time - at)),
      bytes: sessions.map((session, index) => session.traffic().bytes - (before[index] ?? 0)),
    };
  }

  private offer(dialect: Dialect): void {
    const method = {
      path: dialect.path,
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
    const session = new Session(read, this.catalogue.snapshotFor(read), dialect, {
      clock: this.clock,
      write: (message) => void stream.write(message),
    });
    this.sessions.add(session);
    return session;
  }
}
