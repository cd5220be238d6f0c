import type { Dialect, DiscoveryRequest } from './dialect.ts';
import type { Node } from './node.ts';
import { difference, EMPTY, type ResourceMap, type Snapshot, union } from './resources.ts';
import { type Kind, kindOf } from './types.ts';
import { type Content, Watch } from './watch.ts';

/** Something that a sidecar refused, in its own words. */
export interface Refusal {
  readonly kind: Kind;
  readonly message: string;
}

/** What went over a stream. Instants are on the clock that the session was given, ns. */
export interface Traffic {
  readonly node: string;
  readonly requests: number;
  readonly responses: number;
  readonly acknowledged: number;
  readonly refusals: readonly Refusal[];
  readonly resources: number;
  /** Encoded responses. */
  readonly bytes: number;
  readonly lastAcknowledged: number | null;
}

export interface Surroundings {
  readonly clock: () => number;
  readonly write: (message: Buffer) => void;
  /** Calls back after some nanoseconds. */
  readonly later: (ns: number, action: () => void) => void;
  /** Who asks for endpoints of a cluster that is not known here waits until it is; else is told that there are none. */
  readonly waitsForUnknown?: boolean;
}

/**
 * How a push goes about it. `make-before-break` leaves no reference without what it refers to. `endpoints-last` sends
 * routes before the endpoints of the clusters that they lead to, as where EDS is a server of its own that lags behind;
 * `routes-first` sends them before the clusters too.
 */
export interface Manner {
  readonly order: 'make-before-break' | 'endpoints-last' | 'routes-first';
  /** Endpoints of clusters that are new come so much later, ns; who asks before waits. */
  readonly lateNs: number;
}

const SAFE: Manner = { order: 'make-before-break', lateNs: 0 };

interface Step {
  readonly kind: Kind;
  readonly map: ResourceMap;
  /** Names that are sent in any case. */
  readonly again: readonly string[];
  /** False where the next step does not wait for its acknowledgement. */
  readonly awaited: boolean;
}

const MOST_REFUSALS = 20;
const NO_NAMES: readonly string[] = [];
const NOTHING: ReadonlySet<string> = new Set();

/**
 * One stream of a sidecar. Answers what is asked for, and pushes what changes in an order that never leaves a reference
 * without what it refers to: new clusters, their endpoints, listeners, routes, and only then old clusters go; each step
 * when the one before it is acknowledged. A refused step ends its push.
 */
export class Session {
  readonly node: Node;
  private readonly dialect: Dialect;
  private readonly surroundings: Surroundings;
  private readonly watches = new Map<Kind, Watch>();
  /** The answer of each kind that is not acknowledged yet. */
  private readonly waiting = new Map<Kind, string>();
  private readonly refusals: Refusal[] = [];
  private current: Record<Kind, ResourceMap>;
  private onDemand: ResourceMap;
  private steps: Step[] = [];
  private pushing: Kind | undefined;
  private settled: ((at: number | undefined) => void) | undefined;
  /** The step of endpoints that are late, until they may be told. */
  private late: Step | undefined;
  /** Endpoints that are not told yet, though they are asked for. */
  private withheld: ReadonlySet<string> = NOTHING;
  /** Counts pushes. */
  private round = 0;
  private nonce = 0;
  private requests = 0;
  private acknowledged = 0;
  private resources = 0;
  private bytes = 0;
  private lastAcknowledged: number | null = null;

  constructor(node: Node, snapshot: Snapshot, dialect: Dialect, surroundings: Surroundings) {
    this.node = node;
    this.dialect = dialect;
    this.surroundings = surroundings;
    const { onDemand = EMPTY, ...current } = snapshot;
    this.current = current;
    this.onDemand = onDemand;
  }

  receive(request: DiscoveryRequest): void {
    this.requests += 1;
    const kind = kindOf(request.typeUrl);
    if (kind === undefined) return;
    const answered = request.nonce !== '' && this.waiting.get(kind) === request.nonce;
    // In state of the world a request about an answer that another has overtaken says nothing; the next one will.
    const stale = request.nonce !== '' && !answered && this.waiting.has(kind);
    if (answered) this.note(kind, request.error);
    if (!stale || this.dialect.name === 'delta') this.answer(kind, request);
    if (answered && this.pushing === kind) this.goOn(request.error !== undefined);
  }

