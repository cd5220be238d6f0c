import { setTimeout as sleep } from 'node:timers/promises';
import { type LoadPlan, OpenLoop, tcpDialer } from '../../load/index.ts';
import { Histogram, initHistograms, monotonicNow } from '../../metrics/index.ts';
import { formatDuration, nanos } from '../../units/index.ts';

/**
 * Offers one plan again and again and says a line after each round, until it is ended: the load of a topology that a person
 * looks into (`meshbench export compose`). Runs have agents that are told when to start instead.
 */
const plan = JSON.parse(process.argv[2] ?? '{}') as LoadPlan;
const RETRY_MS = 1000;
/** Connections are open by then. */
const LEAD_NS = 50e6;

process.on('SIGTERM', () => process.exit(0));
await initHistograms();
while (true) {
  const surroundings = {
    clock: monotonicNow,
    dial: tcpDialer(),
    soon: setImmediate,
    later: (ms: number, action: () => void) => void setTimeout(action, ms),
  };
  const load = new OpenLoop(plan, surroundings, () => undefined);
  try {
    await load.connect();
    say(describe(await load.run(nanos(monotonicNow() + LEAD_NS))));
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}; again in a second`);
    await sleep(RETRY_MS);
  }
}

function describe({ outcomes, histograms }: Awaited<ReturnType<OpenLoop['run']>>): string {
  using response = Histogram.decode(histograms.response);
  const quantile = (share: number): string => formatDuration(nanos(response.quantile(share) ?? 0));
  const counts = Object.entries(outcomes).map(([name, count]) => `${count} ${name}`);
  return `${counts.join(', ')}; response time p50 ${quantile(0.5)}, p99 ${quantile(0.99)}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
