import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createPlan, describePlan } from '../../src/plan/index.ts';
import { readScenario } from '../../src/scenario/index.ts';

const MACHINE = { cpus: [0, 1], root: false, realtime: false, memory: 8e9 };

describe('a file of arrivals', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'meshbench-arrivals-'));
    await mkdir(join(folder, 'traces'));
  });
  after(() => rm(folder, { recursive: true }));

  async function scenario(arrivals: string, name = 'traces/a.txt'): Promise<string> {
    const path = join(folder, 'replayed.yaml');
    await writeFile(join(folder, 'traces', 'a.txt'), arrivals);
    await writeFile(
      path,
      `question: What?\nvariants: { a: {} }\nload: { duration: 1s, schedule: { replay: ${name} } }\n`,
    );
    return path;
  }

  test('is read with its units, comments and empty lines', async () => {
    const { base } = await readScenario(
      await scenario('# when\n0\n1.5ms # first\n\n1.5ms\r\n20us 3\n'.replace('20us 3', '1s')),
    );
    assert.deepEqual(base.load.schedule, {
      kind: 'replay',
      file: 'traces/a.txt',
      instants: [0, 1.5e6, 1.5e6, 1e9],
    });
  });

  test('is part of what a plan is: other instants, another hash', async () => {
    const plans = [];
    for (const arrivals of ['0\n1ms', '0\n2ms']) {
      const plan = createPlan(await readScenario(await scenario(arrivals)), { seed: 1 }, MACHINE as never);
      plans.push(plan);
      assert.equal(describePlan(plan).variants[0]?.requests, 2);
    }
    assert.notEqual(plans[0]?.hash, plans[1]?.hash);
  });

  for (const [name, arrivals, says] of [
    ['mistakes, all at once', '1ms\n1\n0.5ms\nx', /line 2: "1" has no unit.*line 3: 0\.5ms is before.*line 4/u],
    ['nothing', '# empty\n', /it holds no arrival/u],
  ] as const) {
    test(`with ${name} is refused`, async () => {
      await assert.rejects(readScenario(await scenario(arrivals)), says);
    });
  }

  test('that does not exist, lies elsewhere or leads elsewhere is refused', async () => {
    await assert.rejects(readScenario(await scenario('0', 'traces/b.txt')), /does not exist/u);
    for (const name of ['../a.txt', '/etc/passwd', 'traces/../../a.txt']) {
      await assert.rejects(readScenario(await scenario('0', name)), /below the folder of the scenario/u);
    }
    await symlink('/etc/passwd', join(folder, 'traces', 'link.txt'));
    await assert.rejects(readScenario(await scenario('0', 'traces/link.txt')), /leads out of its folder/u);
  });
});
