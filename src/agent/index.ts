import { agentNode } from '../setup/index.ts';

export type { AgentCommand, AgentEvent, Written } from './protocol.ts';

/** Path of the agent's program. */
const AGENT_PROGRAM: string = new URL('./main.js', import.meta.url).pathname;

/**
 * Megabytes of the young generation. A load's garbage is that of its turns, which costs nothing to collect: 16 MB are
 * collected seven times a second instead of ninety. An application's holds the memory of what it read, and each collection
 * frees it all: rather often and little than for 3 ms at a time (docs/measurement.md has the figures).
 */
const YOUNG_MB = { load: 16, application: 1 } as const;

/**
 * Megabytes that an application's old generation may take before it is collected for the first time. V8 begins with few, and
 * what new connections leave behind had it marked for 20 ms, each of which took half of what the application can do.
 */
const OLD_MB = 64;

/**
 * The command that runs an agent, in a host or outside, on the Node that {@link agentNode} finds now. V8's helper threads
 * would share its one processor and hold its loop for a whole scheduler tick, 4 ms here, and memory is not tidied up meanwhile.
 */
export function agentCommand(role: keyof typeof YOUNG_MB = 'load'): readonly [string, ...string[]] {
  const young = YOUNG_MB[role];
  const flags = [
    '--single-threaded',
    '--no-memory-reducer',
    `--min-semi-space-size=${young}`,
    `--max-semi-space-size=${young}`,
  ];
  if (role === 'application') flags.push(`--initial-old-space-size=${OLD_MB}`);
  return [agentNode().path, ...flags, AGENT_PROGRAM];
}
