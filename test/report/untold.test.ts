import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draw } from '../../src/report/charts/draw.ts';
import { cpuChart } from '../../src/report/charts/stacked.ts';
import { componentsTable } from '../../src/report/tables/charts.ts';
import type { Summary } from '../../src/summary/index.ts';
import { summaryFixture } from '../support/summary.ts';

/** What the first variant's application used is told by Docker's API, and the rest read in /proc. */
function told(): Summary {
  const summary = summaryFixture();
  const [direct, ...others] = summary.variants;
  const app = direct?.cpu.components['server.app'];
  assert.ok(direct !== undefined && app !== undefined);
  const { cpu, memory } = direct;
  const held = { rssBytes: 40e6, pssBytes: null, peakBytes: null };
  const variant = {
    ...direct,
    cpu: {
      ...cpu,
      components: { ...cpu.components, 'server.app': { ...app, runDelaySeconds: null, source: 'docker' } },
    },
    memory: { components: { ...memory.components, 'server.app': held } },
  } as const;
  return { ...summary, variants: [variant, ...others] };
}

test("what Docker's API does not tell of a component is a dash with that reason, and never 0", async () => {
  const row = componentsTable(told()).rows.find((cells) => cells[1]?.text === 'server.app');
  const untold = { text: '–', note: "Docker's API does not give it" };
  assert.deepEqual([row?.[4], row?.[6], row?.[7]], [untold, untold, untold]);
  assert.notEqual(row?.[5]?.text, '–');
  assert.ok((await draw(cpuChart(told())?.spec(490) ?? assert.fail(), 490)).length > 0);
});
