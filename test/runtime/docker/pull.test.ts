import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { readRecord } from '../../../src/record/index.ts';
import { filesToPack } from '../../../src/runtime/docker/pack/files.ts';
import { librariesOf } from '../../../src/runtime/docker/pack/libraries.ts';
import { withTar } from '../../../src/runtime/docker/pack/tar.ts';
import { pullImage } from '../../../src/runtime/docker/pull/image.ts';
import { envoyImage, imageList } from '../../../src/runtime/docker/pull/list.ts';
import { parseReference } from '../../../src/runtime/docker/pull/reference.ts';
import { agentNode, cacheFolder, DEFAULT_ENVOY_VERSION, prepareRun } from '../../../src/setup/index.ts';
import type { Summary } from '../../../src/summary/index.ts';
import { BenchError } from '../../../src/units/index.ts';
import { meshbench, Scratch } from '../../support/cli.ts';
import { TestDocker } from '../../support/dockerd.ts';
import { noRegistry, TestRegistry, tarOfPrograms } from '../../support/registry.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('an image is named by its digest', () => {
  for (const [text, name] of [
    [`node@${DIGEST}`, 'node'],
    [`node:26.10.0-bookworm-slim@${DIGEST}`, 'node'],
    [`127.0.0.1:5000/envoyproxy/envoy:v1.39.3@${DIGEST}`, '127.0.0.1:5000/envoyproxy/envoy'],
    [`127.0.0.1:5000/envoyproxy/envoy@${DIGEST}`, '127.0.0.1:5000/envoyproxy/envoy'],
  ] as const) {
    test(text.replace(DIGEST, '…'), () => {
      assert.deepEqual(parseReference(text), { name, digest: DIGEST, exact: `${name}@${DIGEST}` });
    });
  }

  for (const text of [
    'node',
    'node:20',
    `node@${DIGEST.slice(0, -1)}`,
    `@${DIGEST}`,
    `a b@${DIGEST}`,
    `--x@${DIGEST}`,
  ]) {
    test(`and ${text.slice(0, 30)} is refused`, () => {
      assert.throws(() => parseReference(text), { code: 'IMAGE_REFERENCE', kind: 'usage' });
    });
  }
});

describe('the list of images', () => {
  test('has a digest for every image, and the newest Envoy where none is asked for', () => {
    const list = imageList({});
    for (const image of [list.node, ...Object.values(list.envoy)]) parseReference(image);
    for (const [version, image] of Object.entries(list.envoy)) assert.ok(image.includes(`:v${version}@`), image);
    const some = { node: '', envoy: { '1.9.0': 'a', '1.40.0': 'c', '1.39.3': 'b' } };
    assert.equal(envoyImage(some, undefined).version, '1.40.0');
    assert.equal(envoyImage(some, '1.9.0').image, 'a');
    assert.throws(() => envoyImage(some, '1.2.3'), /of 1\.9\.0, 1\.39\.3, 1\.40\.0/u);
  });

  test("may be the user's own, and what is none is refused with what is wrong in it", () => {
    using scratch = new Scratch();
    const file = path.join(scratch.folder, 'images.json');
    const read = (content: unknown) => {
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
      return imageList({ MESHBENCH_IMAGE_LIST: file });
    };
    const own = { node: `mirror/node@${DIGEST}`, envoy: { '1.39.3': `mirror/envoy@${DIGEST}` } };
    assert.deepEqual(read(own), own);
    for (const wrong of ['{', {}, { ...own, more: 1 }, { ...own, node: 'node:20' }, { ...own, envoy: { '1': 2 } }]) {
      assert.throws(
        () => read(wrong),
        (error: unknown) => error instanceof BenchError && error.code === 'IMAGE_LIST',
      );
    }
    assert.throws(() => imageList({ MESHBENCH_IMAGE_LIST: `${file}.none` }), { code: 'IMAGE_LIST' });
  });
});

const SCENARIO = `question: Does a public image carry requests?
variants: { outbound: { mesh: { outbound: listener } } }
load: { rate: 200/s, connections: 4, warmup: 100ms, duration: 500ms }
`;

