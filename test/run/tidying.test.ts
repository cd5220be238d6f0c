import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { readRecord } from '../../src/record/index.ts';
import { Scratch } from '../support/cli.ts';
import { mortal } from '../support/mortal.ts';
import { ROOT } from '../support/root.ts';

const SCENARIO = `question: Does the harness keep still while it measures?
variants:
  direct: {}
load: { rate: 1000/s, connections: 8, warmup: 5s, duration: 4s }
`;

const PROGRAM = path.join(ROOT, 'bin/meshbench');

/** What V8 is told by the first line of the program. */
function flags(): readonly string[] {
  const [first = ''] = readFileSync(PROGRAM, 'utf8').split('\n');
  return first.split(' ').filter((word) => word.startsWith('--'));
}

test('the commands of npm start the program as it starts itself', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const starts = Object.values(scripts).filter((command) => command.includes('bin/meshbench'));
  assert.ok(starts.length > 1);
  for (const command of starts) assert.ok(command.startsWith(['node', ...flags(), 'bin/meshbench'].join(' ')), command);
});

test('the command line tidies its memory up before it measures, and not when it finds time', async () => {
  using scratch = new Scratch();
  const args = ['run', scratch.scenario('still', SCENARIO), '--out', scratch.folder, '--quiet', '--no-calibration'];
  // V8 found time eight seconds after the second trial had begun.
  args.push('--quick', '--trials', '2', '--warmup', '5s', '--duration', '4s');
  const command = [...flags(), '--trace-gc', PROGRAM, ...args];
  const child = mortal(spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] }));
  const said = await text(child.stdout);
  assert.match(said, /Mark-Compact/u);
  assert.doesNotMatch(said, /Mark-Compact \(reduce\)/u);
  const { trials } = await readRecord(path.join(scratch.run('still'), 'record.jsonl'));
  for (const { usage } of trials) {
    const { pssBytes, peakBytes } = usage.components['server.app'] ?? {};
    assert.ok((pssBytes ?? 0) > 10e6 && (peakBytes ?? 0) > 10e6, 'and memory is read after the load');
  }
});
