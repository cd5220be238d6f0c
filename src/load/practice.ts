import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { nanos, perSecond } from '../units/index.ts';
import { OpenLoop } from './engine.ts';
import type { LoadPlan } from './load-plan.ts';
import type { Surroundings } from './surroundings.ts';

/** A measurement as short as its practice tells nothing of a hundredth of its requests. */
const SHORT_NS = 2e9;
/** More than one, since another loop on new connections is more than the first had V8 take into account. */
const ROUNDS = 3;
/** Of each round's warm-up, and of its measurement. Three quarters of it left 3 ms of compiling to a measurement at 1,000/s. */
const ROUND_NS = nanos(0.2e9);
const RATE = perSecond(20_000);
/** Of large requests there are fewer. */
const MOST_BYTES = 20e6;
const CONNECTIONS = 16;

/**
 * Has the code of the loop compiled before a load. A slow warm-up is too little for that: at 50 requests a second it was
 * compiled for minutes, which made a request in fifty late. A fast one is, too, for what happens once: V8 throws the loop
 * away, for up to 8 ms, where the measurement begins and where the last request has left and answers are still due. The
 * same load goes, faster, to a server on the loopback that lives for this alone, in a thread of its own, so that the
 * loop's sockets are of one kind. HTTP/1.1 only.
 */
export async function practise(plan: LoadPlan, world: Surroundings): Promise<void> {
  if (!isNeeded(plan)) return;
  const server = new Worker(new URL('./practice-server.js', import.meta.url));
  try {
    const [port] = (await once(server, 'message')) as [number];
    for (let round = 0; round < ROUNDS; round += 1) {
      using loop = new OpenLoop(practiceOf(plan, port), world, (interval) => void JSON.stringify(interval));
      await loop.connect();
      await loop.run(world.clock());
    }
  } finally {
    await server.terminate();
  }
}

function isNeeded({ request, duration }: LoadPlan): boolean {
  return request.protocol === 'http' && duration >= SHORT_NS;
}

function practiceOf({ marks: _marks, ...plan }: LoadPlan, port: number): LoadPlan {
  const { seed } = plan.schedule;
  const kind = plan.schedule.kind === 'poisson' ? 'poisson' : 'constant';
  const horizon = nanos(2 * ROUND_NS);
  const rate = perSecond(Math.min(RATE, MOST_BYTES / largestBody(plan) / (horizon / 1e9)));
  return {
    ...plan,
    endpoints: [{ address: '127.0.0.1', port }],
    connections: CONNECTIONS,
    stagger: nanos(0),
    schedule: { kind, rate, horizon, seed, slice: { index: 0, of: 1 } },
    warmup: ROUND_NS,
    duration: ROUND_NS,
  };
}

/** In bytes, and at least 1. */
function largestBody({ request }: LoadPlan): number {
  if (request.protocol !== 'http') return 1;
  return Math.max(1, ...request.messages.map(({ payload, body }) => payload + Buffer.byteLength(body)));
}
