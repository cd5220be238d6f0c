import type { IstioObject, Sidecar } from './objects.ts';
import { has, type Service } from './service.ts';

/** A proxy as visibility is decided for it. */
export interface Viewer {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The Sidecar that holds for a proxy: one whose selector matches its labels, else the one of its namespace without a
 * selector, else that of the root namespace, as Istio chooses it. Undefined where all services are visible.
 */
export function sidecarFor(
  viewer: Viewer,
  objects: readonly IstioObject[],
  rootNamespace: string,
): Sidecar | undefined {
  const sidecars = objects.filter((object) => object.kind === 'Sidecar');
  const own = sidecars.filter(({ metadata }) => metadata.namespace === viewer.namespace);
  return (
    own.find(({ spec }) => spec.workloadSelector !== undefined && has(viewer.labels, spec.workloadSelector.labels)) ??
    own.find(({ spec }) => spec.workloadSelector === undefined) ??
    sidecars.find(({ metadata, spec }) => metadata.namespace === rootNamespace && spec.workloadSelector === undefined)
  );
}

/** The services that a Sidecar's egress hosts name, in their order; all of them without a Sidecar. */
export function visibleServices(services: readonly Service[], sidecar: Sidecar | undefined): readonly Service[] {
  if (sidecar === undefined) return services;
  const named = sidecar.spec.egress.flatMap(({ hosts }) => hosts.map((host) => egressHost(host, sidecar)));
  const exact = new Set(
    named.filter(({ host }) => !host.includes('*')).map(({ namespace, host }) => `${namespace}/${host}`),
  );
  const patterns = named.filter(({ host }) => host.includes('*'));
  return services.filter(
    ({ namespace, host }) =>
      exact.has(`${namespace}/${host}`) ||
      exact.has(`*/${host}`) ||
      patterns.some((one) => (one.namespace === '*' || one.namespace === namespace) && matches(one.host, host)),
  );
}

function egressHost(text: string, { metadata }: Sidecar): { readonly namespace: string; readonly host: string } {
  const slash = text.indexOf('/');
  const namespace = text.slice(0, slash);
  return { namespace: namespace === '.' ? metadata.namespace : namespace, host: text.slice(slash + 1) };
}

/** `*` is every host, `*.x` every host that ends in `.x`. */
function matches(pattern: string, host: string): boolean {
  return pattern === '*' || host.endsWith(pattern.slice(1));
}
