import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Served } from '../../src/app/index.ts';
import { serveHttp } from '../../src/app/server.ts';
import { readRecord } from '../../src/record/index.ts';
import { DEFAULT_SETTINGS } from '../../src/scenario/index.ts';
import type { VariantSummary } from '../../src/summary/index.ts';
import { nanos } from '../../src/units/index.ts';
import { meshbench, Scratch, start } from '../support/cli.ts';
import { refuses } from '../support/refusals.ts';

describe('meshbench load', () => {
  let app: Served;
  before(async () => {
    app = await serveHttp(
      { ...DEFAULT_SETTINGS.app, delay: { kind: 'constant', value: nanos(20e6) } },
      0,
      '127.0.0.1',
      1,
    );
  });
  after(() => void app.close());
  const url = (): string => `http://127.0.0.1:${app.port}/`;

  test('prints one object with the names of a variant, and nothing else on stdout', async () => {
    const { code, stdout, stderr } = await meshbench(
      'load',
      url(),
      '--rate',
      '100/s',
      '--connections',
      '8',
      '--warmup',
      '0.5s',
      '--duration',
      '2s',
      '--json',
    );
    assert.equal(code, 0, stderr);
    const variant = JSON.parse(stdout) as VariantSummary;
    assert.equal(variant.requests, 200);
    assert.equal(variant.errors, 0);
    assert.deepEqual(variant.outcomes, { ok: 200 });
    assert.equal(variant.offeredRate, 100);
    assert.ok((variant.responseNs.p50 ?? 0) >= 20e6, 'never faster than the server');
    assert.ok((variant.responseNs.p50 ?? 0) >= (variant.serviceNs.p50 ?? 0));
    assert.equal(variant.responseNs.p999, null);
    assert.match(variant.responseNs.reasons['p999'] ?? '', /10,000/u);
    assert.ok((variant.cpu.components['load']?.coreSeconds ?? 0) > 0);
  });

  test('keeps a record that report and compare read, and never writes over one', async () => {
    using scratch = new Scratch();
    const save = async (folder: string) => {
      const flags = ['--rate', '100/s', '--connections', '4', '--warmup', '0', '--duration', '1s', '--save', folder];
      return await meshbench('load', url(), ...flags);
    };
    const [one, other] = [path.join(scratch.folder, 'one'), path.join(scratch.folder, 'other')];
    const first = await save(one);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stderr, /^1 s: \d+ ok, p50 [\d.]+ ms, p99 [\d.]+ ms, max [\d.]+ ms$/mu);
    const { trials, damage } = await readRecord(path.join(one, 'record.jsonl'));
    assert.deepEqual([trials.length, damage], [1, []]);
    assert.equal(trials[0]?.load.planned, 100);
    assert.equal((await meshbench('report', one)).code, 0);
    assert.match(readFileSync(path.join(one, 'report.html'), 'utf8'), /load → 127\.0\.0\.1/u);
    assert.equal((await save(one)).code, 2);
    assert.equal((await save(other)).code, 0);
    const compared = await meshbench('compare', one, other);
    assert.equal(compared.code, 0, compared.stderr);
  });

  test('spreads and chooses requests as a scenario would', async () => {
    const { code, stdout, stderr } = await meshbench(
      'load',
      url(),
      ...['--rate', '100/s', '--connections', '8', '--stagger', '0.2s', '--warmup', '0', '--duration', '1s', '--json'],
      ...['--schedule', '{ramp: {from: 0%, to: 100%}}', '--header', 'x-a=1'],
      ...['--targets', '[{weight: 3}, {weight: 1, method: HEAD}]'],
    );
    assert.equal(code, 0, stderr);
    const variant = JSON.parse(stdout) as VariantSummary;
    assert.deepEqual(variant.outcomes, { ok: 50 });
    assert.equal(variant.offeredRate, 50);
    assert.deepEqual(variant.settings['load'], { schedule: { ramp: { from: '0%', to: '100%' } } });
  });

  test('tells a person the same in words', async () => {
    const { code, stdout } = await meshbench(
      'load',
      url(),
      '--rate',
      '50/s',
      '--connections',
      '4',
      '--warmup',
      '0',
      '--duration',
      '1s',
      '--quiet',
    );
    assert.equal(code, 0);
    assert.match(stdout, /^50 requests: 50 ok\n/u);
    assert.match(stdout, /response time +p50 [\d.]+ ms/u);
    assert.match(stdout, /release lag/u);
  });

  test('interrupted, reports what was measured so far', async () => {
    const { child, ended } = start(
      'load',
      url(),
      '--rate',
      '100/s',
      '--connections',
      '8',
      '--warmup',
      '0',
      '--duration',
      '60s',
      '--json',
    );
    await new Promise((resolve) =>
      child.stderr?.on('data', (text: string) => /^2 s/mu.test(text) && resolve(undefined)),
    );
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    assert.equal(code, 130);
    const variant = JSON.parse(stdout) as VariantSummary;
    assert.ok(variant.requests >= 100 && variant.requests < 3000, `${variant.requests} requests`);
    assert.equal(variant.errors, 0);
  });

  test('says that nothing listens, with exit code 20', async () => {
    const { code, stderr } = await meshbench('load', 'http://127.0.0.1:1/', '--duration', '1s');
    assert.equal(code, 20);
    assert.match(stderr, /127\.0\.0\.1:1: ECONNREFUSED \[LOAD_CANNOT_CONNECT\]/u);
  });

  test('refuses to load another machine', async () => {
    const { code, stderr } = await meshbench('load', 'http://10.0.0.1/', '--duration', '1s');
    assert.equal(code, 2);
    assert.match(stderr, /--allow-target 10\.0\.0\.1\/32/u);
  });
});

