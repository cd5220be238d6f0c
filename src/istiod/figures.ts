/** What istiod says of itself, from its start on. Times in ns. */
export interface IstiodFigures {
  /** Pushes of each kind of resource, by Istio's short names: cds, eds, lds, rds. */
  readonly pushes: Readonly<Record<string, number>>;
  /** What sidecars refused. */
  readonly rejected: number;
  /** Encoded configuration that was sent, over all kinds and sidecars. */
  readonly bytes: number;
  /** By what caused them. */
  readonly triggers: Readonly<Record<string, number>>;
  readonly debounce: Occasions;
  /** Working out what all sidecars have in common. */
  readonly context: Occasions;
  /** Building and sending, each kind of resource by itself. */
  readonly push: Occasions;
  /** From a change until a sidecar was sent all of it. */
  readonly convergence: Occasions;
}

/** How often, and how long in all. */
export interface Occasions {
  readonly count: number;
  readonly totalNs: number;
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads what Prometheus would scrape of istiod. What it has not counted yet is 0. */
export function readFigures(text: string): IstiodFigures {
  const samples = samplesOf(text);
  const sum = (name: string): number => (samples.get(name) ?? []).reduce((total, { value }) => total + value, 0);
  const by = (name: string, label: string): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { labels, value } of samples.get(name) ?? [])
      counts[labels[label] ?? ''] = (counts[labels[label] ?? ''] ?? 0) + value;
    return counts;
  };
  const occasions = (name: string): Occasions => ({
    count: sum(`${name}_count`),
    totalNs: Math.round(sum(`${name}_sum`) * 1e9),
  });
  return {
    pushes: by('pilot_xds_pushes', 'type'),
    rejected: sum('pilot_total_xds_rejects'),
    bytes: sum('pilot_xds_config_size_bytes_sum'),
    triggers: by('pilot_push_triggers', 'type'),
    debounce: occasions('pilot_debounce_time'),
    context: occasions('pilot_pushcontext_init_seconds'),
    push: occasions('pilot_xds_push_time'),
    convergence: occasions('pilot_proxy_convergence_time'),
  };
}

const LINE = /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>.*)\})? (?<value>\S+)/u;

/** Samples of the text format by name. */
function samplesOf(text: string): ReadonlyMap<string, readonly Sample[]> {
  const samples = new Map<string, Sample[]>();
  for (const line of text.split('\n')) {
    const { name, labels = '', value } = LINE.exec(line)?.groups ?? {};
    if (name === undefined) continue;
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/gu)].map(([, key = '', word = '']) => [key, word]);
    const known = samples.get(name) ?? [];
    known.push({ labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) });
    samples.set(name, known);
  }
  return samples;
}
