import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { createPlan, type Plan } from '../../src/plan/index.ts';
import { readScenario } from '../../src/scenario/index.ts';
import { Scratch } from '../support/cli.ts';
import { ROOT } from '../support/root.ts';

const MINUTE = 60e9;

async function planOf(name: string, cpus: number): Promise<Plan> {
  const scenario = await readScenario(path.join(ROOT, 'scenarios', `${name}.yaml`));
  return createPlan(scenario, { seed: 1 }, { cpus: Array.from({ length: cpus }, (_, cpu) => cpu), mayRealtime: true });
}

describe('the scenario', () => {
  test('payload goes from 100 bytes to a megabyte, in under ten minutes on two processors', async () => {
    const { variants, estimate, blocks } = await planOf('payload', 2);
    assert.ok(estimate < 10 * MINUTE, `${estimate / MINUTE} min`);
    assert.ok(blocks >= 6, 'enough for an interval');
    const sizes = new Set(variants.map(({ settings }) => Number(settings.app.payload)));
    assert.deepEqual([...sizes], [100, 1e3, 10e3, 100e3, 1e6]);
    assert.deepEqual(
      [...new Set(variants.map(({ settings: { mesh } }) => `${mesh.outbound} ${mesh.inbound}`))],
      ['none none', 'redirect none', 'redirect redirect'],
    );
    // A p99 rests on ten requests at least.
    assert.ok(variants.every(({ settings: { load } }) => (load.rate * load.duration) / 1e9 >= 1000));
  });

  test('concurrency has workers times connections, where there are four processors', async () => {
    const { variants, estimate } = await planOf('concurrency', 4);
    assert.ok(estimate < 12 * MINUTE, `${estimate / MINUTE} min`);
    const points = variants.map(({ settings: { mesh, load } }) => `${mesh.envoy.concurrency} × ${load.connections}`);
    assert.equal(new Set(points).size, 9);
    assert.equal(variants.length, 18);
  });

  test('concurrency is refused on fewer before anything is measured or written', async () => {
    await assert.rejects(planOf('concurrency', 3), {
      kind: 'preflight',
      code: 'NEEDS',
      message: /needs 4 processors/u,
    });
    using scratch = new Scratch();
    const out = path.join(scratch.folder, 'out');
    // One processor, wherever the test runs.
    const narrow = ['--cpu-list', '0', process.execPath, path.join(ROOT, 'bin/meshbench')];
    const { status, stderr } = spawnSync('taskset', [...narrow, 'run', 'concurrency', '--quick', '--out', out], {
      encoding: 'utf8',
    });
    assert.equal(status, 3, stderr);
    assert.match(stderr, /needs 4 processors, but this process may use 1/u);
    assert.equal(existsSync(out), false);
  });

  test('service-entries tells a sidecar of everything or of little, over 0 to 10,000 services, within twenty minutes', async () => {
    const { variants, estimate } = await planOf('service-entries', 2);
    assert.ok(estimate < 20 * MINUTE, `${estimate / MINUTE} min`);
    assert.deepEqual(
      variants.map(({ settings: { services } }) => `${services.count}${services.lazy ? ' lazy' : ''}`),
      [0, 500, 1000, 5000, 10_000].flatMap((count) => [`${count}`, `${count} lazy`]),
    );
    assert.ok(
      variants.every(
        ({ settings: { controlPlane, mesh } }) => controlPlane.kind === 'xds' && mesh.outbound === 'redirect',
      ),
    );
    assert.ok(variants.every(({ base, baseline }) => base === 'all' || baseline.startsWith('all ')));
  });

  for (const name of [
    'interception',
    'sidecar-overhead',
    'canary-push',
    'control-plane-outage',
    'crowd',
    'eds-split',
    'endpoints',
    'incremental-push',
    'istiod-scale',
    'routes',
  ]) {
    test(`${name} takes under twelve minutes on two processors`, async () => {
      const { estimate } = await planOf(name, 2);
      assert.ok(estimate < 12 * MINUTE, `${estimate / MINUTE} min`);
    });
  }
});
