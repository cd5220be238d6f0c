import type { Lack, Runtime } from '../runtime.ts';
import { lacksCpuLimit } from './cgroup.ts';
import { openWorld } from './world.ts';

/** Hosts as namespaces of this machine: no daemon, no image, no root. */
export const sandbox: Runtime = {
  name: 'sandbox',
  open: openWorld,
  lacks: { cpuQuota: () => lacksCpuLimit(), uid: async () => lacksUsers() },
  facts: async () => ({}),
};

function lacksUsers(): Lack | undefined {
  if (process.geteuid?.() === 0) return undefined;
  return { reason: 'a sandbox without root has one user only', remedy: 'run the same command as root' };
}
