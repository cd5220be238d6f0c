import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../../src/setup/index.ts';
import { findPip } from '../../src/setup/pip.ts';
import type { ThriftFormat } from '../../src/wire/index.ts';
import { ROOT } from './root.ts';

const VERSION = '0.22.0';
const SHA256 = '42e8276afbd5f54fe1d364858b6877bc5e5a4a5ed69f6a005b94ca4918fe1466';

/** A Python, and the folder that its PYTHONPATH must name to find Apache's Thrift library; or why that cannot be had. */
export type PythonThrift = { readonly python: string; readonly folder: string } | { readonly obstacle: string };

/** Where it is. */
export type FoundPythonThrift = Exclude<PythonThrift, { readonly obstacle: string }>;

/** How the server of test/app/python is started for a format, on any port unless it is told where. */
export function pythonServer(
  { python, folder }: FoundPythonThrift,
  { transport, protocol }: ThriftFormat,
  ...where: readonly string[]
): { readonly argv: readonly [string, ...string[]]; readonly env: Readonly<Record<string, string>> } {
  const server = path.join(ROOT, 'test/app/python/echo_server.py');
  return {
    argv: [python, server, transport, protocol, ...where],
    env: { PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' },
  };
}

/** Fetched once by pip, by its hash, and kept beside the Envoys. Nothing of it is run but what a test imports. */
export async function pythonThrift(): Promise<PythonThrift> {
  const python = await findPip();
  if (python === undefined) return { obstacle: 'no Python has a pip that works' };
  const folder = path.join(cacheFolder(), `python-thrift-${VERSION}`);
  if (existsSync(folder) || fetch(python, folder)) return { python, folder };
  return { obstacle: 'pip cannot fetch the Thrift library for Python' };
}

function fetch(python: string, folder: string): boolean {
  mkdirSync(path.dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}-`);
  try {
    writeFileSync(path.join(work, 'requirements.txt'), `thrift==${VERSION} --hash=sha256:${SHA256}\n`);
    const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--no-binary', ':all:', '--require-hashes'];
    if (!runs(work, python, ...pip, '-r', 'requirements.txt')) return false;
    if (!runs(work, 'tar', '-xzf', `thrift-${VERSION}.tar.gz`)) return false;
    const whole = path.join(work, 'whole');
    mkdirSync(whole);
    renameSync(path.join(work, `thrift-${VERSION}`, 'src'), path.join(whole, 'thrift'));
    renameSync(whole, folder);
    return true;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function runs(cwd: string, command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { cwd, timeout: 60_000, stdio: 'ignore' }).status === 0;
}
