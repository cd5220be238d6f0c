import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createPlan, type Plan } from '../../src/plan/index.ts';
import { parseScenario, type RuntimeName } from '../../src/scenario/index.ts';
import { BenchError } from '../../src/units/index.ts';

function planOf(yaml: string, runtime?: RuntimeName): Plan {
  const scenario = parseScenario(`question: Where?\n${yaml}`, 'where.yaml');
  return createPlan(
    scenario,
    { seed: 1, ...(runtime === undefined ? {} : { runtime }) },
    { cpus: [0, 1], mayRealtime: true },
  );
}

describe('in containers', () => {
  const cases: readonly (readonly [string, string, 'mark' | 'uid'])[] = [
    ['redirect', 'none', 'uid'],
    ['none', 'redirect', 'uid'],
    ['redirect', 'tproxy', 'mark'],
    ['tproxy', 'none', 'mark'],
    ['listener', 'listener', 'mark'],
  ];
  for (const [outbound, inbound, exempt] of cases) {
    test(`Envoy is told by its ${exempt} with ${outbound} out and ${inbound} in`, () => {
      const yaml = `variants: { one: { mesh: { outbound: ${outbound}, inbound: ${inbound} } } }`;
      assert.equal(planOf(yaml, 'docker').variants[0]?.settings.mesh.exempt, exempt);
      assert.equal(planOf(yaml).variants[0]?.settings.mesh.exempt, 'mark');
    });
  }

  test('a run has another plan, takes longer, and runs without SCHED_RR', () => {
    const yaml = 'variants: { direct: {} }';
    const [here, there] = [planOf(yaml), planOf(yaml, 'docker')];
    assert.notEqual(here.hash, there.hash);
    assert.ok(there.estimate > here.estimate);
    assert.deepEqual([here.scheduling.system, there.scheduling.system], ['realtime', 'normal']);
    assert.equal(planOf(yaml, 'sandbox').hash, here.hash);
  });
});

describe('what is refused', () => {
  test('--runtime where it is what the variants differ in', () => {
    const yaml = 'variants: { one: {}, other: { runtime: { name: docker } } }';
    assert.throws(() => planOf(yaml, 'docker'), { code: 'OVERRIDE_CONFLICT' });
  });

  test('a runtime that a variant cannot have, with a hint at the flag that was given', () => {
    const yaml = 'variants: { one: {}, other: { runtime: { name: docker, seccomp: false } } }';
    assert.throws(
      () => planOf(`${yaml}`, 'sandbox'),
      (error) => error instanceof BenchError && !/--duration/u.test(error.hint ?? '--duration'),
    );
    const flat = 'variants: { one: {} }\nruntime: { name: docker, seccomp: false }';
    assert.throws(
      () => planOf(flat, 'sandbox'),
      (error) =>
        error instanceof BenchError &&
        error.code === 'OVERRIDE_CONFLICT' &&
        /^change --runtime or leave it out/u.test(error.hint ?? ''),
    );
  });

  const mistakes: readonly (readonly [string, string, RegExp])[] = [
    ['a filter that the sandbox has not', '{ runtime: { seccomp: false } }', /needs runtime\.name: docker/u],
    [
      'packet rules of several hosts in one network',
      '{ runtime: { network: shared }, mesh: { outbound: redirect } }',
      /cannot be shared/u,
    ],
  ];
  for (const [name, variant, message] of mistakes) {
    test(name, () => assert.throws(() => planOf(`variants: { one: ${variant} }`), message));
  }
});