describe('images of a registry', { skip: noRegistry }, () => {
  const scratch = new Scratch();
  const file = scratch.scenario('pulled', SCENARIO);
  const cache = path.join(scratch.folder, 'cache');
  let daemon: TestDocker;
  let registry: TestRegistry;
  let reference = '';

  const say = (): void => undefined;
  const run = (list: object, ...more: readonly string[]) => {
    const listFile = path.join(scratch.folder, 'images.json');
    writeFileSync(listFile, JSON.stringify(list));
    process.env['MESHBENCH_IMAGE_LIST'] = listFile;
    return scratch.quick(file, '--json', '--images', 'pull', ...more);
  };
  const tags = async (): Promise<readonly string[]> =>
    (await daemon.docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []).map((tag) => tag.split(':')[0] ?? '');

  before(async () => {
    if (noRegistry) return;
    daemon = await TestDocker.start();
    registry = await TestRegistry.start(daemon, scratch.folder);
    const { envoys } = await prepareRun({ envoyVersions: [DEFAULT_ENVOY_VERSION], sandbox: false, say });
    const programs = [envoys[DEFAULT_ENVOY_VERSION]?.path ?? '', agentNode().path];
    // What a public image is to us: programs in /usr/local/bin, their libraries, and the commands of a small Debian.
    const files = [...(await filesToPack([])), ...(await librariesOf(programs))];
    const rest = await withTar([...new Set(files)], '', buffer);
    reference = registry.publish('envoyproxy/envoy', [rest, tarOfPrograms(programs)]);
    // The agents' Node is not fetched again.
    mkdirSync(path.join(cache, 'meshbench'), { recursive: true });
    symlinkSync(path.join(cacheFolder(), 'node'), path.join(cache, 'meshbench', 'node'));
    process.env['XDG_CACHE_HOME'] = cache;
  });
  after(async () => {
    delete process.env['XDG_CACHE_HOME'];
    delete process.env['MESHBENCH_IMAGE_LIST'];
    if (noRegistry) return;
    await registry[Symbol.asyncDispose]();
    await daemon[Symbol.asyncDispose]();
    scratch[Symbol.dispose]();
  });

  test('run the components, and the record names them', async () => {
    const ended = await run({ node: reference, envoy: { '1.39.3': reference } }, '--runtime', 'docker');
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stderr, /pulling 127\.0\.0\.1:5000\/envoyproxy\/envoy:test@sha256:/u);
    const { fingerprint } = JSON.parse(ended.stdout) as Summary;
    const { trials } = await readRecord(path.join(scratch.run('pulled'), 'record.jsonl'));
    assert.deepEqual(
      trials.map(({ load }) => load.outcomes),
      [{ ok: 100 }],
    );
    assert.equal(fingerprint['docker.image.envoy.1.39.3'], reference);
    assert.equal(fingerprint['envoy.1.39.3.source'], 'image');
    assert.match(String(fingerprint['envoy.1.39.3.build']), new RegExp(`/${DEFAULT_ENVOY_VERSION}/`, 'u'));
    assert.deepEqual([fingerprint['docker.image.node'], fingerprint['docker.image.node.same']], [reference, true]);
    assert.deepEqual(await daemon.leftovers(), []);
    const [made] = await daemon.docker.listImages({ filters: { reference: ['meshbench-pull'] } });
    assert.equal((await tags()).filter((tag) => tag === 'meshbench-base').length, 1);
    assert.ok(made !== undefined);
  });

  test("are removed by meshbench clean --images, and not if they are also somebody else's", async () => {
    await daemon.docker.getImage(parseReference(reference).exact).tag({ repo: 'somebody', tag: 'else' });
    const { code, stdout, stderr } = await meshbench('clean', '--images');
    assert.equal(code, 0, stderr);
    assert.deepEqual(await tags(), ['somebody'], stdout + stderr);
    for (const { Id } of await daemon.docker.listImages({ all: true })) {
      await daemon.docker.getImage(Id).remove({ force: true });
    }
  });

  test('are refused where the registry has no such digest, or other content under it, or is not there', async () => {
    const refused = (image: string, why: RegExp) =>
      assert.rejects(pullImage(daemon.docker, image, say), (error: unknown) => {
        assert.ok(error instanceof BenchError, String(error));
        assert.deepEqual([error.code, error.kind], ['IMAGE_PULL', 'preflight']);
        assert.match(error.message, why);
        assert.match(error.hint ?? '', /--images pack/u);
        return true;
      });
    await refused(reference.replace(/@.*/u, `@${DIGEST}`), /manifest unknown|not found/u);
    // One that was never pulled: of others the daemon keeps what it once verified.
    const other = registry.publish('envoyproxy/other', [tarOfPrograms([agentNode().path])]);
    registry.tamper(other);
    await refused(other, /verif|digest|does not match|mismatch/u);
    await registry[Symbol.asyncDispose]();
    await refused(reference, /connection refused/u);
    assert.deepEqual(await daemon.docker.listImages({ all: true }), []);
    const { code, stderr } = await run({ node: reference, envoy: { '1.39.3': reference } }, '--runtime', 'docker');
    assert.equal(code, 3);
    assert.match(stderr, /could not pull .*IMAGE_PULL\]\n.*--images pack, the default, needs no registry/u);
  });

  test('and are for containers only', async () => {
    const { code, stderr } = await run({ node: reference, envoy: {} });
    assert.equal(code, 2);
    assert.match(stderr, /IMAGES_WITHOUT_DOCKER/u);
  });
});
