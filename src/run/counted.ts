import { setTimeout as sleep } from 'node:timers/promises';
import type { OverallCounts } from '../load/index.ts';
import type { Mesh } from '../mesh/index.ts';
import { monotonicNow } from '../metrics/index.ts';
import { BenchError, fromSeconds } from '../units/index.ts';
import type { Deployment } from './deploy.ts';
import { checkPath } from './path-check.ts';
import { reconcile } from './reconcile.ts';

/** What the proxies and the packet rules of a mesh have counted. */
export interface Counted {
  readonly proxies: Awaited<ReturnType<Deployment['counters']>>;
  readonly packets: Awaited<ReturnType<Deployment['packets']>>;
}

/** A proxy counts what it has read, and a oneway is done for the load as soon as the kernel has taken it. */
const BEHIND_AT_MOST = fromSeconds(1);
const POLL_MS = 20;

/**
 * Reads what was counted in a mesh until it agrees with what the load saw of the whole trial, for a second at most.
 * @throws BenchError as {@link checkPath} and {@link reconcile} where it still does not.
 */
export async function readCounted(
  mesh: Mesh,
  seen: OverallCounts,
  deployment: Pick<Deployment, 'counters' | 'packets'>,
): Promise<Counted> {
  for (const deadline = monotonicNow() + BEHIND_AT_MOST; ; await sleep(POLL_MS)) {
    const [proxies, packets] = await Promise.all([deployment.counters(), deployment.packets()]);
    try {
      checkPath(mesh, seen, proxies, packets);
      reconcile(mesh, seen, proxies);
      return { proxies, packets };
    } catch (error) {
      if (!(error instanceof BenchError) || monotonicNow() >= deadline) throw error;
    }
  }
}
