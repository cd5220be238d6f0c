import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPlan, withoutVariants } from '../../src/plan/index.ts';
import { scenario } from './support.ts';

const MACHINE = { cpus: [0, 1], mayRealtime: false };

test('a plan less some variants is the plan of the others, and the first that is left at a point is compared with', () => {
  const plan = createPlan(scenario('matrix: { load.rate: [100/s, 200/s] }\n'), { seed: 1 }, MACHINE);
  const left = withoutVariants(plan, new Set(['direct load.rate=100/s']));
  assert.deepEqual(
    left.variants.map(({ name, baseline }) => `${name} < ${baseline}`),
    [
      'outbound load.rate=100/s < outbound load.rate=100/s',
      'direct load.rate=200/s < direct load.rate=200/s',
      'outbound load.rate=200/s < direct load.rate=200/s',
    ],
  );
  assert.ok(left.estimate < plan.estimate);
  assert.notEqual(left.hash, plan.hash);
  assert.equal(withoutVariants(plan, new Set()), plan);
});
