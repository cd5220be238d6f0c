import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type HarnessSignals, vetoes } from '../../src/gate/index.ts';
import { Histogram, initHistograms, type Usage } from '../../src/metrics/index.ts';
import type { Placement } from '../../src/plan/index.ts';
import type { MergedLoad } from '../../src/run/merge.ts';
import { harnessSignals } from '../../src/run/signals.ts';
import { DEFAULT_SETTINGS } from '../../src/scenario/index.ts';

const SECOND = 1e9;
const duration = DEFAULT_SETTINGS.load.duration;

before(initHistograms);

function loadOf(releaseLag: readonly number[], planned: number): MergedLoad {
  using histogram = new Histogram();
  for (const value of releaseLag) histogram.record(value);
  const encoded = histogram.encode();
  return {
    agents: 1,
    planned,
    histograms: { response: encoded, service: encoded, queueWait: encoded, releaseLag: encoded },
    outcomes: {},
    failed: [],
    failedOverflow: 0,
    loopGaps: { over1ms: 1, over1msNs: 0.01 * duration, maxNs: 1e6 },
    connections: { opened: 1, closedByPeer: 0, refused: 0 },
    reconnects: encoded,
    overall: { sent: planned },
    versions: {},
    lastDone: 0,
    intervals: [],
    lost: 0,
  };
}

/** A machine of 64 processors; by processor what was busy and what was stolen, in seconds of a window of ten. */
function usageOf(busy: Readonly<Record<string, number>>, steal: Readonly<Record<string, number>>): Usage {
  const inNs = (seconds: Readonly<Record<string, number>>) =>
    Object.fromEntries(Array.from({ length: 64 }, (_, cpu) => [String(cpu), (seconds[cpu] ?? 0) * SECOND]));
  const sum = (values: object) => Object.values(values).reduce((total: number, value: number) => total + value, 0);
  return {
    windowNs: 10 * SECOND,
    components: {},
    machine: {
      cores: 64,
      busyNs: sum(inNs(busy)),
      unattributedNs: 0,
      busyByCpuNs: inNs(busy),
      softirqNs: 0,
      stealNs: sum(inNs(steal)),
      stealByCpuNs: inNs(steal),
      contextSwitches: 0,
    },
    series: [],
  };
}

const placement: Placement = { load: [0], harness: [1], helpers: [1], system: [2, 3], shared: false };
const variant = { settings: DEFAULT_SETTINGS };
const signals = (usage: Usage, load = loadOf([1000], 1)): HarnessSignals =>
  harnessSignals({ usage, load }, variant, placement);
const vetoed = (found: HarnessSignals) => vetoes(found).map(({ signal }) => signal);

describe('the signals of a trial', () => {
  test("are of the run's processors, however many others the machine has", () => {
    const found = signals(usageOf({ 0: 2, 2: 1, 9: 10 }, { 0: 0.1, 3: 0.21 }));
    assert.equal(found.stealShare, 0.2 / 1.21, 'of the time in which the system had work, less a tick');
    assert.equal(found.outsideCpuShare, 3 / 40);
    assert.equal(found.loopGapShare, 0.01);
    assert.deepEqual(vetoed(found), ['steal'], 'of the window of the four it is under one per cent');
    assert.equal(signals(usageOf({}, { 40: 10, 41: 10 })).stealShare, 0, 'what others lose is not ours');
  });

  test('steal that was not read is missing', () => {
    const { machine, ...usage } = usageOf({}, {});
    const { stealByCpuNs: _, ...rest } = machine;
    const found = signals({ ...usage, machine: rest });
    assert.equal(found.stealShare, null);
    assert.deepEqual(vetoed(found), ['steal']);
  });

  for (const [what, lags, planned, expected] of [
    ['p99', [...Array<number>(99).fill(100), 1000], 100, 100],
    ['p99 of two late ones', [...Array<number>(98).fill(100), 1000, 1000], 100, 1000],
    ['none where nothing was due', [], 0, 0],
    ['missing where nothing of what was due was released', [], 5, null],
  ] as const) {
    test(`release lag is ${what}`, () => {
      const found = signals(usageOf({}, {}), loadOf(lags, planned));
      assert.equal(found.releaseLagP99Ns, expected);
      assert.deepEqual(vetoed(found), expected === null ? ['releaseLag'] : []);
    });
  }
});
