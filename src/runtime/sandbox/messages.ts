import type { ObservationRequest, UsageSample } from '../../metrics/index.ts';
import type { Nanos } from '../../units/index.ts';
import type { ExecResult, HostSpec, HttpAnswer, ProcessExit, ProcessSignal, ProcessSpec } from '../runtime.ts';
import type { CpuGroup } from './cgroup.ts';

/**
 * What the command line and the supervisor say to each other: one JSON object a line, requests on the supervisor's
 * stdin, answers and notices on its stdout.
 */
export interface Requests {
  readonly host: { readonly args: HostSpec; readonly result: null };
  readonly dropHost: { readonly args: { readonly host: string }; readonly result: null };
  readonly start: {
    readonly args: { readonly host: string; readonly spec: ProcessSpec; readonly group: CpuGroup | undefined };
    readonly result: { readonly pid: number };
  };
  readonly send: { readonly args: { readonly process: string; readonly line: string }; readonly result: null };
  readonly signal: {
    readonly args: { readonly process: string; readonly signal: ProcessSignal };
    readonly result: Nanos;
  };
  readonly exec: {
    readonly args: { readonly host: string; readonly argv: readonly string[]; readonly timeoutMs: number };
    readonly result: ExecResult;
  };
  readonly writeFile: { readonly args: { readonly path: string; readonly content: string }; readonly result: null };
  readonly readFile: { readonly args: { readonly path: string }; readonly result: string };
  readonly get: {
    readonly args: { readonly socket: string; readonly url: string; readonly timeoutMs: number };
    readonly result: HttpAnswer;
  };
  readonly observe: { readonly args: ObservationRequest; readonly result: readonly UsageSample[] };
}

export type RequestName = keyof Requests;

export interface RequestMessage<N extends RequestName = RequestName> {
  readonly id: number;
  readonly do: N;
  readonly args: Requests[N]['args'];
}

export type SupervisorMessage =
  /** The namespaces are prepared; requests may come. */
  | { readonly notice: 'up' }
  | { readonly notice: 'broken'; readonly reason: string }
  | { readonly answer: number; readonly result: unknown }
  | { readonly answer: number; readonly error: string }
  | { readonly notice: 'line'; readonly process: string; readonly line: string }
  | { readonly notice: 'exit'; readonly process: string; readonly exit: ProcessExit };

/** What the supervisor is started with, as its one argument. */
export interface SupervisorOptions {
  /** Existing paths below folders that the sandbox covers; each is bound back in at its own place. */
  readonly readable: readonly string[];
}

/** Folders that the sandbox covers with memory of its own, so that nothing is left on the machine. */
export const COVERED: readonly string[] = ['/run', '/tmp', '/dev/shm'];
