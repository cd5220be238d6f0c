import type { AgentCommand, AgentEvent } from '../agent/index.ts';
import type { HostProcess } from '../runtime/index.ts';
import { BenchError } from '../units/index.ts';

/** An agent that runs in a host, as the conductor speaks to it. */
export class Agent {
  readonly process: HostProcess;
  private readonly events: AsyncIterator<string>;

  constructor(process: HostProcess) {
    this.process = process;
    this.events = process.lines[Symbol.asyncIterator]();
  }

  command(command: AgentCommand): void {
    this.process.send(JSON.stringify(command));
  }

  /**
   * Its next event.
   * @throws BenchError component when the agent reports a failure or ends.
   */
  async next(): Promise<AgentEvent> {
    const { value, done } = await this.events.next();
    if (done === true) {
      const { code, signal, stderr } = await this.process.exited;
      throw new BenchError(
        'component',
        'AGENT_ENDED',
        `${this.process.name} ended (${signal ?? `exit code ${code}`}) ${stderr}`.trim(),
        { hint: 'what was measured before is kept in the record' },
      );
    }
    const event = JSON.parse(value) as AgentEvent;
    if (event.event === 'failed') {
      throw new BenchError('component', event.code, `${this.process.name}: ${event.message}`, { hint: event.hint });
    }
    return event;
  }

  /** Its next event, which must be of this kind. */
  async expect<K extends AgentEvent['event']>(kind: K): Promise<Extract<AgentEvent, { event: K }>> {
    const event = await this.next();
    if (event.event === kind) return event as Extract<AgentEvent, { event: K }>;
    throw new BenchError('internal', 'AGENT_OUT_OF_STEP', `${this.process.name} said ${event.event}, expected ${kind}`);
  }
}
