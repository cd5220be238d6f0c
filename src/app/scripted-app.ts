import net from 'node:net';
import { type Clock, monotonicNow } from '../metrics/index.ts';
import type { AppSettings } from '../scenario/index.ts';
import { toMillis } from '../units/index.ts';
import { DelayedAnswers } from './delayed-answers.ts';
import { portOf, stopListening } from './listen.ts';
import type { Served } from './served.ts';
import { spin } from './work.ts';

/** What applications do as their script says, whatever they speak. `T` is a request that waits for its answer. */
export abstract class ScriptedApp<T> implements Served {
  readonly server: net.Server;
  protected script: AppSettings;
  protected readonly delayed: DelayedAnswers<T>;
  private readonly clock: Clock = monotonicNow;
  private served = 0;

  /** `options` are those of the server that differ from what Node does. */
  constructor(script: AppSettings, seed: number, options: net.ServerOpts = {}) {
    this.script = script;
    this.delayed = new DelayedAnswers(script, this.clock, seed, (pending) => this.answer(pending));
    this.server = net.createServer({ ...options, noDelay: true }, (socket) => this.accept(socket));
  }

  protected abstract accept(socket: net.Socket): void;
  /** The request is due to be answered. */
  protected abstract answer(pending: T): void;

  get port(): number {
    return portOf(this.server);
  }

  measureFrom(instant: number): void {
    this.delayed.measureFrom(instant);
  }

  close(): Promise<void> {
    this.delayed.close();
    return stopListening(this.server);
  }

  /**
   * Serves as another script says for a while, which `use` uses, and then as its own, as if nothing had been.
   * @param seed of its own script's delays
   */
  async during(script: AppSettings, seed: number, use: () => Promise<void>): Promise<void> {
    const own = this.script;
    this.follow(script, seed);
    await use();
    this.follow(own, seed);
  }

  private follow(script: AppSettings, seed: number): void {
    this.script = script;
    this.delayed.follow(script, seed);
    this.served = 0;
  }

  /** Counts a request; true where its connection is reset in place of an answer. */
  protected isReset(socket: net.Socket): boolean {
    this.served += 1;
    const { reset } = this.script;
    const resets = reset !== undefined && this.served % reset.every === 0;
    if (resets) socket.resetAndDestroy();
    return resets;
  }

  /** Whether the connection ends with the answer that is due now. */
  protected get leaves(): boolean {
    const { close } = this.script;
    return close !== undefined && this.served % close.every === 0;
  }

  /** What an answer costs. */
  protected work(): void {
    if (this.script.work > 0) spin(this.clock, this.script.work);
  }

  /** A caller that waits for its answer is not idle; the answer counts as activity, which starts the time again. */
  protected whenIdle(socket: net.Socket, isIdle: () => boolean, leave: () => void): void {
    const { keepAliveTimeout } = this.script;
    if (keepAliveTimeout === 0) return;
    socket.setTimeout(toMillis(keepAliveTimeout), () => {
      if (isIdle()) leave();
    });
  }
}
