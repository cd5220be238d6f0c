import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { armVariant, checkSameQuestion, readArm } from '../../src/plan/index.ts';
import { parseScenario } from '../../src/scenario/index.ts';
import { BenchError } from '../../src/units/index.ts';

const SCENARIO = parseScenario(
  `question: Which one?
variants:
  direct: {}
  outbound: { mesh: { outbound: listener } }
`,
  'arms.yaml',
);
const BOTH = parseScenario(
  `question: Which one?
variants:
  outbound: { mesh: { outbound: listener } }
  inbound: { mesh: { inbound: listener } }
matrix:
  load.rate: [100/s, 200/s]
`,
  'both.yaml',
);

describe('an arm in a closed loop', () => {
  test('is refused: a gate decides about latencies', () => {
    const arm = readArm('outbound,load.loop=closed');
    assert.throws(
      () => armVariant('candidate', arm, SCENARIO, {}),
      (error) =>
        error instanceof BenchError && /load\.loop: closed, and a gate decides about latencies/u.test(error.message),
    );
  });
});

describe('an arm as it is written', () => {
  test('names a variant, and what is changed of it', () => {
    const arm = readArm('outbound,envoy=1.36.2,app.delay={uniform: [1ms, 2ms]},app.work=30us,revision=HEAD~1');
    assert.equal(arm.variant, 'outbound');
    assert.equal(arm.envoy, '1.36.2');
    assert.equal(arm.revision, 'HEAD~1');
    assert.deepEqual(arm.settings, [
      ['app.delay', '{uniform: [1ms, 2ms]}'],
      ['app.work', '30us'],
    ]);
    assert.deepEqual(readArm('bootstrap=a.yaml').replay, { kind: 'bootstrap', file: 'a.yaml' });
    assert.equal(readArm('outbound load.rate=100/s').variant, 'outbound load.rate=100/s');
  });

  for (const wrong of ['', 'a,b', 'envoy=', ',', 'x'.repeat(3000)]) {
    test(`${JSON.stringify(wrong.slice(0, 20))} is refused`, () => {
      assert.throws(
        () => readArm(wrong),
        (error) => error instanceof BenchError && error.code === 'ARM',
      );
    });
  }
});

describe('what an arm measures', () => {
  test('without a variant it is the only one with a sidecar', () => {
    const { settings, name, baseline } = armVariant('candidate', readArm('envoy=1.36.2'), SCENARIO, {});
    assert.equal(settings.mesh.outbound, 'listener');
    assert.equal(settings.mesh.envoy.version, '1.36.2');
    assert.deepEqual([name, baseline], ['candidate', 'baseline']);
  });

  test('a variant at a point of the matrix is named whole', () => {
    const { settings } = armVariant('baseline', readArm('inbound load.rate=200/s'), BOTH, {});
    assert.equal(settings.load.rate, 200);
  });

  test('settings are read as a scenario would', () => {
    const { settings } = armVariant(
      'candidate',
      readArm('direct,app.work=30us,mesh.envoy.concurrency=2'),
      SCENARIO,
      {},
    );
    assert.equal(settings.app.work, 30_000);
    assert.equal(settings.mesh.envoy.concurrency, 2);
  });

  for (const [text, scenario, problem] of [
    ['nowhere', SCENARIO, /names no variant/u],
    ['envoy=1.36.2', BOTH, /does not say which variant/u],
    ['inbound', BOTH, /at 2 points/u],
    ['outbound,mesh.outbond=listener', SCENARIO, /did you mean "mesh.outbound"/u],
    ['outbound,app.work=30', SCENARIO, /no unit/u],
    ['outbound,app.work=*x', SCENARIO, /anchor|alias/u],
    ['outbound,__proto__.x=1', SCENARIO, /is no setting/u],
    ['outbound,mesh.tls=mutual', SCENARIO, /cannot be measured/u],
  ] as const) {
    test(`${text} is refused`, () => {
      assert.throws(() => armVariant('candidate', readArm(text), scenario, {}), problem);
    });
  }

  const asked = (text: string, scenario = SCENARIO) => ({
    variant: armVariant('candidate', readArm(text), scenario, {}),
    scenario,
  });

  test('arms differ in mesh, application and what containers may do', () => {
    for (const text of ['outbound,app.payload=1kB', 'direct,app.work=30us', 'outbound,mesh.envoy.concurrency=2']) {
      checkSameQuestion(asked('direct'), asked(text));
    }
    const contained = asked('outbound,runtime.name=docker');
    checkSameQuestion(contained, asked('outbound,runtime.name=docker,runtime.seccomp=false'));
  });

  const other = parseScenario(
    `question: Which one?
variants:
  outbound: { mesh: { outbound: listener } }
load: { connections: 7 }
topology: { workloads: { client: { calls: [shop] }, shop: { port: 8080 } } }
`,
    'other.yaml',
  );
  for (const [what, candidate, fields] of [
    ['load', asked('direct,load.connections=5'), /questions: load\.connections$/u],
    ['runtime', asked('direct,runtime.name=docker'), /questions: runtime\.name$/u],
    ['load and topology', asked('outbound', other), /load\.connections, workloads$/u],
  ] as const) {
    test(`arms of different ${what} are refused`, () => {
      assert.throws(() => checkSameQuestion(asked('direct'), candidate), fields);
    });
  }
});
