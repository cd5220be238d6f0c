import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { describe, test } from 'node:test';
import { readRecord, type Trial } from '../../src/record/index.ts';
import { availableCpus } from '../../src/run/index.ts';
import { Scratch, start } from '../support/cli.ts';
import { mortal } from '../support/mortal.ts';
import { until } from '../support/processes.ts';

const SCENARIO = `question: Is a spoiled trial repeated?
variants: { direct: {}, again: {} }
load: { rate: 500/s, connections: 4, warmup: 200ms, duration: 1s }
trials: 3
limits: { time: 1m }
`;

describe('a vetoed trial', () => {
  test('is repeated in its place, and its block is whole all the same', async () => {
    using scratch = new Scratch();
    const file = scratch.scenario('spoiled', SCENARIO);
    const hogs = availableCpus().map(keepBusy);
    const { child, ended } = start('run', file, '--no-calibration', '--out', scratch.folder);
    let said = '';
    child.stderr?.on('data', (text: string) => {
      said += text;
    });
    try {
      await until('a veto', 60, () => said.includes('is vetoed') || child.exitCode !== null);
    } finally {
      for (const hog of hogs) hog.kill('SIGKILL');
    }
    const { stderr } = await ended;
    const { trials, end } = await readRecord(path.join(scratch.run('spoiled'), 'record.jsonl'));
    assert.ok(
      trials.some(({ vetoes }) => vetoes.length > 0),
      stderr,
    );
    for (const [index, { vetoes }] of trials.entries()) {
      const next = trials[index + 1];
      if (vetoes.length > 0 && next !== undefined) assert.deepEqual(place(next), place(trials[index]));
    }
    const sound = trials.filter(({ vetoes }) => vetoes.length === 0).length;
    // The machine may go on to spoil trials when ours is no longer what spoils them, and is waited for until then.
    if (end?.how === 'too-many-vetoes') assert.equal(trials.length - sound, 3);
    else if (end?.how !== 'time-limit') assert.equal(sound, 6, stderr);
  });
});

function keepBusy(cpu: number): ChildProcess {
  return mortal(
    spawn('taskset', ['--cpu-list', String(cpu), process.execPath, '-e', 'for (;;);'], { stdio: 'ignore' }),
  );
}

function place(trial: Trial | undefined): unknown {
  return [trial?.block, trial?.position, trial?.variant];
}
