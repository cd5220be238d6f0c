import {
  type Dial,
  type HttpRequest,
  type Interval,
  type LinkHandlers,
  type LoadPlan,
  type LoadTotal,
  OpenLoop,
} from '../../src/load/index.ts';
import { initHistograms } from '../../src/metrics/index.ts';
import { DEFAULT_SETTINGS, messagesOf } from '../../src/scenario/index.ts';
import { nanos, perSecond } from '../../src/units/index.ts';
import type { Endpoint } from '../../src/wire/index.ts';

/** What a plain GET of / sends. */
export function get(authority: string): HttpRequest {
  return { protocol: 'http', authority, messages: messagesOf(DEFAULT_SETTINGS.load), seed: 1 };
}

/** A plan with small numbers; overrides change what a test is about. */
export function plan(overrides: Partial<LoadPlan> & { rate?: number } = {}): LoadPlan {
  const { rate = 100, ...rest } = overrides;
  const warmup = rest.warmup ?? nanos(0);
  const duration = rest.duration ?? nanos(2e9);
  return {
    endpoints: [{ address: '127.0.0.1', port: 1 }],
    connections: 1,
    stagger: nanos(0),
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
    request: get('test'),
    session: { kind: 'none' },
    endpoint: { kind: 'fixed' },
    hedge: { kind: 'none' },
    ...rest,
  };
}

/** What a simulated server does with the k-th request (from 0): answer after a time, or break. */
export type Behaviour = (k: number, nowNs: number, request: string | Buffer, endpoint: Endpoint) => Reaction;
export type Reaction =
  | { readonly kind: 'answer'; readonly afterNs: number; readonly text?: string | Buffer; readonly ends?: boolean }
  | { readonly kind: 'pieces'; readonly afterNs: number; readonly pieces: readonly string[]; readonly ends: boolean }
  | { readonly kind: 'close'; readonly afterNs: number; readonly reason: string }
  | { readonly kind: 'silence' };

export const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';

/** What happens on the connection, and when; each step tells whether the connection is closed then. */
function steps(reaction: Reaction, handlers: LinkHandlers): readonly { after: number; act: () => boolean }[] {
  const close = (reason: string) => (): boolean => {
    handlers.closed(reason);
    return true;
  };
  const receive = (bytes: Buffer, length: number) => (): boolean => {
    handlers.received(bytes, length);
    return false;
  };
  switch (reaction.kind) {
    case 'silence':
      return [];
    case 'close':
      return [{ after: reaction.afterNs, act: close(reaction.reason) }];
    case 'answer': {
      const { text = OK, ends = false, afterNs: after } = reaction;
      const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
      return [{ after, act: receive(bytes, bytes.length) }, ...(ends ? [{ after, act: close('end') }] : [])];
    }
    case 'pieces':
      return [
        ...reaction.pieces.map((piece, index) => ({
          after: reaction.afterNs + index,
          act: (): boolean => receive(...inReceiveBuffer(piece))(),
        })),
        ...(reaction.ends ? [{ after: reaction.afterNs + reaction.pieces.length, act: close('end') }] : []),
      ];
  }
}

const receiveBuffer = Buffer.alloc(65_536, '\r\nHTTP/1.1 500 stale\r\n\r\n');

/** A segment as the kernel hands it over: in the one buffer that all share, in front of what earlier ones left there. */
function inReceiveBuffer(piece: string): [Buffer, number] {
  return [receiveBuffer, receiveBuffer.write(piece, 'latin1')];
}

/** Runs the engine against a simulated server on a simulated clock: exact, and without waiting. */
export async function simulate(
  loadPlan: LoadPlan,
  behave: Behaviour,
  options: {
    readonly turnNs?: number;
    readonly stallTurns?: (nowNs: number) => number;
    /** What dealing with an answer takes. */
    readonly answerNs?: number;
  } = {},
): Promise<{ total: LoadTotal; intervals: Interval[] }> {
  await initHistograms();
  const turnNs = options.turnNs ?? 10_000;
  let now = 1e12;
  let requests = 0;
  const agenda: { at: number; act: () => void }[] = [];
  const at = (when: number, act: () => void): void => {
    let place = agenda.length;
    while (place > 0 && (agenda[place - 1]?.at ?? 0) > when) place -= 1;
    agenda.splice(place, 0, { at: when, act });
  };
  const runDue = (): void => {
    // What has come by now is read in one go; what comes meanwhile is for the next turn.
    for (let due = agenda.filter(({ at }) => at <= now).length; due > 0; due -= 1) {
      now += options.answerNs ?? 0;
      agenda.shift()?.act();
    }
  };
  const dial: Dial = (endpoint, handlers) => {
    let dead = false;
    at(now, () => handlers.opened());
    return {
      write: (bytes, written) => {
        const reaction = behave(requests, now, bytes, endpoint);
        requests += 1;
        if (written !== undefined) at(now, () => dead || written());
        for (const { after, act } of steps(reaction, handlers)) {
          at(now + after, () => {
            // The engine may drop the connection in the middle of a step.
            if (!dead && act()) dead = true;
          });
        }
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
