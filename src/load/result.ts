/** How a request ended. One name each; `ok` is the only success. */
export const OUTCOMES = [
  'ok',
  'status',
  'exception',
  'applicationException',
  'protocol',
  'timeout',
  'connection',
  'unsent',
] as const;

/**
 * - `ok`: a complete answer that the protocol calls a success
 * - `status`: a complete answer that it calls a failure (HTTP: outside 200–399; gRPC: a grpc-status other than 0)
 * - `exception`: a Thrift reply that is a declared exception
 * - `applicationException`: a TApplicationException, of the server or of a proxy, or a reply without its result
 * - `protocol`: an answer that cannot be understood
 * - `timeout`: no complete answer within the time-out after it was sent
 * - `connection`: the connection, or the request's stream on it, closed or failed while the request was under way
 * - `unsent`: no connection was free for it before the trial ended
 */
export type Outcome = (typeof OUTCOMES)[number];

/** The four latencies of a request, each with a histogram of its own. */
export const LATENCIES = ['response', 'service', 'queueWait', 'releaseLag'] as const;

/**
 * - `response`: done − intended, of `ok` requests: the headline
 * - `service`: done − sent, of `ok` requests
 * - `queueWait`: sent − released, of sent requests: the system's doing
 * - `releaseLag`: released − intended, of all requests: ours
 */
export type Latency = (typeof LATENCIES)[number];

/** HdrHistogram V2 base64, values in ns: plain as an agent says it, compressed in a record. */
export type Histograms = Readonly<Record<Latency, string>>;

/** Requests by outcome; absent is zero. */
export type OutcomeCounts = Readonly<Partial<Record<Outcome, number>>>;

/** What one agent saw in one second of the measurement; a request belongs to the second in which it ended. */
export interface Interval {
  /** From 0 at the start of the measurement; what ends after the measurement is in the last seconds beyond it. */
  readonly second: number;
  readonly histograms: Histograms;
  readonly outcomes: OutcomeCounts;
}

/** A request that did not succeed. Instants in ns from the start of the measurement; null where it never came so far. */
export interface FailedRequest {
  readonly intended: number;
  readonly released: number | null;
  readonly sent: number | null;
  readonly done: number | null;
  readonly outcome: Exclude<Outcome, 'ok'>;
  /** What was seen: a status, an error code, the reason of a protocol error. */
  readonly detail: string;
  /** Number of the connection that carried it; null where none did. */
  readonly connection: number | null;
  /** Of the first that were not understood: bytes of the answer, in base64, 256 at most. */
  readonly bytes?: string | undefined;
}

/** Gaps between two turns of the loop: time in which nothing could have been released or read. */
export interface LoopGaps {
  /** Gaps longer than 1 ms. */
  readonly over1ms: number;
  /** Their sum in ns. */
  readonly over1msNs: number;
  readonly maxNs: number;
}

/** Connections over the measurement. */
export interface ConnectionCounts {
  readonly opened: number;
  /** Closed by the other side, in good order or not. */
  readonly closedByPeer: number;
  /** Attempts that failed. */
  readonly refused: number;
}

/** Requests over a whole trial by outcome, warm-up included: what proxies count does not begin anew with the measurement. */
export interface OverallCounts extends OutcomeCounts {
  readonly sent: number;
}

/** Requests that were intended within a short while from a mark on, as they ended; all lists have an entry for each. */
export interface MarkedRequests {
  /** The mark, ns from the start of the measurement. */
  readonly at: number;
  /** ns from the start of the measurement. */
  readonly intended: number[];
  /** done − sent, ns; null where it failed. */
  readonly serviceNs: (number | null)[];
  /** The number of the endpoint that its connection goes to. */
  readonly endpoint: number[];
}

/** What one agent says at the end; the sum of its intervals must equal it. */
export interface LoadTotal {
  /** Requests of its slice that were intended within the measurement. */
  readonly planned: number;
  readonly histograms: Histograms;
  readonly outcomes: OutcomeCounts;
  /** First ones kept, the rest counted. */
  readonly failed: readonly FailedRequest[];
  readonly failedOverflow: number;
  readonly loopGaps: LoopGaps;
  readonly connections: ConnectionCounts;
  /** From the loss of a connection until it stood again, over all attempts: HdrHistogram as in {@link Histograms}. */
  readonly reconnects: string;
  readonly overall: OverallCounts;
  /** Answers by version tag of the application; empty without tags. */
  readonly versions: Readonly<Record<string, number>>;
  /** When the last request ended, ns from the start of the measurement. */
  readonly lastDone: number;
  /** Absent where no marks were asked for. */
  readonly firsts?: MarkedRequests[] | undefined;
}
