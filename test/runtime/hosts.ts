import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monotonicNow } from '../../src/metrics/index.ts';
import { type Host, type HostProcess, type ProcessSpec, plainProcess } from '../../src/runtime/index.ts';
import { fromSeconds } from '../../src/units/index.ts';

/** A process of its name on the first processor, without anything special. */
export function spec(name: string, ...argv: [string, ...string[]]): ProcessSpec {
  return plainProcess(name, argv, [0]);
}

/** A program of Node on it. */
export function node(name: string, program: string): ProcessSpec {
  return spec(name, process.execPath, '-e', program);
}

export async function firstLine(process: HostProcess): Promise<string> {
  for await (const line of process.lines) return line;
  return '';
}

const ECHO = "require('net').createServer((s) => s.pipe(s)).listen(9000, '0.0.0.0', () => console.log('up'))";
const ASK =
  "require('net').connect(9000, process.argv[1]).on('data', (d) => { console.log(String(d)); process.exit() }).write('hello')";

/** What hosts do in every runtime; the second one is at 198.18.0.11. */
export function testHosts(hosts: () => { readonly one: Host; readonly two: Host }): void {
  test('reach each other by address', async () => {
    const { one, two } = hosts();
    const server = await two.start(node('echo', ECHO));
    assert.equal(await firstLine(server), 'up');
    const answer = await one.exec([process.execPath, '-e', ASK, '198.18.0.11'], fromSeconds(10));
    assert.deepEqual(answer, { code: 0, stdout: 'hello\n', stderr: '' });
  });

  test('pass lines both ways, keep processors, and tell how a process ended', async () => {
    const script = 'taskset -cp $$; read line; echo "got $line"; echo bad >&2; exit 3';
    const started = await hosts().one.start(spec('cat', 'sh', '-c', script));
    assert.match(await firstLine(started), /affinity list: 0$/u);
    started.send('a line');
    assert.equal(await firstLine(started), 'got a line');
    assert.deepEqual(await started.exited, { code: 3, signal: null, stderr: 'bad' });
  });

  test('signal with the instant, and replace a process under its name', async () => {
    const first = await hosts().one.start(spec('sleeper', 'sleep', '100'));
    const [before, at, after] = [monotonicNow(), await first.signal('SIGSTOP'), monotonicNow()];
    assert.ok(before <= at && at <= after);
    const second = await first.replace(spec('sleeper', 'sleep', '100'));
    assert.equal((await first.exited).signal, 'SIGKILL');
    assert.notEqual(second.pid, first.pid);
    await second.signal('SIGKILL');
    assert.equal((await second.exited).signal, 'SIGKILL');
  });
}
