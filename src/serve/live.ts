import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LiveRun, liveUpdate, type SiteRun } from '../report/index.ts';
import type { Catalog } from './catalog.ts';
import { readHead } from './head.ts';
import { Tail } from './tail.ts';

/** Between two looks at a record: a trial takes seconds. */
const LOOK_MS = 1000;
/** So often something is said, so that a browser that went away is noticed. */
const BREATHE_MS = 15_000;

/** How far a run has come, from what its record holds by now; undefined where there is no run. */
export async function liveRun(root: string, run: SiteRun, tail = tailOf(root, run.id)): Promise<LiveRun | undefined> {
  const head = await readHead(fileOf(root, run.id));
  if (head === undefined) return undefined;
  await tail.look();
  const [whole, vetoed] = [tail.whole(head.variants.length), tail.vetoed];
  const perBlock = head.blocks > 0 ? head.estimateNs / head.blocks : 0;
  const leftNs = Math.max(0, head.blocks - whole) * perBlock;
  return { run, whole, wanted: head.blocks, vetoed, leftNs, trials: tail.trials };
}

/**
 * Tells a browser of every trial until the run has ended, or it is no longer listened to. Server-sent events, each a whole state, so
 * that one that was missed does not matter.
 */
export async function streamRun(
  root: string,
  catalog: Catalog,
  id: string,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
  const tail = tailOf(root, id);
  let breath = Date.now();
  for (let first = true; !signal.aborted && !response.closed; first = false) {
    const run = await catalog.run(id);
    if (run === undefined) break;
    const news = await tail.look();
    if (news || first) {
      const live = await liveRun(root, run, tail);
      if (live !== undefined) response.write(`data: ${JSON.stringify(liveUpdate(live))}\n\n`);
    }
    if (run.state !== 'running') {
      response.write('event: end\ndata: {}\n\n');
      break;
    }
    if (Date.now() - breath > BREATHE_MS) {
      response.write(':\n\n');
      breath = Date.now();
    }
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
  response.end();
}

function tailOf(root: string, id: string): Tail {
  return new Tail(fileOf(root, id));
}

function fileOf(root: string, id: string): string {
  return path.join(root, id, 'record.jsonl');
}
