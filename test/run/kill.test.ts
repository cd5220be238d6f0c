import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRecord } from '../../src/record/index.ts';
import { meshbench, Scratch } from '../support/cli.ts';
import { count } from '../support/counts.ts';
import { startLong, untilTrial } from '../support/long-run.ts';
import {
  descendants,
  foreignNamespaces,
  killUntilItEnds,
  livingIn,
  type Seen,
  traces,
  until,
} from '../support/processes.ts';

interface Victim {
  readonly name: string;
  readonly find: (cli: number) => number | undefined;
  /** Exit codes of the command line; null where it is the one that was killed. */
  readonly code: number | null;
}

/** What a trial takes with all that is brought up for it: a kill meets any part of it. */
const TRIAL_MS = 1500;

/** Where these runs have their temporary files, and nobody else has any. */
const TEMPORARY = mkdtempSync(path.join(tmpdir(), 'meshbench-kill-'));
process.env['TMPDIR'] = TEMPORARY;
after(() => rmSync(TEMPORARY, { recursive: true, force: true }));

const within = (cli: number, matches: (process: Seen) => boolean): number | undefined =>
  descendants(cli).find(matches)?.pid;

const VICTIMS: readonly Victim[] = [
  { name: 'the command line', find: (cli) => cli, code: null },
  { name: 'unshare', find: (cli) => within(cli, ({ command }) => command.startsWith('unshare ')), code: 20 },
  {
    name: 'the supervisor',
    find: (cli) => within(cli, ({ command }) => command.includes('supervisor.js') && !command.startsWith('unshare ')),
    code: 20,
  },
  { name: 'an agent', find: (cli) => within(cli, ({ command }) => command.includes('agent/main.js')), code: 20 },
  { name: 'an Envoy', find: (cli) => within(cli, ({ command }) => command.includes('envoy.json')), code: 20 },
];

describe('kill -9 leaves nothing, and what was measured stays readable', () => {
  for (const { name, find, code } of VICTIMS) {
    for (let round = 0; round < count(1, 4); round += 1) {
      test(`of ${name}, round ${round + 1}`, async (t) => {
        using scratch = new Scratch();
        const before = new Set(traces());
        const { child, ended } = startLong(scratch);
        const cli = child.pid ?? 0;
        const record = await untilTrial(scratch);
        await sleep(Math.random() * TRIAL_MS);
        const spaces = new Set<string>();
        await killUntilItEnds(name, ended, () => {
          const pid = find(cli);
          if (pid === undefined) return;
          const family = [cli, ...descendants(cli).map((process) => process.pid)];
          for (const namespace of foreignNamespaces(family)) spaces.add(namespace);
          return pid;
        });
        child.kill('SIGKILL');
        const result = await ended;
        assert.equal(result.code, code, result.stderr);
        await until('every process of the run is gone', 5, () => livingIn(spaces).length === 0);
        assert.deepEqual(left(before, scratch), []);
        const { trials } = await readRecord(record);
        assert.ok(trials.length >= 1);
        t.diagnostic(`${trials.length} trials kept`);
        const report = await meshbench('report', path.dirname(record), '--json');
        const summary = JSON.parse(report.stdout) as { ended: string };
        assert.equal(summary.ended, code === null ? 'killed' : 'component-failed');
        if (code !== null) assert.match(result.stderr, /kept/u);
      });
    }
  }

  test('and Ctrl-C ends in order, with exit code 130', async () => {
    using scratch = new Scratch();
    const before = new Set(traces());
    const { child, ended } = startLong(scratch);
    const record = await untilTrial(scratch);
    const spaces = foreignNamespaces(descendants(child.pid ?? 0).map((process) => process.pid));
    child.kill('SIGINT');
    const { code } = await ended;
    assert.equal(code, 130);
    assert.equal(livingIn(spaces).length, 0);
    assert.deepEqual(left(before, scratch), []);
    const { end } = await readRecord(record);
    assert.equal(end?.how, 'interrupted');
    assert.ok(existsSync(path.join(path.dirname(record), 'report.html')));
  });
});

/** What a run left on the machine and in {@link TEMPORARY}, besides what it was to write. */
function left(before: ReadonlySet<string>, scratch: Scratch): readonly string[] {
  const temporary = readdirSync(TEMPORARY).map((name) => path.join(TEMPORARY, name));
  const shared = traces().filter((line) => !before.has(line));
  return [...shared, ...temporary.filter((file) => file !== scratch.folder)];
}
