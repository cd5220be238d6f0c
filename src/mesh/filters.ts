import { at, object, objects, only, text, typeOf } from './replay/json.ts';
import type { Json } from './sidecar-plan.ts';

/** The filters of a proxy's listeners, each once, in the order in which they stand. */
export interface Filters {
  readonly network: readonly string[];
  readonly http: readonly string[];
}

/** A filter of Envoy's own, by the type of its configuration: `envoy.extensions.filters.http.router.v3.Router`. */
const OWN = /(?:^|\/)envoy\.extensions\.filters\.(?:http|network)\.(?<name>[\w.]+?)\.v\d/u;
const PREFIX = /^envoy\.filters\.(?:http|network)\./u;

/** The filters that a configuration names, whoever wrote it. Those of listeners (`listener_filters`) are not among them. */
export function filtersOf(bootstrap: Json): Filters {
  const chains = objects(at(bootstrap, 'static_resources', 'listeners')).flatMap((listener) => [
    ...objects(listener['filter_chains']),
    ...only(listener['default_filter_chain']),
  ]);
  const network = chains.flatMap(({ filters }) => objects(filters));
  const http = network.flatMap((filter) => {
    const manager = filter['typed_config'];
    return typeOf(manager) === 'HttpConnectionManager' ? objects(object(manager)?.['http_filters']) : [];
  });
  return { network: namesOf(network), http: namesOf(http) };
}

function namesOf(filters: readonly Json[]): readonly string[] {
  return [...new Set(filters.map(nameOf))];
}

/** What a filter is, by its type; with the name that it was given where that says more, `wasm (istio.stats)`. */
function nameOf(filter: Json): string {
  const config = filter['typed_config'];
  const types = [at(config, '@type'), at(config, 'type_url')].flatMap((type) => text(type) ?? []);
  const own = types.flatMap((type) => OWN.exec(type)?.groups?.['name'] ?? []).at(-1);
  const given = text(filter['name'])?.replace(PREFIX, '');
  if (own === undefined) return given ?? types.at(-1) ?? 'without a name';
  return given === undefined || given === own ? own : `${own} (${given})`;
}
