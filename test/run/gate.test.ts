import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { availableCpus } from '../../src/run/index.ts';
import type { GateDocument } from '../../src/verdict/index.ts';
import { type Ended, meshbench, Scratch } from '../support/cli.ts';
import { mortal } from '../support/mortal.ts';

const SCENARIO = `question: Does the gate end as it should?
variants:
  direct: {}
  outbound: { mesh: { outbound: listener } }
load: { rate: 500/s, connections: 4, warmup: 100ms, duration: 300ms }
`;
/** The limit is three times what it takes: else a machine that is disturbed would be waited for. */
const PATIENT = `${SCENARIO}limits: { time: 45s }
`;

/** Six blocks can find a regression among three metrics. */
const FEW = ['--blocks', '6', '--metric', 'responseNs.p50'];

const OUTPUTS = ['gate.json', 'gate.html', 'gate.md', 'junit.xml', 'gate.csv', 'gate.prom', 'response.hlog'];

/** Keeps every processor busy until it is disposed of, and for a minute at most. */
function busyLoops(): Disposable {
  const spin = 'const end = Date.now() + 60_000; while (Date.now() < end);';
  const loops = availableCpus().map((cpu) =>
    mortal(spawn('taskset', ['--cpu-list', String(cpu), process.execPath, '-e', spin], { stdio: 'ignore' })),
  );
  return {
    [Symbol.dispose]: () => {
      for (const loop of loops) loop.kill('SIGKILL');
    },
  };
}

/** Whether the machine vetoed too much, or so often that the time was spent. */
function isSpoiled({ verdict, first, confirm }: GateDocument): boolean {
  const spent = [first, confirm].some((stage) => stage?.ended === 'time-limit' && stage.trials.vetoed > 0);
  return verdict === 'invalid' || spent;
}

describe('a gate of real trials', () => {
  const scratch = new Scratch();
  const file = scratch.scenario('gated', PATIENT);
  after(() => scratch[Symbol.dispose]());

  const gate = (...args: readonly string[]): Promise<Ended> =>
    meshbench('gate', file, '--out', scratch.folder, '--quiet', '--no-calibration', '--seed', '3', ...args);
  const documentOf = ({ stdout }: Ended): GateDocument => JSON.parse(stdout) as GateDocument;

  test('passes what did not change, within a tolerance that no machine can break, and writes every output', async () => {
    // Twice as slow would still pass; what is left to go wrong is the machine, which is a verdict too.
    const wide = ['--tolerance', '100%', '--guard', '5ms'];
    const ended = await gate('--baseline', 'direct', '--candidate', 'direct', ...wide, ...FEW, '--json');
    const document = documentOf(ended);
    if (document.verdict === 'invalid') assert.equal(ended.code, 12, ended.stderr);
    else if (!isSpoiled(document)) assert.deepEqual([document.verdict, ended.code], ['pass', 0], ended.stderr);
    const folder = path.join(scratch.folder, 'gates', 'gated', 'latest');
    for (const name of OUTPUTS) assert.ok(existsSync(path.join(folder, name)), name);
    assert.deepEqual(JSON.parse(readFileSync(path.join(folder, 'gate.json'), 'utf8')), document);
    const runs = readdirSync(path.join(scratch.folder, 'gated'));
    assert.ok(runs.length >= 2, 'the record and its report stand beside those of other runs');
  });

  test('a candidate that answers 503 to everything is a regression, found twice', async () => {
    const broken = 'outbound,app.reset={every: 1}';
    const ended = await gate('--baseline', 'outbound', '--candidate', broken, ...FEW, '--json');
    const document = documentOf(ended);
    if (isSpoiled(document)) return;
    assert.deepEqual([document.verdict, ended.code], ['regression', 10], ended.stderr);
    assert.match(document.reasons.join(' '), /errors/u);
    const errors = document.confirm?.decision?.findings.find(({ metric }) => metric === 'errors');
    assert.equal(errors?.candidate, 1);
    assert.equal(errors?.baseline, 0);
  });

  test('a candidate that is certainly better passes, and it says so', async () => {
    const ended = await gate('--baseline', 'direct,app.work=1ms', '--candidate', 'direct', ...FEW, '--json');
    const document = documentOf(ended);
    if (isSpoiled(document)) return;
    assert.deepEqual([document.verdict, ended.code], ['pass', 0], ended.stderr);
    assert.match(document.reasons.join(' '), /responseNs\.p50 is certainly better/u);
  });

  test('blocks that are too few for the first look tell nothing', async () => {
    const short = scratch.scenario('short', `${SCENARIO}limits: { time: 3s }\n`);
    const ended = await meshbench(
      ...['gate', short, '--baseline', 'direct', '--candidate', 'direct', ...FEW],
      ...['--out', scratch.folder, '--quiet', '--json'],
    );
    const document = documentOf(ended);
    if (isSpoiled(document)) return;
    assert.deepEqual([document.verdict, ended.code], ['inconclusive', 11], ended.stderr);
    assert.match(document.reasons.join(' '), /Not enough data/u);
  });

  test('a machine that does something else besides is no place to measure', async () => {
    const short = scratch.scenario('disturbed', `${SCENARIO}limits: { time: 3s }\n`);
    using _busy = busyLoops();
    const ended = await meshbench(
      ...['gate', short, '--baseline', 'direct', '--candidate', 'direct', ...FEW],
      ...['--out', scratch.folder, '--quiet', '--json', '--no-calibration'],
    );
    const document = documentOf(ended);
    assert.deepEqual([document.verdict, ended.code], ['invalid', 12], ended.stderr);
    assert.match(document.reasons.join(' '), /vetoed/u);
  });

  test('a candidate that does not start ends with the code of a failed component, and is named', async () => {
    const fake = path.join(scratch.folder, 'envoy');
    const says = 'envoy  version: 0123456789abcdef0123456789abcdef01234567/1.40.0/Clean/RELEASE/BoringSSL';
    writeFileSync(fake, `#!/bin/sh\n[ "$1" = --version ] && echo "${says}" && exit 0\nexit 1\n`);
    chmodSync(fake, 0o755);
    const ended = await gate('--baseline', 'outbound', '--candidate', `outbound,envoy=${fake}`, '--json');
    assert.equal(ended.code, 20, ended.stderr);
    const document = documentOf(ended);
    assert.equal(document.verdict, 'failed');
    assert.match(document.reasons.join(' '), /The candidate failed/u);
  });

  // They measure nothing, so that they may be asked side by side.
  describe('a baseline is refused before anything is measured', { concurrency: true }, () => {
    for (const [name, baseline, code, problem] of [
      ['an Envoy that is not there', 'outbound,envoy=./no-such-envoy', 3, /ARM_MISSING/u],
      ['a revision that is not there', 'outbound,revision=no-such-revision', 3, /ARM_MISSING/u],
      ['a revision that is an option of Git', 'outbound,revision=--output=x', 3, /ARM_MISSING/u],
      ['a configuration that is not there', 'outbound,bootstrap=./none.yaml', 3, /ARM_MISSING/u],
      ['a variant that is not there', 'outbund', 2, /names no variant/u],
    ] as const) {
      test(`with ${name}`, async () => {
        const { code: got, stderr } = await gate('--baseline', baseline, '--candidate', 'outbound');
        assert.equal(got, code, stderr);
        assert.match(stderr, problem);
      });
    }
  });
});
