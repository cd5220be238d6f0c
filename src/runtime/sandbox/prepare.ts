import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { COVERED } from './messages.ts';

/** The bridge that joins the hosts of a sandbox. */
export const BRIDGE = 'mesh0';

/**
 * Makes the fresh namespaces of this process habitable: memory over /run, /tmp and /dev/shm, the readable paths bound
 * back in, the loopback up, a bridge for the hosts.
 */
export function prepareNamespaces(readable: readonly string[]): void {
  const kept = readable.map((target) => ({
    target,
    fd: openSync(target, 'r'),
    folder: statSync(target).isDirectory(),
  }));
  for (const folder of COVERED) run('mount', '-t', 'tmpfs', '-o', 'mode=1777', 'meshbench', folder);
  for (const { target, fd, folder } of kept) {
    if (folder) {
      mkdirSync(target, { recursive: true });
    } else {
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, '', { flag: 'wx' });
    }
    // The descriptor still leads to what the memory now covers; its path would lead to the memory.
    execFileSync('mount', ['--no-canonicalize', '--rbind', '/proc/self/fd/3', target], {
      stdio: ['ignore', 'ignore', 'pipe', fd],
    });
    closeSync(fd);
  }
  mkdirSync('/run/netns', { recursive: true });
  run('ip', 'link', 'set', 'lo', 'up');
  run('ip', 'link', 'add', BRIDGE, 'type', 'bridge', 'stp_state', '0', 'forward_delay', '0');
  run('ip', 'link', 'set', BRIDGE, 'up');
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
