import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Mesh, unknownExtension, withoutExtension } from '../mesh/index.ts';
import { harmless } from '../scenario/index.ts';
import type { EnvoyBinary } from '../setup/index.ts';
import { BenchError } from '../units/index.ts';

type Json = Readonly<Record<string, unknown>>;

/** Envoy stops at the first thing that it does not know, and takes a minute or less for the largest configuration. */
const MOST_UNKNOWN = 20;
const TIMEOUT_MS = 120_000;
const OUTPUT_BYTES = 512e6;

/**
 * Asks Envoy itself whether it can run a replayed configuration.
 * @throws BenchError preflight, REPLAY_EXTENSIONS with everything that this Envoy does not have, or REPLAY_INVALID with
 * what it says else.
 */
export async function validateReplay(mesh: Mesh, envoy: EnvoyBinary): Promise<void> {
  const host = mesh.hosts.find(({ load }) => load);
  if (host?.sidecar === undefined) return;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'meshbench-validate-'));
  try {
    await validate(elsewhere(host.sidecar.bootstrap, host.folder, folder), folder, envoy);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Envoy opens its access logs when it validates, and the host's folder is there within the sandbox only. */
function elsewhere(config: Json, from: string, to: string): Json {
  const text = JSON.stringify(config, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(`${from}/`) ? `${to}${value.slice(from.length)}` : value,
  );
  return JSON.parse(text) as Json;
}

async function validate(config: Json, folder: string, envoy: EnvoyBinary): Promise<void> {
  const unknown = new Set<string>();
  let left = config;
  let complaint = await ask(left, folder, envoy);
  while (complaint !== undefined && unknown.size < MOST_UNKNOWN) {
    const extension = unknownExtension(complaint);
    if (extension === undefined) break;
    const rest = withoutExtension(left, extension);
    for (const name of rest.names) unknown.add(name);
    if (rest.names.length === 0) break;
    left = rest.config;
    complaint = await ask(left, folder, envoy);
  }
  if (unknown.size > 0) throw lacking([...unknown], envoy);
  if (complaint !== undefined) throw invalid(complaint, envoy);
}

function ask(config: Json, folder: string, envoy: EnvoyBinary): Promise<string | undefined> {
  const file = path.join(folder, 'envoy.json');
  return writeFile(file, JSON.stringify(config), { mode: 0o600 }).then(
    () =>
      new Promise((resolve, reject) => {
        const args = ['--mode', 'validate', '-l', 'critical', '--log-format', '%v', '-c', file];
        execFile(envoy.path, args, { timeout: TIMEOUT_MS, maxBuffer: OUTPUT_BYTES }, (error, stdout, stderr) => {
          if (error === null) resolve(undefined);
          else if (error.killed === true) reject(tooSlow(envoy));
          else resolve(stderr === '' ? stdout || error.message : stderr);
        });
      }),
  );
}

function lacking(names: readonly string[], { path: file, version }: EnvoyBinary): BenchError {
  const message = `this Envoy (${version}, ${file}) does not have what the configuration uses: ${names.map(harmless).join(', ')}`;
  return new BenchError('preflight', 'REPLAY_EXTENSIONS', message, {
    hint: 'name the Envoy that the configuration is for by --envoy-bin: of Istio /usr/local/bin/envoy in the istio-proxy image',
  });
}

function invalid(complaint: string, { version }: EnvoyBinary): BenchError {
  const message = `Envoy ${version} refuses the configuration: ${words(complaint)}`;
  return new BenchError('preflight', 'REPLAY_INVALID', message, {
    hint: 'it may be for another version: name its Envoy by --envoy-bin',
  });
}

/** Envoy's words without the configuration that it repeats after them: that may be large, and may hold secrets. */
function words(complaint: string): string {
  const first = complaint.replace(/^error initializing configuration '[^']*': ?/u, '').trim();
  return harmless(first.split(/\): \{|: \{"/u)[0] ?? '');
}

function tooSlow({ version }: EnvoyBinary): BenchError {
  const message = `Envoy ${version} did not validate the configuration within ${TIMEOUT_MS / 1000} s`;
  return new BenchError('preflight', 'REPLAY_INVALID', message, {
    hint: 'replay a smaller one, for example of a sidecar that sees fewer services',
  });
}
