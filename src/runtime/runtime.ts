import type { ObservationRequest, UsageSample } from '../metrics/index.ts';
import type { RuntimeName } from '../scenario/index.ts';
import type { Nanos } from '../units/index.ts';

/**
 * The port behind which a run's hosts live: `sandbox` and `docker`, a folder each that exports a {@link Runtime}. A host is
 * a pod of the topology: processes in it share a network namespace.
 */
export interface Runtime {
  readonly name: RuntimeName;
  /**
   * Makes the place where hosts live. Nothing of it may outlive the process that called, however that ends.
   * @throws BenchError preflight, where the machine forbids it, with the remedies.
   */
  open(options: WorldOptions): Promise<World>;
  /** What its processes cannot have on this machine, and why; undefined where they can. */
  readonly lacks: {
    /** {@link ProcessSpec.cpuQuota}. */
    cpuQuota(): Promise<Lack | undefined>;
    /** {@link ProcessSpec.uid}, of a process that changes its host's network if `netAdmin`. */
    uid(netAdmin: boolean): Promise<Lack | undefined>;
  };
  /**
   * What results depend on beyond the machine, flat, by name; read before anything is measured.
   * @throws BenchError preflight, where this runtime cannot be had here, with the remedies.
   */
  facts(): Promise<Readonly<Record<string, string | number | boolean | null>>>;
}

/** Something that cannot be had here. */
export interface Lack {
  readonly reason: string;
  readonly remedy: string;
}

export interface WorldOptions {
  /** Processors of the harness itself: where the runtime's own processes stay. */
  readonly harnessCpus: readonly number[];
  /** Folders and files of the machine that hosts must be able to read, at the same paths: the program, Node, Envoy. */
  readonly readable: readonly string[];
  /** Programs, by their paths here, that containers run out of a public image; all others are packed. The sandbox runs all by path. */
  readonly images?: ReadonlyMap<string, ProgramImage>;
}

/** A program in an image of a registry. */
export interface ProgramImage {
  /** `name[:tag]@sha256:…` */
  readonly image: string;
  /** Absolute, in the image. */
  readonly path: string;
}

/** A place with a network of its own, in which hosts can be made. */
export interface World extends AsyncDisposable {
  /** Makes one host with the given address. */
  host(spec: HostSpec): Promise<Host>;
  /** Samples processes and machine at the given instants; all hosts on the same clock. */
  observe(request: ObservationRequest): Promise<readonly UsageSample[]>;
  /** Settles when the world itself ended, planned or not; never rejects. */
  readonly closed: Promise<{ readonly reason: string }>;
}

export interface HostSpec {
  readonly name: string;
  /** IPv4 address within 198.18.0.0/15, the range reserved for benchmarks (RFC 2544). */
  readonly address: string;
  /** Absolute path of {@link Host.folder} as the host's processes see it. */
  readonly folder: string;
  /** Name of the host made before whose network it shares; its address is one more there. Undefined has a network of its own. */
  readonly joins: string | undefined;
  /** False lifts what filters its processes' system calls, where the runtime has such a filter. */
  readonly seccomp: boolean;
  /** Sysctls of the host's network namespace. */
  readonly sysctls: Readonly<Record<string, string>>;
}

/** A pod: several processes that share an address, files below {@link Host.folder} and a life. */
export interface Host extends AsyncDisposable {
  readonly name: string;
  readonly address: string;
  /** Path of a folder that the host's processes can read and write, on memory only; it goes away with the host. */
  readonly folder: string;
  start(spec: ProcessSpec): Promise<HostProcess>;
  /** Runs a short command in the host to its end; it needs no privilege and has none. */
  exec(argv: readonly string[], timeout: Nanos): Promise<ExecResult>;
  /**
   * Runs commands that change or read the rules of the host's network, in order, up to the first that fails; with the
   * results of those that ran. `timeout` is for each.
   */
  administer(commands: readonly (readonly string[])[], timeout: Nanos): Promise<readonly ExecResult[]>;
  /** Lets processes of this user read what is in {@link folder} by now. */
  share(uid: number, timeout: Nanos): Promise<ExecResult>;
  writeFile(path: string, content: string): Promise<void>;
  readFile(path: string): Promise<string>;
  /** One HTTP GET over a Unix socket below {@link Host.folder}: how proxies are asked for readiness and counters. */
  get(socket: string, url: string, timeout: Nanos): Promise<HttpAnswer>;
}

export interface ProcessSpec {
  /** Unique in the host; usage and events name `host.process`. */
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cpus: readonly number[];
  /** Scheduling priority; below 0 needs root and is otherwise left at 0. */
  readonly nice: number;
  /**
   * `realtime` is SCHED_RR: it runs before all others on its processors, and needs root; `idle` is SCHED_IDLE: it runs
   * where nothing else wants to.
   */
  readonly scheduling: 'normal' | 'realtime' | 'idle';
  /** User to run as, which keeps NET_ADMIN at most; needs root. Undefined is the host's own. */
  readonly uid: number | undefined;
  /** True where it marks packets or takes them transparently. */
  readonly netAdmin: boolean;
  /** Processors that it may use from its start on, for example 0.5; undefined is unlimited. Does not hold `realtime`. */
  readonly cpuQuota: number | undefined;
}

/** A running process of a host. Its stdin and stdout are a stream of lines. */
export interface HostProcess {
  readonly name: string;
  readonly pid: number;
  /** Sends one line to its stdin. */
  send(line: string): void;
  /** Lines of its stdout, whole, in order. One consumer. */
  readonly lines: AsyncIterable<string>;
  /** Settles when it ended, planned or not; never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Sends a signal; resolves with the instant at which it was sent, on the monotonic clock. */
  signal(name: ProcessSignal): Promise<Nanos>;
  /**
   * Puts the main thread of a `realtime` process back to normal priority, once it has started its workers, which stay. Turns of
   * SCHED_RR are 100 ms long: a main thread that takes new configuration would hold up its own workers' requests for as long
   * wherever both share a processor.
   */
  putWorkersFirst(): Promise<void>;
  /** Ends it and starts another in its place under the same name. */
  replace(spec: ProcessSpec): Promise<HostProcess>;
}

export type ProcessSignal = 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGHUP' | 'SIGUSR1';

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Its last lines on stderr, 8 kB at most. */
  readonly stderr: string;
}

export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}
