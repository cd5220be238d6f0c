import type { SandboxFacts } from './sandbox-facts.ts';

const BE_ROOT = 'or run the same command as root';

const IN_DOCKER =
  'start the container with --privileged, or with --cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined';

/**
 * What to do where namespaces cannot be made: one remedy for each cause that the facts show, all at once.
 * `output` is what the attempt printed.
 */
export function sandboxRemedies(facts: SandboxFacts, output: string): readonly string[] {
  const causes = [...namespaceCauses(facts), ...kernelCauses(output)];
  if (causes.length > 0) return causes;
  return facts.isRoot ? ['see what `unshare --net --mount --pid --fork true` says'] : ['run the same command as root'];
}

function namespaceCauses(facts: SandboxFacts): readonly string[] {
  const remedies: string[] = [];
  if (!facts.isRoot) remedies.push(...unprivilegedCauses(facts));
  for (const kind of ['net', 'mnt', 'pid'] as const) {
    if (facts.sysctls[`user.max_${kind}_namespaces`] === '0') {
      remedies.push(`sudo sysctl -w user.max_${kind}_namespaces=15000 (such namespaces are switched off)`);
    }
  }
  if (facts.inContainer) remedies.push(IN_DOCKER);
  else if (facts.isRoot && !facts.isAdmin) {
    remedies.push('give root the capability CAP_SYS_ADMIN (it was taken away, as containers do)');
  }
  return remedies;
}

function unprivilegedCauses({ sysctls, inChroot }: SandboxFacts): readonly string[] {
  const remedies: string[] = [];
  if (sysctls['kernel.apparmor_restrict_unprivileged_userns'] === '1') {
    remedies.push(
      `sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (AppArmor forbids user namespaces), ${BE_ROOT}`,
    );
  }
  if (sysctls['kernel.unprivileged_userns_clone'] === '0') {
    remedies.push(`sudo sysctl -w kernel.unprivileged_userns_clone=1 (they are for root only), ${BE_ROOT}`);
  }
  if (sysctls['user.max_user_namespaces'] === '0') {
    remedies.push(`sudo sysctl -w user.max_user_namespaces=15000 (user namespaces are switched off), ${BE_ROOT}`);
  }
  if (inChroot) remedies.push(`leave the chroot: user namespaces cannot be made in one; ${BE_ROOT}`);
  return remedies;
}

function kernelCauses(output: string): readonly string[] {
  if (!/RTNETLINK|Unknown device type/u.test(output)) return [];
  return ['sudo modprobe veth (the kernel has no virtual Ethernet pairs loaded)'];
}
