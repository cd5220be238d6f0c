import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRecord } from '../../src/record/index.ts';
import type { Summary } from '../../src/summary/index.ts';
import { meshbench, Scratch } from '../support/cli.ts';
import { count } from '../support/counts.ts';
import { noDocker, TestDocker } from '../support/dockerd.ts';
import { startLong, untilTrial } from '../support/long-run.ts';
import { allProcesses, descendants, killUntilItEnds, type Seen, until } from '../support/processes.ts';

const SCENARIO = `question: Does it work in containers?
variants:
  direct: {}
  outbound: { mesh: { outbound: listener } }
load: { rate: 500/s, connections: 8, warmup: 200ms, duration: 600ms }
`;

interface Victim {
  readonly name: string;
  /** True for the command line of one. */
  readonly is: (command: string) => boolean;
  /** Exit codes of the run; null where it is the one that was killed, undefined where it goes on. */
  readonly code: number | null | undefined;
}

const VICTIMS: readonly Victim[] = [
  { name: 'the command line', is: (command) => command.includes('bin/meshbench run'), code: null },
  { name: 'the watcher', is: (command) => command.includes('docker/watcher/main.js'), code: undefined },
  { name: 'an init', is: (command) => command.includes('docker/init/main.js'), code: 20 },
  { name: 'an agent', is: (command) => command.includes('agent/main.js'), code: 20 },
  { name: 'an Envoy', is: (command) => command.includes('envoy.json'), code: 20 },
];

describe('runs in Docker', { skip: noDocker }, () => {
  const scratch = new Scratch();
  let daemon: TestDocker;
  before(async () => {
    daemon = await TestDocker.start();
  });
  after(async () => {
    await daemon[Symbol.asyncDispose]();
    scratch[Symbol.dispose]();
  });

  test('give the record and the report of any run, with the runtime named', async () => {
    const file = scratch.scenario('contained', SCENARIO);
    const ended = await scratch.quick(file, '--runtime', 'docker', '--seed', '5', '--json');
    assert.equal(ended.code, 0, ended.stderr);
    const summary = JSON.parse(ended.stdout) as Summary;
    assert.equal(summary.runtime, 'docker');
    assert.equal(summary.fingerprint['runtime'], 'docker');
    assert.match(String(summary.fingerprint['docker.version']), /^\d+\./u);
    const folder = scratch.run('contained');
    const { trials } = await readRecord(path.join(folder, 'record.jsonl'));
    assert.deepEqual(trials.map(({ variant }) => variant).sort(), ['direct', 'outbound']);
    for (const { variant, proxies, load, usage } of trials) {
      assert.deepEqual(load.outcomes, { ok: 300 }, variant);
      const answered = proxies['client.envoy']?.counters['http.outbound.downstream_rq_2xx'];
      assert.equal(answered, variant === 'direct' ? undefined : 400);
      const sidecars = variant === 'direct' ? [] : ['client.envoy'];
      for (const component of ['client.load', ...sidecars, 'server.app', 'harness']) {
        const { source, cpuNs = 0, rssBytes = 0 } = usage.components[component] ?? {};
        assert.ok(cpuNs > 0 && rssBytes > 1e6 && source === undefined, component);
      }
    }
    assert.ok(existsSync(path.join(folder, 'report.html')));
    assert.deepEqual(await daemon.leftovers(), []);
  });

  for (const { name, is, code } of VICTIMS) {
    for (let round = 0; round < count(1, 20); round += 1) {
      test(`kill -9 of ${name}, round ${round + 1}, leaves nothing`, () => killOne({ name, is, code }, daemon));
    }
  }

  test('Ctrl-C ends in order, with exit code 130 and what was measured', async () => {
    using own = new Scratch();
    const { child, ended } = startLong(own, '--runtime', 'docker');
    const record = await untilTrial(own);
    child.kill('SIGINT');
    assert.equal((await ended).code, 130);
    assert.deepEqual(await daemon.leftovers(), []);
    const { end, trials } = await readRecord(record);
    assert.equal(end?.how, 'interrupted');
    assert.ok(trials.length >= 1);
  });
});

async function killOne({ name, is, code }: Victim, daemon: TestDocker): Promise<void> {
  using own = new Scratch();
  const { child, ended } = startLong(own, '--runtime', 'docker');
  // Never one of another run that this machine may have at the same time.
  const ours = (): Seen[] => [...family(child.pid), ...daemon.processes()];
  const mine = (): Seen[] => ours().filter(({ command }) => is(command));
  await until(name, 60, () => mine()[0]);
  await sleep(Math.random() * (code === null ? count(2000, 6000) : 2000));
  const some = (): number | undefined => mine()[Math.floor(Math.random() * mine().length)]?.pid;
  await killUntilItEnds(name, ended, some, async () => {
    if (code !== undefined) return;
    await sleep(500);
    child.kill('SIGKILL');
  });
  child.kill('SIGKILL');
  const result = await ended;
  if (code === 20) assert.equal(result.code, 20, result.stderr);
  // Without the watcher, what was not running yet waits for the next start, as do volumes and networks.
  if (code === undefined) await meshbench('clean');
  await within10s(async () => (await daemon.leftovers()).length === 0);
  const counts = ({ command }: Seen): boolean => VICTIMS.some((one) => one.is(command));
  await until('the end of every process', 10, () => !ours().some(counts));
}

/** A process of ours and what it started. */
function family(pid: number | undefined): Seen[] {
  if (pid === undefined) return [];
  return [...allProcesses().filter((one) => one.pid === pid), ...descendants(pid)];
}

/** Polls; a Docker that is asked answers with a promise. */
async function within10s(ask: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await ask())) {
    assert.ok(Date.now() < deadline, 'gone within ten seconds');
    await sleep(200);
  }
}
