import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { monotonicNow } from '../../src/metrics/index.ts';
import { scrapeSidecars } from '../../src/run/scrape.ts';
import { nanos } from '../../src/units/index.ts';
import { MeshPlace, REQUESTS } from '../support/standing-mesh.ts';

let place: MeshPlace;
before(async () => {
  place = await MeshPlace.open();
});
after(() => place[Symbol.asyncDispose]());

describe('tracing', () => {
  test('of all requests makes spans of both sidecars arrive at the collector', async () => {
    await using standing = await place.up('{ preset: istio, telemetry: { tracing: 100% } }');
    assert.deepEqual(await standing.send(), { ok: REQUESTS });
    await standing.check(REQUESTS);
    for (const host of ['client', 'server']) {
      assert.ok((await standing.counter(host, 'cluster.collector.upstream_rq_2xx')) > 0, host);
      assert.equal(await standing.counter(host, 'cluster.collector.upstream_rq_5xx'), 0, host);
    }
    // Spans go to the collector straight: it is no service, and nothing leads them back into the sidecar.
    assert.equal(await standing.counter('client', 'cluster.passthrough.upstream_cx_total'), 0);
  });

  test('of none sends none, and has nobody to send them to', async () => {
    await using standing = await place.up('{ preset: istio, telemetry: { tracing: 0% } }');
    assert.deepEqual(await standing.send(), { ok: REQUESTS });
    assert.equal(await standing.counter('client', 'cluster.collector.upstream_rq_2xx'), 0);
    assert.deepEqual([...standing.deployment.hosts.keys()], ['client', 'server']);
  });
});

describe('all stats', () => {
  test('are kept where they are asked for, and few otherwise', async () => {
    const kept: string[][] = [];
    for (const stats of ['few', 'all']) {
      await using standing = await place.up(`{ outbound: listener, telemetry: { stats: ${stats} } }`);
      await standing.send();
      const client = standing.deployment.hosts.get('client');
      const { body } = (await client?.get('admin.sock', '/stats/prometheus', nanos(5e9))) ?? { body: '' };
      kept.push([...body.matchAll(/^# TYPE (\S+)/gmu)].map(([, name]) => name ?? ''));
    }
    const [few = [], all = []] = kept;
    assert.ok(few.includes('envoy_http_downstream_rq_total') && few.every((name) => all.includes(name)));
    for (const prefix of ['envoy_cluster_manager_', 'envoy_runtime_']) {
      assert.ok(all.some((name) => name.startsWith(prefix)) && !few.some((name) => name.startsWith(prefix)), prefix);
    }
  });
});

describe('scraping', () => {
  test('reads all stats of every sidecar, every so often during the measurement', async () => {
    const { scrapes, proxies } = await place.trial('{ preset: istio, telemetry: { scrape: 50ms, stats: all } }');
    assert.ok(scrapes !== undefined);
    const { succeeded, failed, bytes, problem } = scrapes;
    assert.equal(succeeded + failed, 12, 'six in 300 ms from each of two');
    // A machine that does other things too may let one take longer than it may.
    assert.match(problem, failed === 0 ? /^$/u : /: no answer within 50 ms$/u);
    assert.ok(bytes / succeeded > 10_000, `${bytes} characters in ${succeeded}`);
    for (const { counters } of Object.values(proxies)) {
      assert.ok((counters['listener.admin.downstream_cx_total'] ?? 0) >= 6 - failed, "by Envoy's own count");
    }
  });

  test('is not done where it is not asked for', async () => {
    const { scrapes } = await place.trial('{ outbound: listener }');
    assert.equal(scrapes, undefined);
  });

  test('that fails is counted, with the reason of the first, and fails nothing else', async () => {
    await using standing = await place.up('{ outbound: listener, telemetry: { scrape: 20ms } }');
    const envoy = standing.deployment.processes.get('client.envoy');
    await envoy?.signal('SIGKILL');
    await envoy?.exited;
    const from = monotonicNow();
    const scrapes = await scrapeSidecars(standing.mesh, standing.deployment.hosts, from, nanos(from + 90e6));
    assert.deepEqual([scrapes?.succeeded, scrapes?.failed, scrapes?.bytes], [0, 5, 0]);
    assert.match(scrapes?.problem ?? '', /^client: .*ECONNREFUSED/u);
  });

  test('of a sidecar that hangs is given up in time for the next', async () => {
    await using standing = await place.up('{ outbound: listener, telemetry: { scrape: 100ms } }');
    const envoy = standing.deployment.processes.get('client.envoy');
    await envoy?.signal('SIGSTOP');
    const from = monotonicNow();
    const scrapes = await scrapeSidecars(standing.mesh, standing.deployment.hosts, from, nanos(from + 250e6));
    assert.equal(scrapes?.failed, 3);
    assert.match(scrapes?.problem ?? '', /no answer within 100 ms/u);
    assert.ok(monotonicNow() - from < 900e6);
  });
});
