import type { Clock } from '../metrics/index.ts';
import type { AppSettings } from '../scenario/index.ts';
import { createRandom, type Random } from '../units/index.ts';
import { Alarm } from './alarm.ts';
import { answerDue, type StallSpan } from './script.ts';

/** Has each request answered when the script says: at once, after its delay, not within a stall. */
export class DelayedAnswers<T> {
  private script: AppSettings;
  private readonly clock: Clock;
  private random: Random;
  private readonly answer: (pending: T) => void;
  /** Undefined where every answer is immediate: it has a thread. */
  private readonly alarm: Alarm<T> | undefined;
  private stalls: readonly StallSpan[] = [];

  constructor(script: AppSettings, clock: Clock, seed: number, answer: (pending: T) => void) {
    this.script = script;
    this.clock = clock;
    this.random = createRandom(seed);
    this.answer = answer;
    const immediate = script.delay.kind === 'constant' && script.delay.value === 0 && script.stalls.length === 0;
    this.alarm = immediate ? undefined : new Alarm(clock, answer);
  }

  /** From now on. What waits already is answered when it would have been. */
  follow(script: AppSettings, seed: number): void {
    this.script = script;
    this.random = createRandom(seed);
  }

  /** Stalls are counted from this instant. */
  measureFrom(instant: number): void {
    this.stalls = this.script.stalls.map((stall) => ({
      from: instant + stall.at,
      until: instant + stall.at + stall.for,
    }));
  }

  /** A request came now. */
  add(pending: T): void {
    if (this.alarm === undefined) {
      this.answer(pending);
      return;
    }
    const now = this.clock();
    const due = answerDue(now, this.script.delay, this.stalls, this.random);
    if (due <= now) this.answer(pending);
    else this.alarm.set(due, pending);
  }

  close(): void {
    this.alarm?.close();
  }
}
