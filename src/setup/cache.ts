import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where this program keeps what it fetched, by the XDG base directory specification: a relative path there is ignored. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const xdg = env['XDG_CACHE_HOME'] ?? '';
  return join(isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'meshbench');
}

/** The folder that holds one folder per fetched Envoy version. */
export function envoysFolder(cache: string): string {
  return join(cache, 'envoy');
}

/** The folder of one fetched Envoy: the program `envoy` and its stamp. */
export function envoyFolder(cache: string, version: string): string {
  return join(envoysFolder(cache), version);
}
