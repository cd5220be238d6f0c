export type { AgentCommand, AgentEvent } from './protocol.ts';

/** Path of the agent's program, to be run by Node in a host. */
export const AGENT_PROGRAM: string = new URL('./main.js', import.meta.url).pathname;