  /**
   * Brings the sidecar to another snapshot; resolves with the instant of its last acknowledgement, or refusal, and with
   * undefined where it left, or another push came, before.
   */
  push(snapshot: Snapshot, { order, lateNs }: Manner = SAFE): Promise<number | undefined> {
    const from = this.current;
    this.onDemand = snapshot.onDemand ?? EMPTY;
    const plain = { again: NO_NAMES, awaited: true };
    // Envoy acknowledges a cluster once it is warm: whoever holds its endpoints back cannot wait for that.
    const awaited = order === 'make-before-break';
    const clusters: Step = { ...plain, kind: 'cluster', map: union(from.cluster, snapshot.cluster), awaited };
    // A cluster that was sent anew waits for its endpoints, though they are the same.
    const again = difference(from.cluster, snapshot.cluster).changed;
    const endpoints: Step = { kind: 'endpoint', map: snapshot.endpoint, again, awaited: true };
    const listeners: Step = { kind: 'listener', map: snapshot.listener, ...plain };
    const routes: Step = { kind: 'route', map: snapshot.route, ...plain };
    const ofThrift: Step = { kind: 'thriftRoute', map: snapshot.thriftRoute, ...plain };
    const first: Readonly<Record<Manner['order'], readonly Step[]>> = {
      'make-before-break': [clusters, endpoints, listeners, routes, ofThrift],
      'endpoints-last': [clusters, listeners, routes, ofThrift, endpoints],
      'routes-first': [listeners, routes, ofThrift, clusters, endpoints],
    };
    this.steps = [...first[order], { kind: 'cluster', map: snapshot.cluster, ...plain }];
    const inOrder = order === 'make-before-break' && lateNs === 0;
    this.withheld = inOrder ? NOTHING : new Set(difference(from.endpoint, snapshot.endpoint).changed);
    this.settled?.(undefined);
    return new Promise((resolve) => {
      this.settled = resolve;
      this.pushing = undefined;
      this.round += 1;
      this.late = lateNs > 0 ? endpoints : undefined;
      if (lateNs > 0) this.release(endpoints, lateNs);
      this.advance();
    });
  }

  /** The sidecar is gone. */
  end(): void {
    this.steps = [];
    this.settled?.(undefined);
    this.settled = undefined;
  }

  traffic(): Traffic {
    return {
      node: this.node.id,
      requests: this.requests,
      responses: this.nonce,
      acknowledged: this.acknowledged,
      refusals: this.refusals,
      resources: this.resources,
      bytes: this.bytes,
      lastAcknowledged: this.lastAcknowledged,
    };
  }

  private note(kind: Kind, error: string | undefined): void {
    this.waiting.delete(kind);
    if (error === undefined) {
      this.acknowledged += 1;
      this.lastAcknowledged = this.surroundings.clock();
    } else if (this.refusals.length < MOST_REFUSALS) {
      this.refusals.push({ kind, message: error });
    }
  }

  private answer(kind: Kind, request: DiscoveryRequest): void {
    const watch = this.watches.get(kind) ?? new Watch(kind, this.dialect.name);
    this.watches.set(kind, watch);
    const withheld = kind === 'endpoint' ? this.withheldNow() : NOTHING;
    const further = kind === 'cluster' ? this.onDemand : EMPTY;
    const content = watch.request(request, this.current[kind], withheld, further);
    if (content !== undefined) this.send(kind, content);
  }

  /** A server of endpoints alone hears of a cluster from its sidecars first, and answers when it knows it too. */
  private withheldNow(): Pick<ReadonlySet<string>, 'has'> {
    const { withheld } = this;
    if (this.surroundings.waitsForUnknown !== true) return withheld;
    return { has: (name) => withheld.has(name) || !this.current.endpoint.has(name) };
  }

  private goOn(refused: boolean): void {
    this.pushing = undefined;
    if (refused) this.steps = [];
    this.advance();
  }

  private advance(): void {
    for (let step = this.steps.shift(); step !== undefined; step = this.steps.shift()) {
      if (step === this.late) {
        this.steps.unshift(step);
        return;
      }
      this.current[step.kind] = step.map;
      if (step.kind === 'endpoint') this.withheld = NOTHING;
      // What a new cluster or listener will ask for must be there when it does.
      const next = this.steps[0];
      const follows = next !== undefined && next.kind !== 'cluster' && next !== this.late;
      if (follows && step.kind !== 'endpoint') this.current[next.kind] = next.map;
      const content = this.watches.get(step.kind)?.update(step.map, step.again);
      if (content === undefined) continue;
      this.send(step.kind, content);
      if (!step.awaited) continue;
      this.pushing = step.kind;
      return;
    }
    this.settled?.(this.surroundings.clock());
    this.settled = undefined;
  }

  /**
   * Lets endpoints that are late be told after a while, unless another push came meanwhile: also while a step waits for an
   * acknowledgement, which may wait for them.
   */
  private release(endpoints: Step, ns: number): void {
    const { round } = this;
    this.surroundings.later(ns, () => {
      if (this.round !== round || this.settled === undefined) return;
      this.late = undefined;
      if (this.pushing === undefined) {
        this.advance();
        return;
      }
      this.steps = this.steps.filter((step) => step !== endpoints);
      this.withheld = NOTHING;
      this.current.endpoint = endpoints.map;
      const content = this.watches.get('endpoint')?.update(endpoints.map, endpoints.again);
      if (content !== undefined) this.send('endpoint', content);
    });
  }

  private send(kind: Kind, { resources, removed }: Content): void {
    this.nonce += 1;
    const nonce = String(this.nonce);
    this.waiting.set(kind, nonce);
    const message = this.dialect.write({ kind, nonce, resources, removed });
    this.resources += 'size' in resources ? resources.size : resources.length;
    this.bytes += message.length;
    this.surroundings.write(message);
  }
}
