import { agentNode } from '../setup/index.ts';

export type { AgentCommand, AgentEvent, Written } from './protocol.ts';

/** Path of the agent's program. */
const AGENT_PROGRAM: string = new URL('./main.js', import.meta.url).pathname;

/**
 * V8's helper threads would share the agent's one processor and hold its loop for a whole scheduler tick, 4 ms here; and
 * a young generation of 16 MB is collected seven times a second instead of ninety (docs/measurement.md has the figures).
 */
const NODE_FLAGS = ['--single-threaded', '--min-semi-space-size=16', '--max-semi-space-size=16'] as const;

/** The command that runs an agent, in a host or outside, on the Node that {@link agentNode} finds now. */
export function agentCommand(): readonly [string, ...string[]] {
  return [agentNode().path, ...NODE_FLAGS, AGENT_PROGRAM];
}
