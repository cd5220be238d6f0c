import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { nanos } from '../../src/units/index.ts';
import { OK, plan } from '../load/simulation.ts';
import { Scratch } from '../support/cli.ts';
import { type Compiling, compiled, LoggedAgent, thrownAway } from '../support/logged-agent.ts';

const WARMUP = nanos(2e9);
/** The first interval's line is written in the second, and what outgrows 31 bits as nanoseconds does so in the third. */
const DURATION = nanos(3.6e9);
/** The load's end is followed by code that runs once. */
const END_NS = 0.3e9;
/** How late a server answers whose last answers come after the last request has left. */
const LATER_MS = 100;
const MANY_WAIT = 1000;
/** Some hundred connections are lost in a load, as many as it took until V8 compiled what that takes. */
const LOSE_EVERY = 60;
const OF_LOSSES = /,(?:closed|lost|abandon|failure|missed|reconnected|replace) /u;
/** Functions that are compiled in a slow measurement though all was practised; without practice it was thirty. */
const FEW = 6;
/** Other work on the machine may have the loop compiled late. */
const ATTEMPTS = 4;

describe('the load agent while it measures', () => {
  const scratch = new Scratch();
  const answering = (answer: (socket: net.Socket) => void): net.Server =>
    net.createServer((socket) => {
      socket.on('data', () => answer(socket));
      socket.on('error', () => undefined);
    });
  const prompt = answering((socket) => void socket.write(OK));
  const slow = answering((socket) => setTimeout(() => void socket.write(OK), LATER_MS));
  let asked = 0;
  const losing = answering((socket) => {
    asked += 1;
    if (asked % LOSE_EVERY === 0) socket.resetAndDestroy();
    else socket.write(OK);
  });
  before(() => Promise.all([prompt, slow, losing].map((server) => once(server.listen(0, '127.0.0.1'), 'listening'))));
  after(() => {
    prompt.close();
    slow.close();
    losing.close();
    scratch[Symbol.dispose]();
  });

  /** Lines of V8's log on the code of a load, ns since its measurement began. */
  async function measure(
    { server = prompt, rate, connections = 8 }: { server?: net.Server; rate: number; connections?: number },
    attempt: number,
    micros: (line: string) => number | undefined,
  ): Promise<readonly Compiling[]> {
    const { port } = server.address() as AddressInfo;
    const log = path.join(scratch.folder, `v8-${port}-${rate}-${attempt}.log`);
    const agent = new LoggedAgent(log);
    const times = { warmup: WARMUP, duration: DURATION };
    const load = plan({ rate, ...times, connections, endpoints: [{ address: '127.0.0.1', port }] });
    const from = await agent.load(load);
    const lines = await agent.end(micros);
    return lines
      .map(({ at, where }) => ({ at: at - from, where }))
      .filter(({ where }) => /load\/|writable|net:|recorder/u.test(where));
  }

  const isAmid = ({ at }: Compiling): boolean => at > 0 && at < DURATION - END_NS;
  /** When the last answers come. */
  const isAtItsEnd = ({ at }: Compiling): boolean => Math.abs(at - DURATION) < LATER_MS * 1e6;

  test('runs code that was compiled in the warm-up, and has none of it compiled again', async (t) => {
    const seen: string[] = [];
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const deoptimized = (await measure({ rate: 5000 }, attempt, thrownAway)).filter(isAmid);
      if (deoptimized.length === 0) return;
      seen.push(...deoptimized.map(({ where }) => where));
      t.diagnostic(`attempt ${attempt}: ${deoptimized.length} in the measurement`);
    }
    assert.fail(`each of ${ATTEMPTS} measurements had code compiled again:\n${seen.join('\n')}`);
  });

  test('runs on as it is when the last request has left and answers are due', async (t) => {
    const seen: string[] = [];
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const load = { server: slow, rate: 5000, connections: MANY_WAIT };
      const deoptimized = (await measure(load, attempt, thrownAway)).filter(isAtItsEnd);
      if (deoptimized.length === 0) return;
      seen.push(...deoptimized.map(({ where }) => where));
      t.diagnostic(`attempt ${attempt}: ${deoptimized.length} at the end`);
    }
    assert.fail(`each of ${ATTEMPTS} loads had code compiled again at its end:\n${seen.join('\n')}`);
  });

  test('has practised what a lost connection takes', async (t) => {
    const seen: string[] = [];
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const late = await measure({ server: losing, rate: 5000, connections: 64 }, attempt, compiled);
      const ofLosses = late.filter(isAmid).filter(({ where }) => OF_LOSSES.test(where));
      if (ofLosses.length === 0) return;
      seen.push(...ofLosses.map(({ where }) => where));
      t.diagnostic(`attempt ${attempt}: ${ofLosses.length} in the measurement`);
    }
    assert.fail(`each of ${ATTEMPTS} measurements had compiled what its lost connections took:\n${seen.join('\n')}`);
  });

  test('has practised before a load that is too slow to have its code compiled in a warm-up', async (t) => {
    const seen: number[] = [];
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const late = (await measure({ rate: 50 }, attempt, compiled)).filter(isAmid);
      if (late.length <= FEW) return;
      seen.push(late.length);
      t.diagnostic(`attempt ${attempt}: ${late.map(({ where }) => where.split(',')[6]).join(', ')}`);
    }
    assert.fail(`each of ${ATTEMPTS} measurements had functions compiled: ${seen.join(', ')}`);
  });
});
