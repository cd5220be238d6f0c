import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { html } from '../../src/report/html/template.ts';
import { renderHtml } from '../../src/report/index.ts';
import type { Summary } from '../../src/summary/index.ts';
import { assertGolden } from '../support/golden.ts';
import { hostileSummary } from '../support/hostile-summary.ts';
import { interceptionSummary } from '../support/interception.ts';
import {
  emptySummary,
  failingSummary,
  invalidSummary,
  matrixSummary,
  quickSummary,
  vetoedSummary,
} from '../support/summaries.ts';
import { CONTEXT, summaryFixture } from '../support/summary.ts';

const ALL = {
  summaryFixture,
  quickSummary,
  invalidSummary,
  vetoedSummary,
  failingSummary,
  emptySummary,
  matrixSummary,
  hostileSummary,
};

const render = (summary: Summary = summaryFixture()): Promise<string> => renderHtml(summary, CONTEXT);

/** The page without drawings, which a golden file of its own shows. */
function withoutDrawings(page: string): string {
  return page
    .replace(/(<svg class="chart[^>]*>).*?<\/svg>/gsu, '$1…</svg>')
    .replace(/<style>.*?<\/style>/su, '<style>…</style>');
}

describe('report.html', () => {
  test('a complete run', async () => assertGolden('report/quickstart.html', withoutDrawings(await render())));
  test('errors, an overload, events and thresholds', async () => {
    assertGolden('report/failing.html', withoutDrawings(await render(failingSummary())));
  });

  test('is the same bytes for the same summary', async () => {
    const pages = await Promise.all([render(), render(), render(structuredClone(summaryFixture()))]);
    assert.equal(new Set(pages).size, 1);
  });

  test('tells in order: question, answer, conclusions, doubts, results, charts, harness, machine, configuration, reading', async () => {
    const page = await render();
    const places = [
      '<h1>What does one outbound sidecar hop cost?</h1>',
      'outbound adds 92.1',
      '<li><span class="bad">✕ worse</span> Response time p99 <strong>+1.40 ms</strong>',
      '>What to doubt</h2>',
      '>Results</h2>',
      '>Charts</h2>',
      '>Notes from the run</h2>',
      '>The harness</h2>',
      '>The machine and this run</h2>',
      '>Configuration and rules</h2>',
      '>How to read this</h2>',
      '>How to repeat it</h2>',
      'npm run bench quickstart -- --seed 421337',
    ].map((text) => page.indexOf(text));
    assert.ok(places.every((place) => place > 0));
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
  });

  test('has the first three doubts on the first screen, and the others below', async () => {
    const doubts = ['First.', 'Second.', 'Third.', 'Fourth.', 'Fifth.'];
    const page = await render(summaryFixture({ doubts, notes: [] }));
    const [first = '', rest = ''] = page.split('</header>');
    assert.match(
      first,
      /<li>First\.<\/li><li>Second\.<\/li><li>Third\.<\/li><\/ol><p><a href="#more-doubts">2 more to doubt/u,
    );
    assert.match(rest, /<ol class="doubts" start="4"><li>Fourth\.<\/li><li>Fifth\.<\/li>/u);
    const calm = await render(summaryFixture({ doubts: [], notes: [] }));
    assert.match(calm, /No check of this run raised a doubt/u);
    assert.doesNotMatch(calm, /more-doubts/u);
  });

  test('concludes about each of twelve variants, and about none without an interval', async () => {
    const page = await render(await interceptionSummary());
    const [, list = ''] = /<ul class="conclusions"[^>]*>(.*?)<\/ul>/su.exec(page) ?? [];
    assert.equal(list.split('<li>').length - 1, 11);
    assert.match(
      list,
      /<span class="bad">✕ worse<\/span> istio <strong>\+136 µs<\/strong> <small>\+131 µs to \+138 µs/u,
    );
    assert.doesNotMatch(await render(quickSummary()), /class="conclusions"/u);
  });

  test('says why a number is missing', async () => {
    const page = await render(quickSummary());
    assert.match(page, /–<sup title="a trial has fewer than 10,000 requests">1<\/sup>/u);
    assert.match(page, /<li><sup>1<\/sup> a trial has fewer than 10,000 requests<\/li>/u);
    assert.match(page, /Quick mode shows that a scenario works\./u);
  });

  test('shows the path, the settings and the packet rules of each variant, with what matched them', async () => {
    const page = await render(await interceptionSummary());
    const [, details = ''] = /<details><summary>istio<\/summary>(.*?)<\/details>/su.exec(page) ?? [];
    assert.match(details, /client → Envoy beside client \(REDIRECT\) → Envoy beside server \(REDIRECT\) → server/u);
    assert.match(details, /mesh\.inbound<\/th><td class="start">redirect/u);
    assert.match(
      details,
      /<code>-A PREROUTING ! -i lo -p tcp -m tcp --dport 8080 -j REDIRECT --to-ports 15006<\/code><\/td><td class="end">32<\/td>/u,
    );
    assert.match(page, /<details><summary>direct<\/summary>.*?It has no packet rules/su);
    assert.match(page, /Measured: stock Envoy 1\.40\.0, no Istio sidecar; HTTP filters: router; network filters: /u);
  });

  test('lists what was vetoed, with the limits', async () => {
    const page = await render(vetoedSummary());
    assert.match(page, /hypervisor gave to others was 7\.10 %, above 2\.00 %/u);
    assert.match(page, /Release lag, p99<\/th><td class="end">1\.00 ms/u);
  });

  for (const [name, make] of Object.entries(ALL)) {
    test(`${name}: loads nothing, runs nothing, under 1 MB, every name of a drawing and id sound`, async () => {
      const page = await render(make());
      assert.ok(Buffer.byteLength(page) < 1_000_000);
      const tags = [...page.matchAll(/<([a-z][a-z0-9]*)((?:\s+[a-zA-Z][\w:-]*(?:="[^"]*")?)*)\s*\/?>/gu)];
      assert.equal(tags.length, [...page.matchAll(/<[a-z]/giu)].length);
      for (const [tag, element = '', attributes = ''] of tags) {
        assert.ok(
          !['script', 'img', 'iframe', 'object', 'embed', 'base', 'form', 'video', 'image', 'use'].includes(element),
          tag,
        );
        assert.doesNotMatch(attributes.replaceAll(/"[^"]*"/gu, '""'), /\son[a-z]+=|\sstyle=|\ssrc=/iu);
      }
      const links = [...page.matchAll(/\shref="([^"]*)"/gu)].map(([, href]) => href ?? '');
      assert.ok(links.every((href) => href.startsWith('#') || href.startsWith('./') || href === 'data:,'));
      const ids = [...page.matchAll(/\sid="([^"]*)"/gu)].map(([, id]) => id);
      assert.equal(new Set(ids).size, ids.length);
      const regions = [...page.matchAll(/role="region" aria-label="([^"]*)"/gu)].map(([, label]) => label);
      assert.equal(new Set(regions).size, regions.length);
      for (const [svg] of page.matchAll(/<svg class="chart[^>]*>/gu))
        assert.match(svg, /role="img" aria-label="[^"]{20,}"/u);
      assert.doesNotMatch(page.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
    });
  }

  test('carries a policy that forbids everything but its own style', async () => {
    assert.match(
      await render(),
      /Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; img-src data:/u,
    );
  });

  test('links only to files below it', async () => {
    const files = ['config/a b/client.envoy.json', '../../etc/passwd', 'javascript:alert(1)', '"><script>'];
    const page = await renderHtml(summaryFixture(), {
      ...CONTEXT,
      files: files.map((name) => ({ name, what: 'a file' })),
    });
    const links = [...page.matchAll(/<li><a href="([^"]*)"/gu)].map(([, href]) => href);
    assert.deepEqual(links.slice(-4), [
      './config/a%20b/client.envoy.json',
      './etc/passwd',
      './javascript%3Aalert(1)',
      './%22%3E%3Cscript%3E',
    ]);
  });

  test('a template escapes in elements and in attributes', () => {
    const text = `<b>"'&`;
    assert.equal(
      html`<p title="${text}">${text}</p>${[html`<i>${1}</i>`]}`.text,
      '<p title="&lt;b&gt;&quot;&#39;&amp;">&lt;b&gt;&quot;&#39;&amp;</p><i>1</i>',
    );
  });

  test('Vega is loaded by the page alone', async () => {
    const index = pathToFileURL(path.join(import.meta.dirname, '../../src/report/index.js')).href;
    const fixture = pathToFileURL(path.join(import.meta.dirname, '../support/summary.js')).href;
    const refuse = `export async function resolve(name, context, next) {
      if (name === 'vega' || name === 'vega-lite') throw new Error('Vega was asked for');
      return next(name, context);
    }`;
    const program = `
      import { register } from 'node:module';
      register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(refuse)}));
      const report = await import(${JSON.stringify(index)});
      const { summaryFixture, CONTEXT } = await import(${JSON.stringify(fixture)});
      const summary = summaryFixture();
      report.renderText(summary, { width: 80, color: false });
      report.renderMarkdown(summary);
      report.renderJson(summary);
      const refusal = await report.renderHtml(summary, CONTEXT).catch((error) => error.message);
      process.stdout.write(String(refusal));
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
    assert.equal(stdout, 'Vega was asked for');
  });
});
