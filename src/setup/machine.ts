import { readFile } from 'node:fs/promises';
import { arch, availableParallelism, platform, release } from 'node:os';
import { bytes, formatBytes } from '../units/index.ts';
import { type Check, fail, ok, warn } from './check.ts';

const FEWEST_CORES = 2;
const LEAST_MEMORY = 1e9;
const FEWEST_FILES = 4096;
/** Clocks that a processor reads by itself; the others cost a microsecond or more per reading. */
const FAST_CLOCKS = ['tsc', 'kvm-clock', 'hyperv_clocksource_tsc_page', 'xen'];

/** What the numbers depend on: processors, memory, clock, open files. */
export async function machineChecks(): Promise<readonly Check[]> {
  return [
    systemCheck(),
    coresCheck(availableParallelism()),
    await memoryCheck(),
    await clockCheck(),
    await filesCheck(),
  ];
}

function systemCheck(): Check {
  const detail = `${platform()} ${release()} ${arch()}, Node ${process.versions.node}`;
  const fits = platform() === 'linux' && arch() === 'x64';
  return fits ? ok('system', detail) : fail('system', detail, 'use Linux on x86_64 with glibc and Node 20.20 or later');
}

/** One processor for the load and one for what is measured is the least. */
export function coresCheck(cores: number): Check {
  const detail = `${cores} ${cores === 1 ? 'processor' : 'processors'} may be used`;
  if (cores >= FEWEST_CORES) return ok('processors', detail);
  return warn('processors', detail, 'use two or more: load and sidecars share this one, and figures show it');
}

async function memoryCheck(): Promise<Check> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const available = bytes(Number(/^MemAvailable:\s*(\d+) kB$/mu.exec(text)?.[1] ?? 0) * 1024);
  const detail = `${formatBytes(available)} available`;
  if (available >= LEAST_MEMORY) return ok('memory', detail);
  return warn('memory', detail, `free memory: runs want ${formatBytes(bytes(LEAST_MEMORY))}`);
}

async function clockCheck(): Promise<Check> {
  const file = '/sys/devices/system/clocksource/clocksource0/current_clocksource';
  const source = (await readFile(file, 'utf8').catch(() => 'unknown')).trim();
  if (FAST_CLOCKS.includes(source)) return ok('clock', source);
  return warn('clock', source, 'figures of a few microseconds suffer: boot the machine with the clock source tsc');
}

async function filesCheck(): Promise<Check> {
  const text = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const soft = /^Max open files\s+(\d+|unlimited)/mu.exec(text)?.[1] ?? '0';
  const detail = `${soft} open files allowed`;
  if (soft === 'unlimited' || Number(soft) >= FEWEST_FILES) return ok('open files', detail);
  return warn('open files', detail, `raise the limit for many connections: ulimit -n ${FEWEST_FILES}`);
}
