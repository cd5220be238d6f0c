import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  applyPatch,
  findScenario,
  listScenarios,
  matrixPoints,
  parseScenario,
  readScenario,
  resolveSettings,
} from '../../src/scenario/index.ts';
import { fromMillis, fromSeconds } from '../../src/units/index.ts';
import { ROOT, scenarioWith, withHead } from './support.ts';

describe('a scenario as it is read', () => {
  test('what it does not say has the documented defaults', () => {
    const { source, ...scenario } = scenarioWith('');
    assert.equal(source, withHead(''));
    assert.deepEqual(scenario, {
      name: 'test',
      question: 'What?',
      description: undefined,
      workloads: [
        { name: 'client', port: undefined, calls: ['server'] },
        { name: 'server', port: 8080, calls: [] },
      ],
      base: {
        protocol: 'http',
        mesh: {
          outbound: 'none',
          inbound: 'none',
          originalSource: false,
          conntrack: true,
          exempt: 'mark',
          tls: 'none',
          telemetry: { accessLog: false, tracing: 0, scrape: 0, stats: 'few' },
          envoy: { version: undefined, concurrency: 1, cpuLimit: undefined },
        },
        load: {
          loop: 'open',
          rate: 2000,
          wait: 'spin',
          connections: 32,
          stagger: 0,
          schedule: 'constant',
          headers: {},
          body: '',
          targets: [],
          method: 'GET',
          path: '/',
          payload: 0,
          warmup: 2e9,
          duration: 5e9,
          timeout: 10e9,
        },
        app: {
          delay: { kind: 'constant', value: 0 },
          work: 0,
          payload: 1000,
          stalls: [],
          reset: undefined,
          close: undefined,
          keepAliveTimeout: 0,
          version: 'v1',
        },
        runtime: { name: 'sandbox', network: 'own', seccomp: true },
        services: {
          kind: 'service-entry',
          count: 0,
          endpoints: 2,
          ports: 'own',
          protocol: 'same',
          thriftShare: 0.5,
          rules: 0,
          lazy: false,
          visible: 2,
          called: 'visible',
          objects: { path: '', list: [] },
        },
        controlPlane: {
          kind: 'none',
          version: '',
          protocol: 'delta',
          eds: 'same',
          sidecars: 1,
          namespaces: 1,
          clusters: 1,
          fetchTimeout: 0,
          crowd: 0,
          unknown: 'passthrough',
          thriftRoutes: 'listener',
        },
        http2: { streams: 100 },
        grpc: { call: 'Echo' },
        thrift: {
          transport: 'framed',
          protocol: 'binary',
          call: 'echo',
          service: '',
          headers: {},
          pipeline: 1,
          between: 'same',
          server: 'library',
        },
        events: [],
      },
      variants: [
        { name: 'direct', patch: {} },
        { name: 'outbound', patch: { mesh: { outbound: 'listener' } } },
      ],
      matrix: [],
      trials: 6,
      knee: undefined,
      placement: { load: 'auto', system: 'auto' },
      scheduling: { system: 'auto', load: 'auto', awake: 'auto' },
      needs: { cores: 1, memory: undefined },
      limits: { time: 1800e9 },
      thresholds: [],
      tolerance: 0.05,
    });
  });

  test('what it says is read with its units', () => {
    const scenario = scenarioWith(
      [
        'load: { rate: 1.5k/s, warmup: 250ms, duration: 2m, payload: 64KiB, method: POST }',
        'app: { delay: { uniform: [1ms, 250us] }, close: { every: 3 }, reset: never }'.replace(
          '1ms, 250us',
          '250us, 1ms',
        ),
        'needs: { memory: 4GB }',
        'limits: { time: 1.5h }',
        'tolerance: 2.5%',
        'placement: { load: [1, 0] }',
      ].join('\n'),
    );
    const { load, app } = scenario.base;
    assert.equal(load.rate, 1500);
    assert.equal(load.warmup, fromMillis(250));
    assert.equal(load.duration, fromSeconds(120));
    assert.equal(load.payload, 65_536);
    assert.deepEqual(app.delay, { kind: 'uniform', from: 250e3, to: 1e6 });
    assert.deepEqual(app.close, { every: 3 });
    assert.equal(app.reset, undefined);
    assert.equal(scenario.needs.memory, 4e9);
    assert.equal(scenario.limits.time, fromSeconds(5400));
    assert.equal(scenario.tolerance, 0.025);
    assert.deepEqual(scenario.placement, { load: [1, 0], system: 'auto' });
  });

  test('a byte order mark and Windows line ends do no harm', () => {
    assert.equal(
      scenarioWith('trials: 7\n').trials,
      parseScenario(withHead('trials: 7\n').replaceAll('\n', '\r\n'), 'a.yaml').trials,
    );
    assert.equal(parseScenario(`\ufeff${withHead('trials: 7')}`, 'a.yaml').trials, 7);
  });

  test('a warm-up shorter than half a second, or none, is fine', () => {
    assert.equal(scenarioWith('load: { warmup: 100ms }').base.load.warmup, fromMillis(100));
    assert.equal(scenarioWith('load: { warmup: 0 }').base.load.warmup, 0);
  });

  test('patches win field by field, envoy one level deeper, lists as a whole', () => {
    const scenario = parseScenario(
      [
        'question: What?',
        'variants:',
        '  one: { mesh: { envoy: { concurrency: 4 } }, load: { rate: 5/s }, events: [] }',
        'mesh: { outbound: listener, envoy: { version: 1.36.2 } }',
        'events: [{ at: 1s, pause: server.app, for: 1s }]',
      ].join('\n'),
      'patch.yaml',
    );
    const settings = applyPatch(scenario.base, scenario.variants[0]?.patch ?? {});
    const envoy = { version: '1.36.2', concurrency: 4, cpuLimit: undefined };
    assert.deepEqual(settings.mesh, { ...scenario.base.mesh, outbound: 'listener', envoy });
    assert.equal(settings.load.rate, 5);
    assert.equal(settings.load.connections, 32);
    assert.deepEqual(settings.events, []);
    assert.equal(scenario.base.events.length, 1);
  });

  test('axes keep their order and the words of the file', () => {
    const scenario = scenarioWith(
      'matrix: { load.rate: [2k/s, 500/s], mesh.envoy.concurrency: [2], app.delay: [0, { exponential: 5ms }] }',
    );
    assert.deepEqual(
      scenario.matrix.map(({ path, points }) => [path, points.map(({ label }) => label)]),
      [
        ['load.rate', ['2k/s', '500/s']],
        ['mesh.envoy.concurrency', ['2']],
        ['app.delay', ['0', '{exponential: 5ms}']],
      ],
    );
    const points = matrixPoints(scenario.matrix);
    assert.deepEqual(
      points.map((point) => point.map(({ label }) => label).join(' ')),
      ['2k/s 2 0', '2k/s 2 {exponential: 5ms}', '500/s 2 0', '500/s 2 {exponential: 5ms}'],
    );
    const settings = resolveSettings(scenario.base, scenario.variants[1]?.patch ?? {}, points[3] ?? []);
    assert.equal(settings.load.rate, 500);
    assert.equal(settings.mesh.outbound, 'listener');
    assert.equal(settings.mesh.envoy.concurrency, 2);
    assert.deepEqual(settings.app.delay, { kind: 'exponential', mean: 5e6 });
  });
});

