import { setTimeout as sleep } from 'node:timers/promises';
import type { Mesh, Sidecar } from '../mesh/index.ts';
import { monotonicNow } from '../metrics/index.ts';
import type { Trial } from '../record/index.ts';
import type { Host } from '../runtime/index.ts';
import { fromSeconds, type Nanos, nanos } from '../units/index.ts';

/** How the scrapes of a trial went. What was read is not kept: reading it is the load that is measured. */
export type Scrapes = NonNullable<Trial['scrapes']>;

/** Prometheus waits so long by default. */
const LONGEST = fromSeconds(10);

/**
 * Reads all stats of every sidecar that is to be scraped, at `from` and every interval until `until`, as Prometheus
 * would: one scrape of a sidecar at a time. A failed one is counted. Undefined where no sidecar is scraped.
 */
export async function scrapeSidecars(
  mesh: Pick<Mesh, 'hosts'>,
  hosts: ReadonlyMap<string, Host>,
  from: Nanos,
  until: Nanos,
): Promise<Scrapes | undefined> {
  const scraped = mesh.hosts.flatMap(({ name, sidecar }) => {
    const host = hosts.get(name);
    return sidecar === undefined || sidecar.scrape === 0 || host === undefined ? [] : [{ host, sidecar }];
  });
  if (scraped.length === 0) return undefined;
  const all = await Promise.all(scraped.map(({ host, sidecar }) => scrapeOne(sidecar, host, from, until)));
  return all.reduce((sum, one) => ({
    succeeded: sum.succeeded + one.succeeded,
    failed: sum.failed + one.failed,
    bytes: sum.bytes + one.bytes,
    problem: sum.problem || one.problem,
  }));
}

async function scrapeOne({ adminSocket, scrape }: Sidecar, host: Host, from: Nanos, until: Nanos): Promise<Scrapes> {
  const timeout = nanos(Math.min(scrape, LONGEST));
  const done = { succeeded: 0, failed: 0, bytes: 0, problem: '' };
  for (let at: number = from; at < until; at += scrape) {
    await sleep(Math.max(0, (at - monotonicNow()) / 1e6));
    try {
      const { status, body } = await host.get(adminSocket, '/stats/prometheus', timeout);
      if (status !== 200) throw new RangeError(`it answered ${status}`);
      done.succeeded += 1;
      done.bytes += body.length;
    } catch (error) {
      done.failed += 1;
      done.problem ||= `${host.name}: ${error instanceof Error ? error.message : error}`.slice(0, 1000);
    }
  }
  return done;
}
