import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { readRecord } from '../../src/record/index.ts';
import { Scratch } from '../support/cli.ts';
import { asNobody, envoyForAll, noNobody } from '../support/nobody.ts';
import { ROOT } from '../support/root.ts';

test('the scenario service-entries runs without root, where others can read the checkout', {
  skip: noNobody,
}, async () => {
  using scratch = new Scratch();
  const envoy = await envoyForAll(scratch.folder);
  const wanted = ['--variants', 'all services.count=500,lazy services.count=500'];
  const short = ['--quick', '--trials', '1', '--duration', '500ms', '--warmup', '100ms', '--rate', '400/s'];
  const where = ['--out', scratch.folder, '--envoy-bin', envoy];
  const scenario = path.join(ROOT, 'scenarios/service-entries.yaml');
  const { code, stderr } = asNobody(scratch.folder, 'run', scenario, ...wanted, ...short, ...where, '--json');
  assert.equal(code, 0, stderr);
  const { header, trials } = await readRecord(path.join(scratch.run('service-entries'), 'record.jsonl'));
  assert.equal(header.fingerprint['user.root'], false);
  assert.equal(trials.length, 2);
  for (const { variant, load, controlPlane } of trials) {
    assert.deepEqual(load.outcomes, { ok: 200 }, variant);
    assert.equal(controlPlane?.streams.length, 1);
  }
});
