import { spawn } from 'node:child_process';
import readline from 'node:readline';
import { type AgentCommand, type AgentEvent, agentCommand } from '../agent/index.ts';
import type { Interval, LoadPlan, LoadTotal } from '../load/index.ts';
import { initHistograms, monotonicNow, type Usage } from '../metrics/index.ts';
import { BenchError } from '../units/index.ts';
import { AgentUsage } from './agent-usage.ts';

/** What the bare generator measured. */
export interface BareLoad {
  readonly total: LoadTotal;
  readonly intervals: readonly Interval[];
  readonly usage: Usage;
}

const BARRIER_NS = 50e6;

/** What bare load may be given beside its plan. */
export interface BareOptions {
  readonly onSecond?: (interval: Interval) => void;
  /** Processors that the agent is kept on; without them it goes where this process may. */
  readonly cpus?: readonly number[];
}

/**
 * Offers load to a server that already runs, with the agent that scenarios use, outside any sandbox.
 * When `signal` is aborted, what was measured so far is returned.
 * @throws BenchError component when the server cannot be reached.
 */
export async function bareLoad(
  plan: LoadPlan,
  signal: AbortSignal,
  { onSecond, cpus }: BareOptions = {},
): Promise<BareLoad> {
  await initHistograms();
  // A session of its own: Ctrl-C at the terminal must not kill what is to report.
  const [program, ...args] = cpus === undefined ? agentCommand() : onProcessors(cpus, agentCommand());
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  child.stdin.on('error', () => undefined);
  const command = (message: AgentCommand): void => {
    child.stdin.write(`${JSON.stringify(message)}\n`);
  };
  signal.addEventListener('abort', () => command({ do: 'stop' }), { once: true });
  const intervals: Interval[] = [];
  const usage = new AgentUsage(child.pid ?? 0);
  try {
    command({ do: 'load', plan });
    for await (const line of readline.createInterface({ input: child.stdout })) {
      const event = JSON.parse(line) as AgentEvent;
      switch (event.event) {
        case 'ready': {
          const at = monotonicNow() + BARRIER_NS;
          command({ do: 'start', at, measureFrom: at + plan.warmup });
          usage.begin(at + plan.warmup);
          break;
        }
        case 'interval':
          intervals.push(event.interval);
          onSecond?.(event.interval);
          break;
        case 'failed':
          throw new BenchError('component', event.code, event.message, { hint: event.hint });
        case 'done':
          return { total: event.total, intervals, usage: usage.end() };
        case 'serving':
          break;
      }
    }
    throw new BenchError('component', 'AGENT_ENDED', 'the load agent ended before it reported');
  } finally {
    usage.close();
    child.kill('SIGKILL');
  }
}

/** The command that runs another one on these processors alone. */
function onProcessors(cpus: readonly number[], argv: readonly string[]): readonly [string, ...string[]] {
  return ['taskset', '--cpu-list', cpus.join(','), ...argv];
}
