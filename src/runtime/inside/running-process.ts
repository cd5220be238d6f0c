import type { Nanos } from '../../units/index.ts';
import type { HostProcess, ProcessExit, ProcessSignal, ProcessSpec } from '../runtime.ts';
import type { Dialogue } from './dialogue.ts';
import { LineQueue } from './line-queue.ts';
import type { ProcessRequests } from './messages.ts';

/** A process that another one started and speaks for. */
export class RunningProcess implements HostProcess {
  readonly name: string;
  readonly lines = new LineQueue();
  readonly exited: Promise<ProcessExit>;
  pid = 0;
  private readonly dialogue: Pick<Dialogue<ProcessRequests>, 'ask'>;
  private readonly startNext: (spec: ProcessSpec) => Promise<HostProcess>;
  private settle: (exit: ProcessExit) => void = () => undefined;

  constructor(
    name: string,
    dialogue: Pick<Dialogue<ProcessRequests>, 'ask'>,
    startNext: (spec: ProcessSpec) => Promise<HostProcess>,
  ) {
    this.name = name;
    this.dialogue = dialogue;
    this.startNext = startNext;
    this.exited = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  heard(line: string): void {
    this.lines.push(line);
  }

  ended(exit: ProcessExit): void {
    this.lines.end();
    this.settle(exit);
  }

  send(line: string): void {
    // Nobody waits for it: a process that is gone says so by `exited`.
    this.dialogue.ask('send', { process: this.name, line }).catch(() => undefined);
  }

  signal(signal: ProcessSignal): Promise<Nanos> {
    return this.dialogue.ask('signal', { process: this.name, signal });
  }

  async putWorkersFirst(): Promise<void> {
    await this.dialogue.ask('workersFirst', { process: this.name });
  }

  async replace(spec: ProcessSpec): Promise<HostProcess> {
    await this.signal('SIGKILL');
    await this.exited;
    return this.startNext(spec);
  }
}
