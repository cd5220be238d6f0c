import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEFAULT_ENVOY_VERSION, prepareRun } from '../../src/setup/index.ts';
import { tookAtMost } from '../support/timing.ts';
import { BECOME_ORDINARY, programWith, runChild, WITHOUT_NAMESPACES } from './child.ts';

describe('preparing a run where everything is there', () => {
  test('gives every Envoy asked for, quickly and without a word', async (t) => {
    const said: string[] = [];
    const before = performance.now();
    const { envoys } = await prepareRun({ envoyVersions: [DEFAULT_ENVOY_VERSION], say: (line) => said.push(line) });
    tookAtMost(t, 400, performance.now() - before);
    assert.deepEqual(Object.keys(envoys), [DEFAULT_ENVOY_VERSION]);
    assert.equal(envoys[DEFAULT_ENVOY_VERSION]?.source, 'cache');
    assert.deepEqual(said, []);
  });

  test('gives none where none is asked for', async () => {
    assert.deepEqual(await prepareRun({ envoyVersions: [], say: () => assert.fail() }), { envoys: {} });
  });

  test('refuses a version that is not pinned as a mistake of the scenario', async () => {
    const error = { kind: 'usage', code: 'ENVOY_VERSION' };
    await assert.rejects(prepareRun({ envoyVersions: ['0.0.1'], say: () => undefined }), error);
  });
});

test('a machine that forbids namespaces is refused before anything else is looked at', async () => {
  const body = `process.env.PATH = '/usr/bin:/bin'; return it.prepareRun({ envoyVersions: ['1.36.3'], say })`;
  const { stdout, stderr } = await runChild([...WITHOUT_NAMESPACES, ...programWith('prepare.js', body)]);
  const { code, kind, hint } = JSON.parse(stdout) as Record<string, string>;
  assert.deepEqual({ code, kind, stderr }, { code: 'NAMESPACES_FORBIDDEN', kind: 'preflight', stderr: '' });
  assert.match(hint ?? '', /max_net_namespaces/u);
});

test('an ordinary user is refused with everything that is missing in one command', async () => {
  const none = `[{ commands: ['no-such-1'], package: 'one', purpose: '' }], say, [{ commands: ['python3'], package: 'python3-pip', purpose: '' }]`;
  const program = programWith('packages.js', `${BECOME_ORDINARY} return it.ensureCommands(${none})`);
  const { hint } = JSON.parse((await runChild(program)).stdout) as Record<string, string>;
  assert.match(hint ?? '', /one.*python3-pip/u);
});
