import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import readline from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { type AgentCommand, type AgentEvent, agentCommand } from '../../src/agent/index.ts';
import { monotonicNow } from '../../src/metrics/index.ts';
import { nanos } from '../../src/units/index.ts';
import { OK, plan } from '../load/simulation.ts';
import { Scratch } from '../support/cli.ts';
import { mortal } from '../support/mortal.ts';

const WARMUP = nanos(2e9);
/** The first interval's line is written in the second, and what outgrows 31 bits as nanoseconds does so in the third. */
const DURATION = nanos(3.6e9);
/** The load's end is followed by code that runs once. */
const END_NS = 0.3e9;
/** How late a server answers whose last answers come after the last request has left. */
const LATER_MS = 100;
const MANY_WAIT = 1000;
/** Functions that are compiled in a slow measurement though all was practised; without practice it was thirty. */
const FEW = 6;
/** Other work on the machine may have the loop compiled late. */
const ATTEMPTS = 4;

interface Compiling {
  /** Since the measurement began, ns. */
  readonly at: number;
  readonly where: string;
}

/** What V8 threw away, by its own log: `code-deopt,<µs since it began>,…,<reason>`. */
function thrownAway(line: string): number | undefined {
  return line.startsWith('code-deopt,') ? Number(line.split(',')[1]) : undefined;
}

/** What Maglev (12) and TurboFan (13) compiled: `code-creation,JS,<by whom>,<µs since it began>,…,<function>`. */
function compiled(line: string): number | undefined {
  return /^code-creation,JS,1[23],/u.test(line) ? Number(line.split(',')[3]) : undefined;
}

describe('the load agent while it measures', () => {
  const scratch = new Scratch();
  const answering = (answer: (socket: net.Socket) => void): net.Server =>
    net.createServer((socket) => {
      socket.on('data', () => answer(socket));
      socket.on('error', () => undefined);
    });
  const prompt = answering((socket) => void socket.write(OK));
  const slow = answering((socket) => setTimeout(() => void socket.write(OK), LATER_MS));
  before(() => Promise.all([prompt, slow].map((server) => once(server.listen(0, '127.0.0.1'), 'listening'))));
  after(() => {
    prompt.close();
    slow.close();
    scratch[Symbol.dispose]();
  });

  /** Lines of V8's log on the code of a load, for which `micros` tells when they were written. */
  async function measure(
    { server = prompt, rate, connections = 8 }: { server?: net.Server; rate: number; connections?: number },
    attempt: number,
    micros: (line: string) => number | undefined,
  ): Promise<readonly Compiling[]> {
    const { port } = server.address() as AddressInfo;
    const log = path.join(scratch.folder, `v8-${port}-${rate}-${attempt}.log`);
    const [node, ...args] = agentCommand();
    const began = monotonicNow();
    const flags = ['--log-deopt', '--log-code', `--logfile=${log}`, '--no-logfile-per-isolate'];
    const child = mortal(spawn(node, [...flags, ...args], { stdio: ['pipe', 'pipe', 'inherit'] }));
    const tell = (command: AgentCommand): void => void child.stdin.write(`${JSON.stringify(command)}\n`);
    const times = { warmup: WARMUP, duration: DURATION };
    const load = plan({ rate, ...times, connections, endpoints: [{ address: '127.0.0.1', port }] });
    tell({ do: 'load', plan: load });
    let from = Number.NaN;
    for await (const line of readline.createInterface({ input: child.stdout })) {
      const { event } = JSON.parse(line) as AgentEvent;
      if (event === 'ready') {
        const at = monotonicNow() + 50e6;
        from = at + WARMUP;
        tell({ do: 'start', at, measureFrom: from });
      }
      if (event === 'done') break;
    }
    child.stdin.end();
    await once(child, 'exit');
    return readFileSync(log, 'latin1')
      .split('\n')
      .map((where) => ({ at: began + (micros(where) ?? Number.NaN) * 1e3 - from, where }))
      .filter(({ where }) => /load\/|writable|net:|recorder/u.test(where));
  }

  const isAmid = ({ at }: Compiling): boolean => at > 0 && at < DURATION - END_NS;
  /** When the last answers come. V8's log begins somewhat later than its process, so that what it says seems earlier. */
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
