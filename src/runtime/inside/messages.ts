import type { Nanos } from '../../units/index.ts';
import type { ExecResult, HttpAnswer, ProcessExit, ProcessSignal, ProcessSpec } from '../runtime.ts';

/**
 * What can be asked of a process that starts others where they belong: the sandbox's supervisor, a container's init.
 * Both sides speak JSON, one object a line: requests on its stdin, answers and notices on its stdout.
 */
export interface ProcessRequests {
  readonly send: { readonly args: { readonly process: string; readonly line: string }; readonly result: null };
  readonly signal: {
    readonly args: { readonly process: string; readonly signal: ProcessSignal };
    readonly result: Nanos;
  };
  readonly workersFirst: { readonly args: { readonly process: string }; readonly result: null };
  readonly writeFile: { readonly args: { readonly path: string; readonly content: string }; readonly result: null };
  readonly readFile: { readonly args: { readonly path: string }; readonly result: string };
  readonly get: {
    readonly args: { readonly socket: string; readonly url: string; readonly timeoutMs: number };
    readonly result: HttpAnswer;
  };
}

/** Requests of a container's init. */
export interface InitRequests extends ProcessRequests {
  readonly start: {
    readonly args: { readonly name: string; readonly spec: ProcessSpec };
    readonly result: { readonly pid: number };
  };
  readonly exec: {
    readonly args: { readonly argv: readonly string[]; readonly timeoutMs: number };
    readonly result: ExecResult;
  };
}

/** Any table of requests by name. */
export type Table = Readonly<Record<string, { readonly args: unknown; readonly result: unknown }>>;

export interface RequestMessage<T, N extends keyof T = keyof T> {
  readonly id: number;
  readonly do: N;
  readonly args: T[N] extends { readonly args: infer A } ? A : never;
}

/** What is said without being asked: about a process, or about the speaker itself. */
export type Notice =
  | { readonly notice: 'line'; readonly process: string; readonly line: string }
  | { readonly notice: 'exit'; readonly process: string; readonly exit: ProcessExit };

/** The first word of the inner process: it is ready and requests may come, or it cannot be. */
export type FirstWord =
  | { readonly notice: 'up'; readonly bootId: string }
  | { readonly notice: 'broken'; readonly reason: string };

export type InnerMessage =
  | Notice
  | FirstWord
  | { readonly answer: number; readonly result: unknown }
  | { readonly answer: number; readonly error: string };
