import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ENVOY_WHEELS } from '../../src/setup/envoy-wheels.ts';
import {
  DOCKERD,
  ETCD,
  OPENSSL,
  PIP,
  packagesOf,
  REGISTRY,
  RUN_COMMANDS,
  TEST_COMMANDS,
} from '../../src/setup/system-packages.ts';
import { ROOT } from '../support/root.ts';

interface Package {
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const { engines, dependencies, devDependencies } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
) as Package;
const document = readFileSync(join(ROOT, 'docs', 'dependencies.md'), 'utf8');

/** Those that are programs: they answer `--version`, and have nothing to import. */
const PROGRAMS: Readonly<Record<string, string>> = { '@biomejs/biome': 'biome', typescript: 'tsc' };
/** Those that are types only. */
const TYPES = ['@types/autocannon', '@types/node', '@types/dockerode', '@types/thrift'];

describe('every npm package', () => {
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    test(`${name} is pinned, works on this Node and has its reason in docs/dependencies.md`, async () => {
      assert.match(version, /^\d+\.\d+\.\d+$/u);
      assert.match(document, new RegExp(`^\\| \`${name}\` +\\|`, 'mu'));
      const program = PROGRAMS[name];
      if (program !== undefined) {
        const said = execFileSync(join(ROOT, 'node_modules', '.bin', program), ['--version'], { encoding: 'utf8' });
        assert.ok(said.includes(version), said);
      } else if (!TYPES.includes(name)) {
        const entry = import.meta.resolve(name, pathToFileURL(join(ROOT, 'package.json')));
        assert.notEqual(Object.keys(await import(entry)).length, 0);
      }
    });
  }

  test('and no other has a line there', () => {
    const named = [...document.matchAll(/^\| `([a-z@][^`]*)` +\| (?:run|develop) /gmu)].map(([, name]) => name);
    assert.deepEqual(named.sort(), Object.keys({ ...dependencies, ...devDependencies }).sort());
  });
});

test('the oldest Node is the same wherever it is named', () => {
  const preflight = readFileSync(join(ROOT, 'scripts', 'launch', 'preflight.cjs'), 'utf8');
  const [major, minor] = (/>=(\d+)\.(\d+)$/u.exec(engines['node'] ?? '') ?? []).slice(1);
  assert.ok(preflight.includes(`var OLDEST_NODE = [${major}, ${minor}];`));
});

test('every pinned Envoy and every system package is in docs/dependencies.md', () => {
  const cells = new Set([...document.matchAll(/^\| (\S+) +\|/gmu)].map(([, first]) => first));
  for (const { version } of ENVOY_WHEELS) assert.ok(cells.has(version), version);
  for (const name of packagesOf([...RUN_COMMANDS, OPENSSL, ETCD, PIP, ...TEST_COMMANDS, DOCKERD, REGISTRY]))
    assert.ok(cells.has(`\`${name}\``), name);
});
