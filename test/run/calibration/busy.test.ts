import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { describe, test } from 'node:test';
import { certificateResult } from '../../../src/gate/index.ts';
import { CHECKS, readRecord } from '../../../src/record/index.ts';
import { availableCpus } from '../../../src/run/index.ts';
import { meshbench, Scratch } from '../../support/cli.ts';
import { mortal } from '../../support/mortal.ts';

const SCENARIO = `question: Is the harness certified?
variants: { direct: {} }
load: { rate: 500/s, connections: 8, warmup: 100ms, duration: 200ms }
limits: { time: 1m }
`;

describe('a busy loop on the processor of the load', () => {
  const [cpu = 0, ...others] = availableCpus();
  const skip = others.length === 0 ? 'load and system would share the only processor' : false;

  test('fails the certificate, which names it, and the run is invalid before its first block, where the system has a processor of its own', {
    skip,
  }, async () => {
    using scratch = new Scratch();
    const busy = mortal(
      spawn('taskset', ['--cpu-list', String(cpu), 'sh', '-c', 'while :; do :; done'], { stdio: 'ignore' }),
    );
    try {
      const { code, stdout, stderr } = await meshbench(
        'run',
        scratch.scenario('busy', SCENARIO),
        ...['--trials', '1', '--out', scratch.folder],
      );
      assert.equal(code, 12, stderr);
      assert.match(stdout, /invalid/u);
      assert.match(stdout.replaceAll(/\s+/gu, ' '), new RegExp(`sh \\(process ${busy.pid}, \\d+ %\\)`, 'u'));
      const { certificate, trials, end } = await readRecord(path.join(scratch.run('busy'), 'record.jsonl'));
      assert.ok(certificate !== undefined);
      assert.deepEqual(
        certificate.checks.map(({ check }) => check),
        CHECKS,
      );
      assert.equal(certificateResult(certificate), 'failed');
      assert.equal(certificate.checks.find(({ check }) => check === 'neighbours')?.result, 'failed');
      assert.equal(end?.how, 'not-certified');
      assert.equal(trials.length, 0);
    } finally {
      busy.kill('SIGKILL');
    }
  });
});

describe('a certificate of this machine', () => {
  test('stands in the record before the trials, and its clock and capacity hold', async () => {
    using scratch = new Scratch();
    const flags = ['--trials', '1', '--insist', '--quiet', '--out', scratch.folder];
    const { stderr } = await meshbench('run', scratch.scenario('certified', SCENARIO), ...flags);
    const { certificate, trials } = await readRecord(path.join(scratch.run('certified'), 'record.jsonl'));
    assert.ok(certificate !== undefined, stderr);
    assert.equal(certificate.insisted, true);
    assert.ok(trials.length > 0, stderr);
    for (const check of ['clock', 'capacity']) {
      assert.equal(certificate.checks.find((one) => one.check === check)?.result, 'held', JSON.stringify(certificate));
    }
  });
});
