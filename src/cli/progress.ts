import { monotonicNow } from '../metrics/index.ts';
import type { Progress, Tell } from '../run/index.ts';
import { formatDuration, nanos } from '../units/index.ts';
import type { Terminal } from './terminal.ts';

/** Redrawing costs processor time on the machine that is measured: twice a second is plenty. */
const REDRAW_MS = 500;

/** Draws a run's progress on stderr: one line that is redrawn on a terminal, plain lines elsewhere, nothing if quiet. */
export class ProgressLine {
  private readonly terminal: Terminal;
  private readonly quiet: boolean;
  private line = '';
  private finish = 0;
  private timer: NodeJS.Timeout | undefined;
  private trials = 0;

  constructor(terminal: Terminal, quiet: boolean) {
    this.terminal = terminal;
    this.quiet = quiet;
  }

  readonly tell: Tell = (progress) => {
    if (!this.quiet) this.show(progress);
  };

  /** Ends the live line; what is said afterwards stands on lines of its own. */
  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    if (this.line !== '' && this.terminal.live) process.stderr.write('\r\u001b[K');
    this.line = '';
  }

  private show(progress: Progress): void {
    switch (progress.kind) {
      case 'begin':
        this.trials = progress.trialsPerBlock;
        this.plain(
          `${progress.blocks} blocks of ${progress.trialsPerBlock} trials, about ${formatDuration(progress.estimate)} → ${progress.folder}`,
        );
        break;
      case 'trial-begin':
        this.finish = monotonicNow() + progress.left;
        this.line = `block ${progress.block + 1}, trial ${progress.position + 1}/${this.trials}: ${progress.variant}`;
        if (this.terminal.live) this.draw();
        break;
      case 'trial-end':
        this.trialEnded(progress.trial);
        break;
      case 'block-end':
        if (!this.terminal.live)
          this.plain(
            `${progress.whole} of ${progress.wanted} blocks, ${progress.vetoed} trials vetoed, ${this.left()} left`,
          );
        break;
      case 'note':
        this.plain(progress.text);
        break;
      case 'rendering':
        this.stop();
        break;
    }
  }

  private trialEnded(trial: Extract<Progress, { kind: 'trial-end' }>['trial']): void {
    for (const veto of trial.vetoes)
      this.plain(`block ${trial.block + 1}: a trial of ${trial.variant} is vetoed: ${veto.text}`);
    if (!this.terminal.live)
      this.plain(
        `${this.line}: ${Object.entries(trial.load.outcomes)
          .map(([name, count]) => `${count} ${name}`)
          .join(', ')}`,
      );
  }

  private draw(): void {
    const redraw = (): void => {
      const text = `${this.line} · ${this.left()} left`;
      process.stderr.write(`\r\u001b[K${text.slice(0, Math.max(20, this.terminal.width - 1))}`);
    };
    redraw();
    this.timer ??= setInterval(redraw, REDRAW_MS).unref();
  }

  private left(): string {
    return formatDuration(nanos(Math.max(0, Math.round((this.finish - monotonicNow()) / 1e9) * 1e9)));
  }

  private plain(line: string): void {
    if (this.terminal.live) process.stderr.write('\r\u001b[K');
    this.terminal.say(line);
  }
}
