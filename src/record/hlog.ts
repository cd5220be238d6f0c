import { Distribution } from '../metrics/index.ts';
import type { RunRecord } from './schema.ts';

/** Maxima of a log are told in ms, as HdrHistogram's own writers do for values in ns. */
const NS_PER_MS = 1e6;

/**
 * Response times of every second as a log of HdrHistogram (format version 1.3), which its plotters and analysers read.
 * One tag for each variant; tags hold no comma and no space there, so what a name has of them is replaced. Vetoed trials are
 * left out, as they are of every other number. Yields lines.
 * @throws BenchError usage, `histogram`, where a histogram is damaged.
 */
export function* histogramLog({ header, trials }: RunRecord): Generator<string> {
  const base = Date.parse(header.startedAt);
  yield '#[Histogram log format version 1.3]\n';
  yield `#[StartTime: ${(base / 1000).toFixed(3)} (seconds since epoch), ${header.startedAt}]\n`;
  yield '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"\n';
  for (const { variant, startedAt, measuredAt = startedAt, load, vetoes } of trials) {
    if (vetoes.length > 0) continue;
    const tag = variant.replaceAll(/[^A-Za-z0-9._=/-]+/gu, '_').slice(0, 100);
    const from = (Date.parse(measuredAt) - base) / 1000;
    for (const { second, histograms } of load.intervals) {
      const max = (Distribution.decode(histograms.response).max ?? 0) / NS_PER_MS;
      yield `Tag=${tag},${(from + second).toFixed(3)},1.000,${max.toFixed(3)},${histograms.response}\n`;
    }
  }
}
