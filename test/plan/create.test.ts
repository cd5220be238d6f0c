import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  createPlan,
  describePlan,
  measuredRequests,
  type Overrides,
  renderPlan,
  spareTrials,
} from '../../src/plan/index.ts';
import { bytes, fromSeconds, perSecond } from '../../src/units/index.ts';
import { scenario } from './support.ts';

const MACHINE = { cpus: [0, 1], mayRealtime: true };

function plan(rest = '', overrides: Overrides = {}) {
  return createPlan(scenario(rest), { seed: 1, ...overrides }, MACHINE);
}

describe('a plan', () => {
  test('has what the scenario says', () => {
    const one = plan('trials: 8\nlimits: { time: 1h }');
    assert.deepEqual([one.mode, one.seed, one.blocks, one.spareTrials, one.agents], ['full', 1, 8, 4, 1]);
    assert.equal(one.timeLimit, 3600e9);
    assert.deepEqual(one.placement, { load: [0], harness: [1], helpers: [0], system: [1], shared: false });
  });

  for (const [what, rest] of [
    ['is at normal priority', 'scheduling: { system: normal }'],
    ['has a limit', 'mesh: { envoy: { cpuLimit: 1 } }'],
  ] as const) {
    test(`keeps the harness away from a system that ${what}`, () => {
      assert.deepEqual(plan(rest).placement, { load: [0], harness: [0], helpers: [0], system: [1], shared: false });
    });
  }

  test('its estimate is blocks × variants × (0.425 s + 70 ms a component + warm-up + measurement + the last answers)', () => {
    // Two components in one variant and three in the other: 0.6 s in the mean.
    assert.equal(plan().estimate, 12 * 7.6e9);
    assert.equal(plan('app: { delay: 300ms }').estimate, 12 * 7.9e9);
    assert.equal(plan('app: { delay: 1h }\nload: { timeout: 800ms }').estimate, 12 * 8.4e9);
    assert.equal(plan('app: { delay: { uniform: [0, 1s] } }', { trials: 1 }).estimate, 2 * 8.6e9);
    assert.ok(plan('app: { delay: { exponential: 100ms } }').estimate > 12 * 8.0e9);
    const chain =
      'topology: { workloads: { client: { calls: [a] }, a: { port: 1024, calls: [b] }, b: { port: 1024 } } }';
    // Two applications more, and in one variant the sidecar of the caller.
    assert.equal(plan(chain, { trials: 1 }).estimate, plan('', { trials: 1 }).estimate + 3 * 0.07e9);
  });

  test('quick has two blocks, or as many as were asked for', () => {
    const quick = plan('', { quick: true });
    assert.deepEqual([quick.mode, quick.blocks, quick.spareTrials], ['quick', 2, 2]);
    assert.equal(quick.variants[0]?.settings.load.duration, 2e9);
    assert.equal(plan('', { quick: true, trials: 5 }).blocks, 5);
    assert.equal(plan('trials: 1', { quick: true }).blocks, 1);
  });

  test('draws a seed of 31 bits where none is given', () => {
    const seeds = Array.from({ length: 20 }, () => createPlan(scenario(), {}, MACHINE).seed);
    for (const seed of seeds) assert.ok(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31);
    assert.ok(new Set(seeds).size > 15);
  });

  test('repeats vetoed trials up to a fifth of all that are run, one of each variant at least', () => {
    assert.deepEqual(
      [1, 2, 4, 6, 8, 12, 100].map((blocks) => spareTrials(blocks, 3)),
      [3, 3, 3, 4, 6, 9, 75],
    );
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 1000 }), fc.integer({ min: 1, max: 12 }), (blocks, variants) => {
        const spare = spareTrials(blocks, variants);
        const most = blocks * variants + spare;
        assert.ok(spare / most <= 0.2);
        assert.ok((spare + 1) / (most + 1) > 0.2, 'one more would be too many');
      }),
    );
  });

  test('is refused on a machine that lacks what the scenario needs', () => {
    const refused = { kind: 'preflight', code: 'NEEDS' };
    assert.throws(() => plan('needs: { cores: 4 }'), {
      ...refused,
      message: /needs 4 processors, but this process may use 2/,
    });
    const needs = scenario('needs: { memory: 8GB }');
    const small = { cpus: [0], memory: bytes(4e9), mayRealtime: true };
    assert.throws(() => createPlan(needs, {}, small), {
      ...refused,
      message: /8\.00 GB of memory, but this machine has 4\.00 GB/,
    });
    assert.equal(createPlan(needs, {}, { cpus: [0], mayRealtime: true }).blocks, 6);
  });

  test('is refused when flags make it longer than a week', () => {
    const overrides = { trials: 1000, duration: fromSeconds(3600) };
    assert.throws(() => plan('', overrides), { kind: 'usage', code: 'OVERRIDE_CONFLICT', message: /the limit is/ });
  });
});

