import { once } from 'node:events';
import net from 'node:net';
import type { AppSettings, Delay } from '../scenario/index.ts';
import { nanos } from '../units/index.ts';

/**
 * Enough that V8 has compiled what it will, for up to 4 ms at a time; and once more each time that new connections, or
 * another script, were more than it had taken into account.
 */
const ROUNDS = 3;
const REQUESTS = 6000;
const CONNECTIONS = 32;
/** Of large answers there are fewer. */
const MOST_BYTES = 20e6;
/** Of delays; alarms that are farther apart practise by themselves. */
const MEAN_DELAY_NS = 80_000;
/** Of resets and of answers that end their connection, since what a new connection takes is compiled after thousands. */
const OFTEN = 10;
/** In place of all stalls: what ends with one is compiled for many answers at once. */
const STALL = { at: nanos(10e6), for: nanos(10e6) };

/**
 * A script for the time that a practice has: short delays, a short stall, no work, and connections that end soon. It is made
 * as the script itself was, of JSON: V8 takes objects of another make for another kind, for which it has compiled nothing.
 */
export function practiceOf(script: AppSettings): AppSettings {
  const practice: AppSettings = {
    ...script,
    delay: shortly(script.delay),
    stalls: script.stalls.length === 0 ? [] : [STALL],
    work: nanos(0),
    reset: script.reset && { every: OFTEN },
    close: script.close && { every: OFTEN },
  };
  return JSON.parse(JSON.stringify(practice));
}

function shortly(delay: Delay): Delay {
  switch (delay.kind) {
    case 'constant':
      return { kind: 'constant', value: nanos(Math.min(delay.value, MEAN_DELAY_NS)) };
    case 'exponential':
      return { kind: 'exponential', mean: nanos(Math.min(delay.mean, MEAN_DELAY_NS)) };
    case 'uniform':
      return { kind: 'uniform', from: nanos(0), to: nanos(Math.min(delay.to, 2 * MEAN_DELAY_NS)) };
  }
}

/** Has `once` done as often as a practice needs. */
export async function inRounds(once: () => Promise<void>): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) await once();
}

/**
 * Asks an application on the loopback some thousands of times, and resolves when it has answered or reset them all.
 * `answer` is what it answers with.
 */
export async function askOften(port: number, request: string, answer: string): Promise<void> {
  const { length } = Buffer.from(answer, 'latin1');
  await lookIn(port);
  const left = { requests: Math.min(REQUESTS, Math.ceil(MOST_BYTES / length)) };
  await Promise.all(Array.from({ length: CONNECTIONS }, () => askOn(port, request, length, left)));
}

/** As those do that wait for a port to be served. */
async function lookIn(port: number): Promise<void> {
  const socket = net.connect({ port, host: '127.0.0.1' });
  await once(socket, 'connect');
  socket.end().resume();
  await once(socket, 'close');
}

/** On a connection, and those that replace it. */
async function askOn(port: number, request: string, length: number, left: { requests: number }): Promise<void> {
  while (left.requests > 0) await askUntilReset(port, request, length, left);
}

function askUntilReset(port: number, request: string, length: number, left: { requests: number }): Promise<void> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    const ask = (): void => {
      left.requests -= 1;
      socket.write(request, 'latin1');
    };
    let missing = length;
    socket.on('connect', ask);
    socket.on('data', ({ length: got }) => {
      missing -= got;
      if (missing > 0) return;
      missing = length;
      if (left.requests > 0) ask();
      else socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
  });
}
