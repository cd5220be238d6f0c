import type { Dialect, DiscoveryRequest } from './dialect.ts';
import type { Node } from './node.ts';
import { difference, type ResourceMap, type Snapshot, union } from './resources.ts';
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
}

interface Step {
  readonly kind: Kind;
  readonly map: ResourceMap;
  /** Names that are sent in any case. */
  readonly again: readonly string[];
}

const MOST_REFUSALS = 20;

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
  private steps: Step[] = [];
  private pushing: Kind | undefined;
  private settled: ((at: number | undefined) => void) | undefined;
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
    this.current = { ...snapshot };
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
  push(snapshot: Snapshot): Promise<number | undefined> {
    const from = this.current;
    const step = (kind: Kind, map: ResourceMap, again: readonly string[] = []): Step => ({ kind, map, again });
    this.steps = [
      step('cluster', union(from.cluster, snapshot.cluster)),
      // A cluster that was sent anew waits for its endpoints, though they are the same.
      step('endpoint', snapshot.endpoint, difference(from.cluster, snapshot.cluster).changed),
      step('listener', snapshot.listener),
      step('route', snapshot.route),
      step('cluster', snapshot.cluster),
    ];
    this.settled?.(undefined);
    return new Promise((resolve) => {
      this.settled = resolve;
      this.pushing = undefined;
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
    const content = watch.request(request, this.current[kind]);
    if (content !== undefined) this.send(kind, content);
  }

  private goOn(refused: boolean): void {
    this.pushing = undefined;
    if (refused) this.steps = [];
    this.advance();
  }

  private advance(): void {
    for (let step = this.steps.shift(); step !== undefined; step = this.steps.shift()) {
      this.current[step.kind] = step.map;
      // What a new cluster or listener will ask for must be there when it does.
      const next = this.steps[0];
      if (next !== undefined && next.kind !== 'cluster' && step.kind !== 'endpoint') this.current[next.kind] = next.map;
      const content = this.watches.get(step.kind)?.update(step.map, step.again);
      if (content === undefined) continue;
      this.pushing = step.kind;
      this.send(step.kind, content);
      return;
    }
    this.settled?.(this.surroundings.clock());
    this.settled = undefined;
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
