import { access, readFile } from 'node:fs/promises';

/** What decides whether this user may make namespaces, as far as the kernel shows it. */
export interface SandboxFacts {
  readonly isRoot: boolean;
  /** Whether it has CAP_SYS_ADMIN: root in a container usually does not. */
  readonly isAdmin: boolean;
  readonly inContainer: boolean;
  readonly inChroot: boolean;
  /** Values of the sysctls that restrict namespaces, by name; undefined where this kernel has no such sysctl. */
  readonly sysctls: Readonly<Record<NamespaceSysctl, string | undefined>>;
}

export const NAMESPACE_SYSCTLS = [
  'kernel.apparmor_restrict_unprivileged_userns',
  'kernel.unprivileged_userns_clone',
  'user.max_user_namespaces',
  'user.max_net_namespaces',
  'user.max_mnt_namespaces',
  'user.max_pid_namespaces',
] as const;

export type NamespaceSysctl = (typeof NAMESPACE_SYSCTLS)[number];

const CAP_SYS_ADMIN = 21n;

export async function readSandboxFacts(): Promise<SandboxFacts> {
  const entries = await Promise.all(NAMESPACE_SYSCTLS.map(async (name) => [name, await readSysctl(name)] as const));
  return {
    isRoot: process.geteuid?.() === 0,
    isAdmin: await hasSysAdmin(),
    inContainer: await isInContainer(),
    inChroot: await isInChroot(),
    sysctls: Object.fromEntries(entries) as Record<NamespaceSysctl, string | undefined>,
  };
}

async function readSysctl(name: NamespaceSysctl): Promise<string | undefined> {
  const text = await readFile(`/proc/sys/${name.replace('.', '/')}`, 'utf8').catch(() => undefined);
  return text?.trim();
}

async function hasSysAdmin(): Promise<boolean> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const effective = /^CapEff:\s*([0-9a-f]+)$/mu.exec(status)?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> CAP_SYS_ADMIN) & 1n) === 1n;
}

async function isInContainer(): Promise<boolean> {
  const marks = ['/.dockerenv', '/run/.containerenv'].map((file) =>
    access(file).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(marks)).includes(true);
}

/** In a chroot the list of mounts has no entry for the root folder. */
async function isInChroot(): Promise<boolean> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  return mounts !== '' && !mounts.split('\n').some((line) => line.split(' ')[4] === '/');
}
