import {
  type Dial,
  type Interval,
  type LinkHandlers,
  type LoadPlan,
  type LoadTotal,
  OpenLoop,
} from '../../src/load/index.ts';
import { initHistograms } from '../../src/metrics/index.ts';
import { nanos, perSecond } from '../../src/units/index.ts';

/** A plan with small numbers; overrides change what a test is about. */
export function plan(overrides: Partial<LoadPlan> & { rate?: number } = {}): LoadPlan {
  const { rate = 100, ...rest } = overrides;
  const warmup = rest.warmup ?? nanos(0);
  const duration = rest.duration ?? nanos(2e9);
  return {
    endpoints: [{ address: '127.0.0.1', port: 1 }],
    connections: 1,
    schedule: {
      kind: 'constant',
      rate: perSecond(rate),
      horizon: nanos(warmup + duration),
      seed: 1,
      slice: { index: 0, of: 1 },
    },
    warmup,
    duration,
    timeout: nanos(1e9),
    request: { protocol: 'http', authority: 'test', method: 'GET', path: '/', payload: 0, headers: {} },
    session: { kind: 'none' },
    endpoint: { kind: 'fixed' },
    hedge: { kind: 'none' },
    ...rest,
  };
}

/** What a simulated server does with the k-th request (from 0): answer after a time, or break. */
export type Behaviour = (k: number, nowNs: number, request: string | Buffer) => Reaction;
export type Reaction =
  | { readonly kind: 'answer'; readonly afterNs: number; readonly text?: string | Buffer; readonly ends?: boolean }
  | { readonly kind: 'close'; readonly afterNs: number; readonly reason: string }
  | { readonly kind: 'silence' };

export const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';

function react(reaction: Exclude<Reaction, { kind: 'silence' }>, handlers: LinkHandlers): void {
  if (reaction.kind === 'close') {
    handlers.closed(reaction.reason);
    return;
  }
  const { text = OK, ends = false } = reaction;
  const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
  handlers.received(bytes, bytes.length);
  if (ends) handlers.closed('end');
}

/** Runs the engine against a simulated server on a simulated clock: exact, and without waiting. */
export async function simulate(
  loadPlan: LoadPlan,
  behave: Behaviour,
  options: { readonly turnNs?: number; readonly stallTurns?: (nowNs: number) => number } = {},
): Promise<{ total: LoadTotal; intervals: Interval[] }> {
  await initHistograms();
  const turnNs = options.turnNs ?? 10_000;
  let now = 1e12;
  let requests = 0;
  const agenda: { at: number; act: () => void }[] = [];
  const at = (when: number, act: () => void): void => {
    agenda.push({ at: when, act });
    agenda.sort((a, b) => a.at - b.at);
  };
  const runDue = (): void => {
    while ((agenda[0]?.at ?? Number.POSITIVE_INFINITY) <= now) agenda.shift()?.act();
  };
  const dial: Dial = (_endpoint, handlers) => {
    let dead = false;
    at(now, () => handlers.opened());
    return {
      write: (bytes, written) => {
        const reaction = behave(requests, now, bytes);
        requests += 1;
        if (written !== undefined) at(now, () => dead || written());
        if (reaction.kind === 'silence') return;
        at(now + reaction.afterNs, () => {
          if (dead) return;
          dead = reaction.kind === 'close';
          react(reaction, handlers);
        });
      },
      destroy: () => {
        dead = true;
      },
    };
  };
  const turns: (() => void)[] = [];
  const intervals: Interval[] = [];
  const world = {
    clock: () => nanos(now),
    dial,
    soon: (turn: () => void) => void turns.push(turn),
    later: (ms: number, action: () => void) => at(now + ms * 1e6, action),
  };
  const loop = new OpenLoop(loadPlan, world, (interval) => intervals.push(interval));
  const connected = loop.connect();
  runDue();
  await connected;
  const done = loop.run(now + 1e6);
  let turn = turns.shift();
  while (turn !== undefined) {
    now += turnNs + (options.stallTurns?.(now) ?? 0);
    runDue();
    turn();
    turn = turns.shift();
  }
  return { total: await done, intervals };
}
