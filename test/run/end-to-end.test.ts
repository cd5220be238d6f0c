import assert from 'node:assert/strict';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { readRecord, type Trial } from '../../src/record/index.ts';
import type { Summary } from '../../src/summary/index.ts';
import { findChromium, startChromium } from '../support/browser.ts';
import { type Ended, meshbench, Scratch } from '../support/cli.ts';
import { asNobody, envoyForAll, noNobody } from '../support/nobody.ts';

const SCENARIO = `question: Does the main job work from end to end?
variants:
  direct: {}
  outbound: { mesh: { outbound: listener } }
load: { rate: 500/s, connections: 8, warmup: 200ms, duration: 600ms }
`;

const TWO_OF_EACH = ['direct', 'direct', 'outbound', 'outbound'].map((variant) => [variant, { ok: 300 }]);

/** What trials counted, by variant. */
function counted(trials: readonly Trial[]) {
  return trials.map(({ variant, load }) => [variant, load.outcomes]).sort();
}

const OUTPUTS = ['summary.json', 'summary.md', 'report.html'];

describe('a run', () => {
  const scratch = new Scratch();
  let ended: Ended;
  let folder = '';
  let summary: Summary;
  let trials: readonly Trial[];
  before(async () => {
    ended = await meshbench(
      'run',
      scratch.scenario('whole', SCENARIO),
      '--quick',
      '--seed',
      '5',
      '--out',
      scratch.folder,
      '--json',
    );
    folder = scratch.run('whole');
    summary = JSON.parse(ended.stdout) as Summary;
    ({ trials } = await readRecord(path.join(folder, 'record.jsonl')));
  });
  after(() => scratch[Symbol.dispose]());
  /** The summary of a quick run counts them all, disturbed or not. */
  const trialsOf = (name: string): readonly Trial[] => trials.filter(({ variant }) => variant === name);

  test('ends well, with one object on stdout: the summary that it wrote', () => {
    assert.equal(ended.code, 0, ended.stderr);
    assert.deepEqual(summary, JSON.parse(readFileSync(path.join(folder, 'summary.json'), 'utf8')));
    assert.equal(realpathSync(path.join(scratch.folder, 'whole', 'latest')), realpathSync(folder));
  });

  test('measured every request of every variant', () => {
    assert.deepEqual(counted(trials), TWO_OF_EACH);
    assert.deepEqual(
      summary.variants.map(({ name, requests, errors }) => ({ name, requests, errors })),
      ['direct', 'outbound'].map((name) => ({ name, requests: 300 * trialsOf(name).length, errors: 0 })),
    );
    for (const { responseNs, serviceNs, achievedRate } of summary.variants.filter((one) => one.trials > 0)) {
      assert.ok((responseNs.p50 ?? 0) > 0 && (responseNs.p50 ?? 0) >= (serviceNs.p50 ?? 0));
      assert.ok(Math.abs((achievedRate ?? 0) - 500) < 25, `achieved ${achievedRate}`);
    }
  });

  test('knows what each component used', () => {
    const outbound = summary.variants.find(({ name }) => name === 'outbound');
    for (const component of ['client.load', 'client.envoy', 'server.app', 'harness']) {
      for (const { usage } of trialsOf('outbound')) {
        const { cpuNs = 0, rssBytes = 0 } = usage.components[component] ?? {};
        assert.ok(cpuNs > 0 && rssBytes > 1e6, component);
      }
      assert.ok((outbound?.cpu.components[component]?.coreSeconds ?? 0) > 0, component);
      assert.ok((outbound?.memory.components[component]?.rssBytes ?? 0) > 1e6, component);
    }
    for (const { variant, ready } of trials) assert.equal((ready['client.envoy'] ?? 0) > 0, variant === 'outbound');
  });

  test("sent the outbound variant's requests through Envoy, by Envoy's own counters, and the direct one's past it", () => {
    for (const { variant, proxies } of trials) {
      const counters = proxies['client.envoy']?.counters;
      if (variant === 'direct') assert.equal(counters, undefined);
      // 100 of the warm-up and 300 of the measurement, to the last one.
      else assert.equal(counters?.['http.outbound.downstream_rq_2xx'], 400);
    }
  });

  test('keeps the configuration that it deployed, which is the one in the report', () => {
    const config = JSON.parse(readFileSync(path.join(folder, 'config/outbound/client.envoy.json'), 'utf8'));
    assert.equal(config.static_resources.listeners.length, 1);
    assert.match(readFileSync(path.join(folder, 'report.html'), 'utf8'), /config\/outbound\/client\.envoy\.json/u);
  });

  test('is rendered again from the record alone, to the same bytes', async () => {
    const before_ = OUTPUTS.map((name) => readFileSync(path.join(folder, name), 'utf8'));
    const { code } = await meshbench('report', folder);
    assert.equal(code, 0);
    assert.deepEqual(
      OUTPUTS.map((name) => readFileSync(path.join(folder, name), 'utf8')),
      before_,
    );
  });

  test('has a report that opens from disk without a word on the console or a request, where there is a Chromium', async (t) => {
    const chromium = findChromium();
    if (chromium === undefined) {
      t.skip('no Chromium on PATH');
      return;
    }
    await using started = await startChromium(chromium);
    const page = await started.browser.newPage();
    const words: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => words.push(message.text()));
    page.on('pageerror', (error) => words.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(path.join(folder, 'report.html')).href);
    assert.match((await page.textContent('h1')) ?? '', /Does the main job work from end to end\?/u);
    assert.deepEqual(words, []);
    assert.equal(requests.length, 1);
  });
});

describe('an unprivileged user', () => {
  test('gets the same, in the same way, where others can read the checkout', { skip: noNobody }, async () => {
    using scratch = new Scratch();
    const envoy = await envoyForAll(scratch.folder);
    const scenario = scratch.scenario('rootless', SCENARIO);
    const { code, stdout, stderr } = asNobody(
      scratch.folder,
      'run',
      scenario,
      '--quick',
      '--out',
      scratch.folder,
      '--envoy-bin',
      envoy,
      '--json',
    );
    assert.equal(code, 0, stderr);
    const summary = JSON.parse(stdout) as Summary;
    assert.equal(summary.fingerprint['user.root'], false);
    const { trials } = await readRecord(path.join(scratch.run('rootless'), 'record.jsonl'));
    assert.deepEqual(counted(trials), TWO_OF_EACH);
    assert.ok(existsSync(path.join(scratch.run('rootless'), 'report.html')));
  });
});
