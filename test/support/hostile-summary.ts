import type { Summary, VariantSummary } from '../../src/summary/index.ts';
import { certificateSummary } from './certificate.ts';
import { failingSummary, vetoedTrials } from './summaries.ts';

/** Markup, escapes, marks that turn the direction of writing, and words without end, wherever a record holds text. */
export const HOSTILE = [
  '</style></svg><script>document.title="owned"</script><img src=x onerror=alert(1)>',
  '\u001b[2J\u001b]0;owned\u0007\u009b31mred\u0000\r\n\tline',
  '\u202egnp.exe\u202c \u200bzero\u2066iso\u2069\ufeff \ud800 lone',
  '| a | b |\n|---|---|\n`code` **bold** [x](javascript:alert(1)) @octocat #1 https://example.org www.example.org',
  '{signal:"x"} {{x}} javascript:alert(1) &lt; "double" \'single\'',
  '__proto__',
] as const;

/** A summary in which every text is hostile, and some are 10,000 characters long. */
export function hostileSummary(): Summary {
  let turn = 0;
  const hostile = (): string => {
    turn += 1;
    return turn % 9 === 0 ? `${turn} ${'W'.repeat(10_000)}` : `${turn} ${HOSTILE[turn % HOSTILE.length] ?? ''}`;
  };
  const poisoned = (value: unknown): unknown => {
    if (typeof value === 'string') return hostile();
    if (Array.isArray(value)) return value.map(poisoned);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, poisoned(inner)]));
  };
  const base = failingSummary();
  const names = base.variants.map(() => hostile());
  const named = base.variants.map((variant, index) => ({
    ...(poisoned({ ...variant, settings: { ...variant.settings, [hostile()]: hostile() } }) as VariantSummary),
    name: names[index] ?? '',
    base: names[index] ?? '',
    baseline: names[0] ?? '',
    outcomes: { ok: 5, [hostile()]: 7 },
    cpu: { ...variant.cpu, components: renamed(variant.cpu.components, hostile) },
    memory: { components: renamed(variant.memory.components, hostile) },
  }));
  return {
    ...(poisoned(base) as Summary),
    ...({ schemaVersion: 1, mode: base.mode, ended: base.ended, verdict: base.verdict } as const),
    fingerprint: { [hostile()]: hostile(), [hostile()]: 3, [`envoy.${hostile()}.build`]: hostile() },
    certificate: {
      ...certificateSummary('failed'),
      checks: certificateSummary('failed').checks.map((one) => ({ ...one, check: hostile(), text: hostile() })),
    },
    vetoLimits: { [hostile()]: 0.5 },
    vetoes: vetoedTrials().map((veto) => ({ ...veto, variant: hostile(), signal: hostile(), text: hostile() })),
    variants: named,
    comparisons: base.comparisons.map((comparison) => ({
      ...comparison,
      baseline: names[0] ?? '',
      candidate: names[1] ?? '',
      metric: comparison.metric === 'rssBytes' ? hostile() : comparison.metric,
    })),
    thresholds: base.thresholds.map((threshold) => ({
      ...threshold,
      variant: hostile(),
      metric: hostile(),
      unit: hostile(),
      reason: hostile(),
    })),
  };
}

function renamed<Value>(record: Readonly<Record<string, Value>>, name: () => string): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([, value]) => [name(), value]));
}