describe('a command line that is wrong', () => {
  const wrong: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [['frobnicate'], /unknown command 'frobnicate'/u],
    [['run'], /missing required argument 'scenario'/u],
    [['run', 'quickstart', '--trails', '3'], /Did you mean --trials/u],
    [['run', 'quickstart', '--rate', '2000'], /"2000" is not a rate; write it like 2000\/s/u],
    [['run', 'quickstart', '--duration', '5'], /has no unit/u],
    [['run', 'quickstart', '--trials', '0'], /whole number from 1/u],
    [['run', 'quickstrt'], /did you mean "quickstart"/u],
    [['run', 'quickstart', '--variants', 'direkt'], /did you mean "direct"/u],
    [['run', '../../etc/passwd'], /neither the name of a scenario nor a path/u],
    [['report', 'nothing-here'], /no record\.jsonl/u],
    [['load', 'http://127.0.0.1/', '--method', 'BREW'], /not one of GET/u],
    [['load', 'http://127.0.0.1/', '--schedule', 'ramp'], /load\.schedule: must be constant, poisson/u],
    [['load', 'http://127.0.0.1/', '--body', 'x'], /load\.body: a GET request has no body/u],
    [['load', 'http://127.0.0.1/', '--header', 'content-length=1'], /is written by the load itself/u],
    [['load', 'http://127.0.0.1/', '--poisson', '--schedule', 'constant'], /--poisson and --schedule/u],
  ];
  refuses(
    meshbench,
    wrong.map(([args, says]) => [args.join(' '), args, says]),
  );
});

describe('what changes nothing', () => {
  test('plan prints the order of the blocks, and the same for the same seed', async () => {
    const [first, second] = await Promise.all([
      meshbench('plan', 'quickstart', '--seed', '7'),
      meshbench('run', 'quickstart', '--seed', '7', '--dry-run'),
    ]);
    assert.equal(first.code, 0);
    assert.equal(first.stdout, second.stdout);
    assert.match(first.stdout, /blocks: 8/u);
  });

  test('list names every scenario with its question', async () => {
    const { code, stdout } = await meshbench('list');
    assert.equal(code, 0);
    assert.match(stdout, /^quickstart +What does one sidecar hop add to a request\?/mu);
  });

  test('doctor finds this machine fit', async () => {
    const { code, stdout } = await meshbench('doctor', '--json');
    assert.equal(code, 0, stdout);
    const checks = JSON.parse(stdout) as readonly { name: string; status: string }[];
    assert.ok(checks.length > 5);
  });

  test('help teaches by example, and succeeds', async () => {
    for (const args of [['--help'], ['run', '--help'], ['load', '--help']]) {
      const { code, stdout } = await meshbench(...args);
      assert.equal(code, 0);
      assert.match(stdout, /Usage: meshbench/u);
    }
  });
});
