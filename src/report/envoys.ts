import type { Summary } from '../summary/index.ts';
import { own } from './own.ts';
import { visible } from './visible.ts';

/**
 * Which Envoys were measured and what they ran, one text each, from the fingerprint's `envoy.<version>.*` and `replay`:
 * `stock Envoy 1.40.0, router filter only: not an Istio sidecar`. Empty without any.
 */
export function envoys({ fingerprint }: Summary): readonly string[] {
  const filters = (own(fingerprint, 'replay') ?? null) === null ? ROUTER_ONLY : REPLAYED;
  return Object.entries(fingerprint).flatMap(([name, build]) => {
    const version = /^envoy\.(?<version>.+)\.build$/u.exec(name)?.groups?.['version'];
    if (version === undefined) return [];
    const source = own(fingerprint, `envoy.${version}.source`);
    return [`${kindOf(String(build), source)} ${visible(version, 40)}, ${filters}`];
  });
}

/** All that our own configuration holds; a real sidecar has filters for statistics, peers and policies besides. */
const ROUTER_ONLY = 'router filter only: not an Istio sidecar';
const REPLAYED = "with the filters of a user's configuration beside the client";

/** A build is `revision/version/Clean/RELEASE/TLS library`. */
function kindOf(build: string, source: unknown): string {
  if (source === 'given') return "a user's own Envoy";
  if (!build.includes('/RELEASE/')) return 'debug Envoy';
  return build.includes('/Clean/') ? 'stock Envoy' : 'patched Envoy';
}
