import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { draw } from '../../src/report/charts/draw.ts';
import { servicesCharts } from '../../src/report/charts/services.ts';
import { renderHtml, renderMarkdown, renderText } from '../../src/report/index.ts';
import { answer, type Summary } from '../../src/summary/index.ts';
import { configuration, servicesSummary } from '../support/services.ts';
import { OUTBOUND, summaryFixture, variantFixture } from '../support/summary.ts';

describe('what services cost', () => {
  const summary = servicesSummary([0, 500, 10_000]);

  test('is said first, for the most of them', () => {
    assert.ok(
      answer(summary).startsWith(
        'With 10,000 services in the mesh a sidecar takes 960 MB and 20.1 s until ready for 10,004 clusters (all); ' +
          '60.2 MB and 104 ms until ready for 6 clusters (lazy), medians of 6 blocks. ',
      ),
      answer(summary),
    );
  });

  test('is drawn over their number: memory, time until ready, p50 and p99', async () => {
    const charts = servicesCharts(summary);
    assert.equal(charts.length, 4);
    const [memory, ready] = charts;
    assert.match(
      memory?.label ?? '',
      /all: from 60\.0 MB at 0 to 960 MB at 10,?000; lazy: from 60\.2 MB at 0 to 60\.2 MB/u,
    );
    assert.match(
      ready?.label ?? '',
      /all: from 100 ms \(90\.0 ms to 110 ms\) at 0 to 20\.1 s \(18\.1 s to 22\.1 s\) at 10,000/u,
    );
    for (const chart of charts) assert.match(await draw(chart.spec(490), 490), /^<svg/u);
  });

  test('is not drawn for one number, nor where nothing is configured so', () => {
    assert.deepEqual(servicesCharts(servicesSummary([500])), []);
    assert.deepEqual(servicesCharts(summaryFixture()), []);
    assert.doesNotMatch(answer(summaryFixture()), /services in the mesh/u);
  });

  test('is a table of the page and of summary.md, and stands in neither without a control plane', async () => {
    const context = { files: [], command: 'meshbench run service-entries' };
    const page = await renderHtml(summary, context);
    assert.match(page, /What knowing services costs a sidecar/u);
    assert.match(renderMarkdown(summary), /\| all services\.count=10000 \|.*10,?004/u);
    assert.doesNotMatch(await renderHtml(summaryFixture(), context), /What knowing services costs/u);
  });

  test('comes before times and comparisons that tell nothing, also for one number, and after them where they do', async () => {
    const untold = (one: Summary): Summary => ({
      ...one,
      comparisons: summaryFixture().comparisons.map((comparison) => ({
        ...{ ...comparison, conclusion: 'cannot-tell', difference: null, ratio: null },
        reasons: { difference: 'an interval needs 6 whole blocks, there are 3' },
      })),
    });
    const ORDER = /What configuring a sidecar took|Response time, errors and cost|Every comparison|Charts<|Results</gu;
    const order = (text: string): readonly string[] => [...new Set([...text.matchAll(ORDER)].map(([found]) => found))];
    const quiet = untold({ ...servicesSummary([500]), thresholds: [] });
    const [configured, times] = ['What configuring a sidecar took', 'Response time, errors and cost'];
    assert.deepEqual(order(renderText(quiet, { width: 200, color: false })), [configured, times]);
    assert.doesNotMatch(renderText(quiet, { width: 200, color: false }), /cannot tell/u);
    assert.deepEqual(order(renderMarkdown(quiet)), [configured, times, 'Every comparison']);
    const page = await renderHtml(quiet, { files: [], command: 'x' });
    assert.deepEqual(order(page.slice(page.indexOf('<main>'))), ['Charts<', configured, 'Results<', times]);
    assert.match(page, /<details><summary>Comparisons of times and costs/u);

    const told = { ...quiet, comparisons: summaryFixture().comparisons };
    assert.deepEqual(order(renderText(told, { width: 200, color: false })), [times]);
    assert.deepEqual(order(renderMarkdown(told)), [times, configured]);
  });

  test('has a table of light clients, which a terminal shows whatever else a run tells', () => {
    const memberNs = { p50: 1e9, p99: 1.2e9, max: 1.5e9 };
    const crowd = { members: 200, wholeNs: 1e10, memberNs, lost: 3, bytes: 1_720_000 };
    const of = variantFixture({ ...OUTBOUND, name: 'many' }, { configuration: { ...configuration(500), crowd } });
    const told = summaryFixture({ variants: [of] });
    assert.match(
      renderMarkdown(told),
      /\| many \| 200 \| 10\.0 s \| 1\.00 s \| 1\.20 s \| 1\.50 s \| 1\.72 MB \| 3 \|/u,
    );
    assert.match(renderText(told, { width: 100, color: false }), /Light clients beside the sidecar.*\n.*\n.*Clients/u);
    assert.doesNotMatch(renderMarkdown(summary), /Light clients/u);
  });

  test('has a table of what istiod says of itself, with a dash for what it never did, and none where there is no istiod', async () => {
    const istiod = {
      cpuSeconds: 1.5,
      rssBytes: 150e6,
      objects: 502,
      writtenNs: 4e9,
      readyNs: 2e9,
      pushes: 4,
      pushNs: 5e7,
      contextNs: 1e8,
      debounces: 2,
      debounceNs: 1e8,
      convergenceNs: null,
      bytes: 1_600_000,
    };
    const of = variantFixture({ ...OUTBOUND, name: 'istiod' }, { configuration: { ...configuration(500), istiod } });
    const markdown = renderMarkdown(summaryFixture({ variants: [of], comparisons: [] }));
    assert.match(
      markdown,
      /\| istiod \| 1\.50 s \| 150 MB \| 502 \| 4\.00 s \| 2\.00 s \| 100 ms \| 4 \| 50\.0 ms \| 1\.60 MB \| 2 \| 100 ms \| –/u,
    );
    assert.match(markdown, /it never did/u);
    assert.doesNotMatch(renderMarkdown(summary), /What istiod took/u);
  });
});
