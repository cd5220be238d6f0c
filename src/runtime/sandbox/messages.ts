import type { ObservationRequest, UsageSample } from '../../metrics/index.ts';
import type { ProcessRequests } from '../inside/messages.ts';
import type { ExecResult, HostSpec, ProcessSpec } from '../runtime.ts';
import type { CpuGroup } from './cgroup.ts';

/**
 * What the command line and the supervisor say to each other: one JSON object a line, requests on the supervisor's
 * stdin, answers and notices on its stdout.
 */
export interface Requests extends ProcessRequests {
  readonly host: { readonly args: HostSpec; readonly result: null };
  readonly dropHost: { readonly args: { readonly host: string }; readonly result: null };
  readonly start: {
    readonly args: { readonly host: string; readonly spec: ProcessSpec; readonly group: CpuGroup | undefined };
    readonly result: { readonly pid: number };
  };
  readonly exec: {
    readonly args: { readonly host: string; readonly argv: readonly string[]; readonly timeoutMs: number };
    readonly result: ExecResult;
  };
  readonly observe: { readonly args: ObservationRequest; readonly result: readonly UsageSample[] };
}

/** What the supervisor is started with, as its one argument. */
export interface SupervisorOptions {
  /** Existing paths below folders that the sandbox covers; each is bound back in at its own place. */
  readonly readable: readonly string[];
}

/** Folders that the sandbox covers with memory of its own, so that nothing is left on the machine. */
export const COVERED: readonly string[] = ['/run', '/tmp', '/dev/shm'];
