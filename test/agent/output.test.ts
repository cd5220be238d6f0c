import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const OUTPUT = new URL('../../src/agent/output.js', import.meta.url).href;
/** Lines of very different lengths, up to more than a pipe holds, said at once. */
const LENGTHS = Array.from({ length: 60 }, (_, index) => (index % 3 === 0 ? 300_000 : index * 7));
const GONE = 7;

function talker(): ChildProcessByStdio<null, Readable, null> {
  const program = `import { LineOutput } from '${OUTPUT}';
const output = new LineOutput(1, () => process.exit(${GONE}));
for (const length of ${JSON.stringify(LENGTHS)}) output.write(String(length) + ' ' + 'é'.repeat(length));
setInterval(() => output.write('still here'), 50);`;
  return spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
}

describe('lines of an agent', () => {
  test('arrive whole and in order, however slowly they are read', async () => {
    const child = talker();
    const seen: number[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      if (line === 'still here') break;
      const [length = '', text = ''] = line.split(' ');
      assert.equal(text, 'é'.repeat(Number(length)));
      seen.push(Number(length));
      if (seen.length % 10 === 0) await sleep(20);
    }
    child.kill('SIGKILL');
    assert.deepEqual(seen, LENGTHS);
  });

  test('to nobody end the agent', async () => {
    const child = talker();
    child.stdout.destroy();
    assert.deepEqual(await once(child, 'exit'), [GONE, null]);
  });
});
