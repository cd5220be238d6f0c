import { EXIT_CODE } from '../units/index.ts';
import type { Terminal } from './terminal.ts';

/**
 * Turns Ctrl-C and its relatives into an abort: the first one ends the work in order, the second one at once.
 * Everything that a run started dies with this process either way.
 */
export function onInterrupt(terminal: Terminal): { readonly signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(EXIT_CODE.interrupted);
    terminal.say('\nstopping; what was measured is kept (again to stop at once)');
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, stop);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const name of signals) process.off(name, stop);
    },
  };
}
