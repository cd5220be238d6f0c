import type { Replay } from '../mesh/index.ts';
import type { Overrides } from '../plan/index.ts';
import { readReplayFile } from '../run/index.ts';
import { BenchError } from '../units/index.ts';
import { userPath } from './context.ts';

/** The flags by which a user's own configuration is replayed. */
export interface ReplayFlags {
  readonly configDump?: string;
  readonly bootstrap?: string;
  readonly replayListener?: string;
  readonly replayAuthority?: string;
}

/** What the flags ask for: for the plan, and for the meshes. Nothing where they ask for nothing. */
export interface ReplayAsked {
  readonly request: Pick<Overrides, 'replay'>;
  readonly replay: Replay | undefined;
}

/**
 * Reads the file that the flags name.
 * @throws BenchError usage for a file that cannot be used, and for choices without a file.
 */
export async function readReplay(flags: ReplayFlags): Promise<ReplayAsked> {
  const { configDump, bootstrap, replayListener: listener, replayAuthority: authority } = flags;
  const file = configDump ?? bootstrap;
  if (file === undefined) {
    if (listener === undefined && authority === undefined) return { request: {}, replay: undefined };
    throw new BenchError('usage', 'REPLAY_WITHOUT_FILE', 'nothing is replayed that requests could come in by', {
      hint: 'give --config-dump or --bootstrap too',
    });
  }
  const kind = configDump === undefined ? 'bootstrap' : 'config-dump';
  const { source, sha256 } = await readReplayFile(userPath(file), kind);
  const chosen = { ...(listener === undefined ? {} : { listener }), ...(authority === undefined ? {} : { authority }) };
  return { request: { replay: { kind, sha256, ...chosen } }, replay: { source, listener, authority } };
}