describe("a plan's hash", () => {
  const hash = (rest?: string, overrides?: Overrides) => plan(rest, overrides).hash;

  test('is SHA-256 in hexadecimal', () => assert.match(hash(), /^[0-9a-f]{64}$/));

  test('stays where only the wording, the seed or the number of blocks differs', () => {
    const same = [
      hash('# a comment'),
      hash('description: why'),
      hash('load: { rate: 2k/s }'),
      hash('trials: 9'),
      hash('', { seed: 2 }),
      hash('tolerance: 1%'),
      hash('app: { payload: 1000B }'),
    ];
    assert.deepEqual([...new Set(same)], [hash()]);
  });

  test('changes with whatever changes what is measured', () => {
    const hashes = [
      hash(),
      hash('load: { rate: 2001/s }'),
      hash('', { duration: fromSeconds(6) }),
      hash('', { rate: perSecond(3) }),
      hash('', { variants: ['direct'] }),
      hash('', { variants: ['outbound', 'direct'] }),
      hash('', { quick: true }),
      hash('app: { delay: 1ms }'),
      hash('app: { delay: { exponential: 1ms } }'),
      hash('placement: { load: [1] }'),
      hash('events: [{ at: 1s, pause: server.app, for: 1s }]'),
      hash('topology: { workloads: { client: { calls: [server] }, server: { port: 8081 } } }'),
      hash('matrix: { load.rate: [2000/s] }'),
    ];
    assert.equal(new Set(hashes).size, hashes.length);
  });
});

describe('a plan for people', () => {
  test('says what will happen', () => {
    const text = renderPlan(plan('load: { rate: 200/s }\ntrials: 3'));
    const hash = plan('load: { rate: 200/s }').hash.slice(0, 12);
    assert.equal(
      text,
      `test: What?

every variant:
    mesh.inbound: none
    mesh.originalSource: false
    mesh.conntrack: true
    mesh.exempt: mark
    mesh.tls: none
    mesh.telemetry.accessLog: false
    mesh.telemetry.tracing: 0%
    mesh.telemetry.scrape: 0
    mesh.telemetry.stats: few
    mesh.envoy.concurrency: 1
    load.rate: 200/s
    load.connections: 32
    load.schedule: constant
    load.method: GET
    load.path: /
    load.payload: 0
    load.warmup: 2s
    load.duration: 5s
    load.timeout: 10s
    app.delay: 0
    app.payload: 1kB
    app.stalls: []
    app.reset: never
    app.close: never
    app.keepAliveTimeout: 0
    app.version: v1
    events: []

variants:
  direct (baseline, 1,000 requests a trial)
    mesh.outbound: none
  outbound (against direct, 1,000 requests a trial)
    mesh.outbound: listener

blocks: 3; vetoed trials are repeated, 2 at most
    1  direct, outbound
    2  outbound, direct
    3  direct, outbound

processors  load 0; harness 1; system 1
scheduling  system SCHED_RR; load raised priority; processors of the system may sleep
time        about 45.6 s, up to 1 min 1 s with the spare trials; ends after 30 min at the latest
seed        1
plan        ${hash} (full)
note        under 6 blocks there is no interval and no verdict
note        no p99.9 for direct, outbound: under 10,000 requests in a trial
`,
    );
  });

  test('as data has the same facts', () => {
    const described = describePlan(plan('matrix: { load.rate: [2k/s, 4k/s] }', { trials: 2 }));
    assert.deepEqual(
      described.variants.map(({ name, requests }) => [name, requests]),
      [
        ['direct load.rate=2k/s', 10_000],
        ['outbound load.rate=2k/s', 10_000],
        ['direct load.rate=4k/s', 20_000],
        ['outbound load.rate=4k/s', 20_000],
      ],
    );
    assert.equal(described.blocks.length, 2);
    assert.equal(described.estimateSeconds, 8 * 7.6);
    assert.deepEqual(JSON.parse(JSON.stringify(described)), described);
  });

  test('warns of what will spoil it', () => {
    const notes = (rest: string, overrides: Overrides, cpus: readonly number[]) =>
      describePlan(createPlan(scenario(rest), overrides, { cpus, mayRealtime: true })).notes.join('; ');
    assert.equal(notes('', {}, [0, 1]), '');
    assert.match(notes('', { quick: true }, [0, 1]), /no verdict/);
    assert.match(notes('', {}, [0]), /share processors/);
    assert.match(notes('limits: { time: 1m }', {}, [0, 1]), /longer than limits\.time/);
  });

  test('a random schedule has a mean, a constant one a count', () => {
    const requests = (rest: string) => measuredRequests(scenario(rest).base);
    assert.equal(requests('load: { rate: 333/s, duration: 1s }'), 333);
    assert.equal(requests('load: { rate: 333/s, duration: 1s, schedule: poisson }'), 333);
    assert.equal(requests('load: { rate: 1/s, warmup: 500ms, duration: 1s }'), 1);
    assert.equal(requests('load: { rate: 1/s, warmup: 500ms, duration: 400ms }'), 0);
  });

  test('long runs are not printed block by block', () => {
    const text = renderPlan(plan('trials: 100'));
    assert.match(text, /and 80 more blocks/);
    assert.ok(text.split('\n').length < 70);
  });
});
