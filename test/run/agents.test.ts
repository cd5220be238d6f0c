import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildMesh } from '../../src/mesh/index.ts';
import { initHistograms } from '../../src/metrics/index.ts';
import { createPlan } from '../../src/plan/index.ts';
import { runTrial } from '../../src/run/trial.ts';
import { RUNTIMES } from '../../src/runtime/index.ts';
import { parseScenario } from '../../src/scenario/index.ts';
import { agentNode } from '../../src/setup/index.ts';
import { ROOT } from '../support/root.ts';

test('two agents share one plan: its slices, its barrier, its connections, and their results are added', async () => {
  await initHistograms();
  const scenario = parseScenario(
    `question: Do two agents make one load?
variants: { direct: {} }
load: { rate: 401/s, schedule: poisson, connections: 5, warmup: 500ms, duration: 2s }
`,
    'agents.yaml',
  );
  const plan = { ...createPlan(scenario, { seed: 3 }, { cpus: [0, 1], mayRealtime: false }), agents: 2 };
  const [variant] = plan.variants;
  assert.ok(variant !== undefined);
  await using world = await RUNTIMES.sandbox.open({
    harnessCpus: plan.placement.harness,
    readable: [ROOT, import.meta.dirname, process.execPath, agentNode().path],
  });
  const mesh = buildMesh(scenario, variant.settings);
  const spec = { index: 0, block: 0, position: 0, seed: 9, variant, mesh, envoy: undefined };
  const one = await runTrial(spec, { world, plan: { ...plan, agents: 1 }, signal: new AbortController().signal });
  const two = await runTrial(spec, { world, plan, signal: new AbortController().signal });
  assert.equal(two.load.agents, 2);
  assert.equal(two.load.planned, one.load.planned, 'the slices make up the whole schedule');
  assert.deepEqual(two.load.outcomes, { ok: two.load.planned });
  assert.equal(two.load.connections.opened, 5);
  assert.ok(!two.vetoes.some(({ signal }) => signal === 'lostIntervals'));
  assert.ok('client.load-0' in two.usage.components && 'client.load-1' in two.usage.components);
  const seconds = two.load.intervals.map(({ outcomes }) => outcomes.ok ?? 0);
  assert.equal(
    seconds.reduce((sum, count) => sum + count, 0),
    two.load.planned,
  );
});
