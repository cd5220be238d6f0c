import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import readline from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { type AgentCommand, type AgentEvent, agentCommand } from '../../src/agent/index.ts';
import type { LoadPlan } from '../../src/load/index.ts';
import { monotonicNow } from '../../src/metrics/index.ts';
import { mortal } from './mortal.ts';

/** What V8 threw away, by its own log: `code-deopt,<µs since it began>,…,<reason>`. */
export function thrownAway(line: string): number | undefined {
  return line.startsWith('code-deopt,') ? Number(line.split(',')[1]) : undefined;
}

/** What Maglev (12) and TurboFan (13) compiled: `code-creation,JS,<by whom>,<µs since it began>,…,<function>`. */
export function compiled(line: string): number | undefined {
  return /^code-creation,JS,1[23],/u.test(line) ? Number(line.split(',')[3]) : undefined;
}

/** A line of V8's log. */
export interface Compiling {
  /** Monotonic clock, ns. V8's log begins somewhat later than its process, so that what it says seems earlier. */
  readonly at: number;
  readonly where: string;
}

/** A load agent as runs start it, whose V8 logs what it compiles and what it throws away. */
export class LoggedAgent {
  private readonly log: string;
  private readonly began = monotonicNow();
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly lines: AsyncIterator<string>;

  constructor(log: string) {
    this.log = log;
    const [node, ...args] = agentCommand();
    const flags = ['--log-deopt', '--log-code', `--logfile=${log}`, '--no-logfile-per-isolate'];
    this.child = mortal(spawn(node, [...flags, ...args], { stdio: ['pipe', 'pipe', 'inherit'] }));
    this.lines = readline.createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  tell(command: AgentCommand): void {
    this.child.stdin.write(`${JSON.stringify(command)}\n`);
  }

  /** The next event of this name; what comes before it is passed over. */
  async next<Name extends AgentEvent['event']>(name: Name): Promise<Extract<AgentEvent, { readonly event: Name }>> {
    for (;;) {
      const { value, done } = await this.lines.next();
      if (done === true) throw new Error(`the agent ended before it said ${name}`);
      const event = JSON.parse(value) as AgentEvent;
      if (isNamed(event, name)) return event;
    }
  }

  /** Has it make a load, to its end. Returns when the measurement began, monotonic clock, ns. */
  async load(plan: LoadPlan): Promise<number> {
    this.tell({ do: 'load', plan });
    await this.next('ready');
    const at = monotonicNow() + 50e6;
    const measureFrom = at + plan.warmup;
    this.tell({ do: 'start', at, measureFrom });
    await this.next('done');
    return measureFrom;
  }

  /** Ends it. `micros` tells when a line was written, µs since V8 began, or undefined where it is none of those wanted. */
  async end(micros: (line: string) => number | undefined): Promise<readonly Compiling[]> {
    this.child.stdin.end();
    await once(this.child, 'exit');
    return readFileSync(this.log, 'latin1')
      .split('\n')
      .flatMap((where) => {
        const at = micros(where);
        return at === undefined ? [] : [{ at: this.began + at * 1e3, where }];
      });
  }
}

function isNamed<Name extends AgentEvent['event']>(
  event: AgentEvent,
  name: Name,
): event is Extract<AgentEvent, { readonly event: Name }> {
  return event.event === name;
}
