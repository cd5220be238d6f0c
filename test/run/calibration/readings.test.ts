import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { CHECK_LIMITS } from '../../../src/gate/index.ts';
import { initHistograms } from '../../../src/metrics/index.ts';
import { clockStep } from '../../../src/run/calibration/clock.ts';
import {
  type Calibrated,
  capacityOf,
  floorOf,
  neighbours,
  sameTwice,
  stalledQuantile,
} from '../../../src/run/calibration/readings.ts';
import { calibrationPlan } from '../../../src/run/index.ts';
import { applyPatch, DEFAULT_SETTINGS } from '../../../src/scenario/index.ts';
import { nanos, perSecond } from '../../../src/units/index.ts';
import { DIRECT, syntheticRecord } from '../../support/record.ts';

const MS = 1e6;

/** A trial of which the load waited, stood still and lost to the hypervisor by these shares. */
async function calibrated(shares: { waited?: number; gaps?: number; steal?: number }): Promise<Calibrated> {
  const { waited = 0, gaps = 0, steal = 0 } = shares;
  const [trial] = (await syntheticRecord({ variants: [DIRECT], blocks: 1 })).trials;
  assert.ok(trial !== undefined);
  const { usage, load } = trial;
  const { windowNs, components, machine } = usage;
  const agent = components['client.load'];
  assert.ok(agent !== undefined);
  return {
    trial: {
      ...trial,
      load: { ...load, loopGaps: { over1ms: 1, over1msNs: gaps * windowNs, maxNs: gaps * windowNs } },
      usage: {
        ...usage,
        components: { ...components, 'client.load': { ...agent, runDelayNs: waited * windowNs } },
        machine: { ...machine, stealNs: steal * windowNs * machine.cores },
      },
    },
    settings: applyPatch(DEFAULT_SETTINGS, { load: { duration: nanos(windowNs) } }),
    neighbours: 'on its processor 0 ran sh (process 12, 50 %)',
    shared: false,
    virtual: true,
  };
}

describe('what arithmetic says of a stall', () => {
  const settings = applyPatch(DEFAULT_SETTINGS, {
    load: { rate: perSecond(100), duration: nanos(1e9) },
    app: {
      delay: { kind: 'constant', value: nanos(10 * MS) },
      stalls: [{ at: nanos(500 * MS), for: nanos(200 * MS) }],
    },
  });
  for (const [fraction, ms] of [
    // 80 of 100 answers are not stalled; the others wait for the end, 10 ms of step, from 20 ms to 210 ms.
    [0.5, 10],
    [0.8, 10],
    [0.81, 20],
    [0.9, 110],
    [1, 210],
  ] as const) {
    test(`is ${ms} ms at ${fraction}`, () => assert.equal(stalledQuantile(settings, fraction), ms * MS));
  }
});

describe('weather', () => {
  before(() => initHistograms());
  for (const [what, shares, expected] of [
    ['a calm machine', {}, undefined],
    ['steal', { steal: 0.12 }, /the hypervisor took 12\.0 %/u],
    ['steal that no counter shows', { gaps: 0.1, waited: 0.01 }, /stood still for 9\.0 %/u],
    ['a neighbour', { gaps: 0.5, waited: 0.5 }, undefined],
    ['a neighbour and steal', { gaps: 0.5, waited: 0.4, steal: 0.1 }, undefined],
  ] as const) {
    test(`in ${what}`, async () => {
      const { weather } = floorOf(await calibrated(shares));
      if (expected === undefined) assert.equal(weather, undefined);
      else assert.match(weather ?? '', expected);
    });
  }

  test('is never an excuse for a neighbour, who is named', async () => {
    const one = await calibrated({ waited: 0.5, steal: 0.2 });
    const { value, weather, cause } = neighbours([one, await calibrated({ waited: 0.3, steal: 0.2 })]);
    assert.ok(Math.abs((value ?? 0) - 0.4) < 1e-9);
    assert.ok((value ?? 0) > CHECK_LIMITS.neighbours);
    assert.equal(weather, undefined);
    assert.match(cause ?? '', /process 12/u);
  });

  test('where load and system share a processor neighbours cannot be told', async () => {
    assert.equal(neighbours([{ ...(await calibrated({ waited: 0.5 })), shared: true }]).value, null);
  });
});

describe('readings', () => {
  before(() => initHistograms());
  test('a rate that was released in time is the capacity; one that was not is what was released', async () => {
    const one = await calibrated({});
    assert.equal(capacityOf(one, 1e9).value, one.settings.load.rate);
    const less = capacityOf(one, 0).value ?? 0;
    assert.ok(less > 0 && less < one.settings.load.rate);
  });

  test('the same twice is 1', async () => {
    assert.equal(sameTwice(await calibrated({}), await calibrated({})).value, 1);
  });

  test('a clock that goes backwards has no step, and the cause says so', () => {
    let at = 1000;
    assert.deepEqual(
      clockStep(() => nanos(at--)),
      { value: null, cause: 'it went backwards' },
    );
    let up = 0;
    const even = clockStep(() => {
      up += 25;
      return nanos(up);
    });
    assert.equal(even.value, 25);
    assert.ok((clockStep().value ?? Number.POSITIVE_INFINITY) < CHECK_LIMITS.clock);
  });

  test('the plan of `calibrate` measures no block', () => {
    const plan = calibrationPlan({}, { cpus: [0, 1], mayRealtime: false });
    assert.equal(plan.blocks, 0);
    assert.equal(plan.mode, 'full');
  });
});
