import { readlinkSync } from 'node:fs';
import { bootId, startOf } from '../process-start.ts';

/** On everything that a run makes: its id. */
export const RUN_LABEL = 'meshbench.run';
/** The process that made it. */
const MAKER_LABEL = 'meshbench.maker';
/** When, for people. */
const TIME_LABEL = 'meshbench.created';
/** The kind of a container, by which docs/docker.md lists its privileges. */
export const KIND_LABEL = 'meshbench.kind';
/** On images: what they hold, as a hash. */
export const CONTENT_LABEL = 'meshbench.content';

/** The name that images have which were pulled here; each has its digest as tag. */
export const BASE_REPOSITORY = 'meshbench-base';

export type Labels = Readonly<Record<string, string>>;

/** Labels of what this process makes for a run. */
export function labelsOf(run: string): Labels {
  const maker = [process.pid, startOf(process.pid), pidNamespace(), bootId()].join(' ');
  return { [RUN_LABEL]: run, [MAKER_LABEL]: maker, [TIME_LABEL]: new Date().toISOString() };
}

/**
 * True where the process that made it has ended. One in another PID namespace cannot be seen from here: what it made stays,
 * unless the machine was started anew since.
 */
export function isOrphan(labels: Labels): boolean {
  const [pid, start, namespace, boot] = (labels[MAKER_LABEL] ?? '').split(' ');
  if (boot === undefined) return false;
  if (boot !== bootId()) return true;
  return namespace === pidNamespace() && startOf(Number(pid)) !== start;
}

function pidNamespace(): string {
  return readlinkSync('/proc/self/ns/pid');
}
