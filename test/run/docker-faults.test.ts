import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { readRecord } from '../../src/record/index.ts';
import { meshbench, Scratch } from '../support/cli.ts';
import { noDocker, TestDocker } from '../support/dockerd.ts';
import { startLong, untilTrial } from '../support/long-run.ts';

/** Somebody else's container, with a label that begins as ours do. */
async function strangersOf({ docker }: TestDocker): Promise<{ readonly names: () => Promise<readonly string[]> }> {
  const [image] = await docker.listImages();
  const options = { Image: image?.Id ?? '', Cmd: ['sleep', '100'], Labels: { 'meshbench.running': 'no' } };
  await docker.createContainer({ name: 'strangers', ...options });
  await docker.createVolume({ Name: 'strangers' });
  const names = async (): Promise<readonly string[]> => {
    const containers = await docker.listContainers({ all: true });
    const { Volumes: volumes } = await docker.listVolumes();
    return [...containers.flatMap((one) => one.Names), ...(volumes ?? []).map(({ Name }) => Name)];
  };
  return { names };
}

/** A run of which a trial is measured, and strangers beside it. */
async function midRun(daemon: TestDocker, own: Scratch) {
  const { ended } = startLong(own, '--runtime', 'docker');
  const record = await untilTrial(own);
  return { ended, record, strangers: await strangersOf(daemon) };
}

const STRANGERS = ['/strangers', 'strangers'];

describe('what goes wrong with Docker in mid-run', { skip: noDocker }, () => {
  test('a daemon that dies: what was measured is kept, and the next start sweeps the rest', async () => {
    await using daemon = await TestDocker.start();
    using own = new Scratch();
    const { ended, record, strangers } = await midRun(daemon, own);
    daemon.crash();
    const { code, stderr } = await ended;
    assert.equal(code, 20, stderr);
    assert.match(stderr, /RUNTIME_GONE|COMPONENT_DIED|CONTAINER_FAILED/u);
    const { trials, end } = await readRecord(record);
    assert.ok(trials.length >= 1);
    assert.equal(end?.how, 'component-failed');
    await daemon.restart();
    const swept = await meshbench('clean');
    assert.equal(swept.code, 0, swept.stderr);
    assert.deepEqual(await daemon.leftovers(), []);
    assert.deepEqual(await strangers.names(), STRANGERS);
  });

  test('a disk that fills: what was measured is kept, nothing stays, and the next run says what it lacks', async () => {
    await using daemon = await TestDocker.start({ disk: '700m' });
    using own = new Scratch();
    const { ended, record, strangers } = await midRun(daemon, own);
    daemon.fillDisk();
    const { code, stderr } = await ended;
    assert.equal(code, 20, stderr);
    assert.match(stderr, /no space left on device .*CONTAINER_FAILED\]/u);
    assert.equal((await readRecord(record)).end?.how, 'component-failed');
    assert.deepEqual(await daemon.leftovers(), [], 'even with the disk still full');
    assert.deepEqual(await strangers.names(), STRANGERS);
    await daemon.docker.getContainer('strangers').remove();
    daemon.freeDisk();
    assert.equal((await meshbench('clean', '--images')).code, 0);
    daemon.fillDisk();
    const next = await meshbench('run', path.join(own.folder, 'long.yaml'), '--runtime', 'docker', '--quick');
    assert.equal(next.code, 3);
    assert.match(next.stderr, /no space left on device .*IMAGE_FAILED\]\n.*disk/u);
    assert.deepEqual(await daemon.docker.listImages({ all: true }), []);
  });
});

describe('a Docker that cannot be measured with is refused before anything starts', { skip: noDocker }, () => {
  test('one without root', async () => {
    await using daemon = await TestDocker.start({ rootless: true });
    const { SecurityOptions } = (await daemon.docker.info()) as { SecurityOptions: readonly string[] };
    assert.ok(SecurityOptions.includes('name=rootless'), 'it is one');
    const { code, stderr } = await meshbench('run', 'quickstart', '--runtime', 'docker', '--quick');
    assert.equal(code, 3);
    assert.match(stderr, /rootless.*DOCKER_ROOTLESS\]\n.*sandbox/u);
  });

  test('one that is reached over a network, even if it were here', async () => {
    process.env['DOCKER_HOST'] = 'tcp://127.0.0.1:2375';
    try {
      const { code, stderr } = await meshbench('run', 'quickstart', '--runtime', 'docker', '--quick');
      assert.equal(code, 3);
      assert.match(stderr, /DOCKER_HOST is tcp:.*DOCKER_REMOTE\]\n.*one clock/u);
    } finally {
      delete process.env['DOCKER_HOST'];
    }
  });
});
