import path from 'node:path';
import type { HttpRequest, ThriftRequest } from '../../src/load/index.ts';
import { agentNode } from '../../src/setup/index.ts';
import { bytes } from '../../src/units/index.ts';
import { encodeBytesField } from '../../src/wire/index.ts';
import { OURS, type PartName, type Reading, type Run } from './record.ts';
import type { Sitting } from './sitting.ts';
import { keepAwake, startEnvoy, startNginx, startThrift, type Target, THRIFT_PAYLOAD } from './targets.ts';
import { TOOLS } from './tools.ts';

/** How much is measured. */
export interface Effort {
  readonly rounds: number;
  readonly rates: readonly number[];
  /** Trials of ours in a round at the rate that it has to hold. */
  readonly held: number;
  readonly envoyPath: string;
}

/** Ours is to hold this share of what the fastest rival does in the same round. */
export const HELD_SHARE = 0.95;
/** At which latencies are compared with an interval, so in every round. */
export const COMPARED_RATE = 2000;
/** Thrift calls per second that ours is to hold. */
export const THRIFT_RATE = 80_000;
/** The plain client of Apache's library, in tables. */
export const PLAIN_THRIFT = 'thrift package, closed loop';

/** More than can be served, and not so much more that queueing it costs much. */
const CROWDED = 1.2;
const CROWDED_ALONE = 120_000;
const PIPELINE = 8;
/** Rounds beyond these repeat only what the bars are about. */
const FULL_ROUNDS = 3;

export const HTTP: HttpRequest = {
  protocol: 'http',
  authority: '127.0.0.1',
  messages: [{ method: 'GET', path: '/', headers: {}, payload: bytes(0), body: '', weight: 1 }],
  seed: 1,
};

const THRIFT: ThriftRequest = {
  protocol: 'thrift',
  authority: '127.0.0.1',
  format: { transport: 'framed', protocol: 'binary' },
  ...{ call: 'echo', method: 'echo', oneway: false, returns: true, exceptions: {}, headers: {}, pipeline: PIPELINE },
  body: encodeBytesField('binary', 1, Buffer.alloc(THRIFT_PAYLOAD, 'x')).toString('base64'),
};

export const MEASURE: Readonly<Record<PartName, (sitting: Sitting, effort: Effort) => Promise<void>>> = {
  capacity: measureCapacity,
  latency: measureLatency,
  thrift: measureThrift,
};

/** What each can do at most, and whether ours holds nearly that by the clock. */
async function measureCapacity(sitting: Sitting, { rounds, held }: Effort): Promise<void> {
  using nginx = await startNginx(sitting.folder, sitting.systemCpu);
  for (let round = 0; round < rounds; round += 1) {
    const fastest = await fastestOf(sitting, round, nginx);
    const ask = { round, target: nginx };
    if (fastest === undefined) {
      await sitting.ours({ ...ask, asked: 'capacity' }, { request: HTTP, rate: CROWDED_ALONE });
      continue;
    }
    await sitting.floor(round);
    // The first of eight is first by luck too, and half a minute ago: it runs again right before and after what is compared with it.
    const beside = async (): Promise<number> => (await sitting.rival(fastest, { ...ask, asked: 'beside' }))?.rate ?? 0;
    const offer = async (asked: 'capacity' | 'held', share: number): Promise<Run> =>
      sitting.ours({ ...ask, asked }, { request: HTTP, rate: Math.round((await beside()) * share) });
    await offer('capacity', CROWDED);
    for (let trial = 0; trial < held; trial += 1) await offer('held', HELD_SHARE);
    await beside();
  }
}

/** Which rival does most in a round; undefined where none is there. */
async function fastestOf(sitting: Sitting, round: number, target: Target): Promise<string | undefined> {
  let fastest: Run | undefined;
  for (const tool of inTurn(Object.keys(TOOLS), round)) {
    const run = await sitting.rival(tool, { round, target, asked: 'capacity' });
    if ((run?.rate ?? 0) > (fastest?.rate ?? 0)) fastest = run;
  }
  return fastest?.tool;
}

/** What each reads at the same rates, directly and through a proxy. */
async function measureLatency(sitting: Sitting, { rounds, rates, envoyPath }: Effort): Promise<void> {
  using nginx = await startNginx(sitting.folder, sitting.systemCpu);
  using envoy = await startEnvoy(envoyPath, sitting.folder, sitting.systemCpu, nginx);
  for (let round = 0; round < rounds; round += 1) {
    for (const target of [nginx, envoy]) {
      for (const rate of rates) {
        const compared = target === nginx && rate === COMPARED_RATE;
        if (compared || round < FULL_ROUNDS) await everyone(sitting, round, target, rate);
      }
    }
    using awake = keepAwake(nginx, sitting.systemCpu);
    await everyone(sitting, round, awake, COMPARED_RATE);
  }
}

async function everyone(sitting: Sitting, round: number, target: Target, rate: number): Promise<void> {
  const ask = { round, target, asked: rate };
  for (const tool of inTurn([OURS, ...Object.keys(TOOLS)], round)) {
    if (tool === OURS) await sitting.ours(ask, { request: HTTP, rate });
    else await sitting.rival(tool, ask);
  }
  if (rate === COMPARED_RATE) await sitting.soonest(ask);
}

/** Thrift, of which no rival knows: beside a client that is written on Apache's library as it comes. */
async function measureThrift(sitting: Sitting, { rounds, held }: Effort): Promise<void> {
  using target = await startThrift(sitting.systemCpu);
  const program = path.join(import.meta.dirname, 'plain-thrift.js');
  const args = [target.port, sitting.connections, sitting.seconds, THRIFT_PAYLOAD].map(String);
  const plain = async (): Promise<Reading> => ({
    ...{ mean: null, p50: null, p99: null },
    rate: Number(await sitting.outputOf([agentNode().path, program, ...args])),
  });
  for (let round = 0; round < rounds; round += 1) {
    await sitting.other(PLAIN_THRIFT, { round, target, asked: 'capacity' }, plain);
    const crowded = { request: THRIFT, rate: Math.round(THRIFT_RATE * 1.5) };
    await sitting.ours({ round, target, asked: 'capacity' }, crowded);
    await sitting.floor(round);
    const job = { request: THRIFT, rate: THRIFT_RATE };
    for (let trial = 0; trial < held; trial += 1) await sitting.ours({ round, target, asked: 'held' }, job);
  }
}

/** Who comes first in one round comes later in the next. */
function inTurn(names: readonly string[], round: number): readonly string[] {
  const first = (round * 3) % names.length;
  return [...names.slice(first), ...names.slice(0, first)];
}