describe('scenarios of a folder', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'meshbench-list-'));
    await writeFile(join(folder, 'good.yaml'), withHead(''));
    await writeFile(join(folder, 'bad.yml'), withHead('trils: 3'));
    await writeFile(join(folder, 'Not A Name.yaml'), withHead(''));
    await writeFile(join(folder, 'notes.txt'), 'no scenario');
  });
  after(() => rm(folder, { recursive: true }));

  test('are listed by name, broken ones with what is wrong', async () => {
    const entries = await listScenarios(folder);
    assert.deepEqual(
      entries.map(({ kind, name }) => [kind, name]),
      [
        ['broken', 'Not A Name'],
        ['broken', 'bad'],
        ['scenario', 'good'],
      ],
    );
    const [unnamed, bad, good] = entries;
    assert.match(unnamed?.kind === 'broken' ? unnamed.problem : '', /cannot name a scenario/);
    assert.match(bad?.kind === 'broken' ? bad.problem : '', /5:1 trils: is not a field; did you mean "trials"\?/);
    assert.deepEqual(good, {
      kind: 'scenario',
      name: 'good',
      path: join(folder, 'good.yaml'),
      question: 'What?',
      variants: ['direct', 'outbound'],
    });
  });

  test('are found by name, or by the path of a file anywhere', async () => {
    assert.equal(await findScenario('good', folder), join(folder, 'good.yaml'));
    assert.equal(await findScenario('bad', folder), join(folder, 'bad.yml'));
    assert.equal(await findScenario('../elsewhere/x.yaml', folder), '../elsewhere/x.yaml');
    await assert.rejects(findScenario('goood', folder), {
      code: 'SCENARIO_NOT_FOUND',
      message: /did you mean "good"\?/,
      hint: /Not A Name, bad, good/,
    });
  });

  test('of a folder that is not there cannot be listed', async () => {
    await assert.rejects(listScenarios(join(folder, 'none')), { kind: 'usage', code: 'SCENARIO_UNREADABLE' });
  });

  test('of this repository are all right', async () => {
    const entries = await listScenarios(join(ROOT, 'scenarios'));
    assert.deepEqual(
      entries.filter(({ kind }) => kind === 'broken'),
      [],
    );
    const names = entries.map(({ name }) => name);
    for (const name of ['quickstart', 'rate', 'stall']) assert.ok(names.includes(name), name);
    const { variants } = await readScenario(join(ROOT, 'scenarios', 'quickstart.yaml'));
    assert.deepEqual(
      variants.map(({ name }) => name),
      ['direct', 'outbound'],
    );
  });
});
