import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { coresCheck } from '../../src/setup/machine.ts';
import { NAMESPACE_SYSCTLS, type NamespaceSysctl, type SandboxFacts } from '../../src/setup/sandbox-facts.ts';
import { sandboxRemedies } from '../../src/setup/sandbox-remedies.ts';
import { BECOME_ORDINARY, programWith, runChild } from './child.ts';

const UNRESTRICTED = Object.fromEntries(NAMESPACE_SYSCTLS.map((name) => [name, undefined])) as Record<
  NamespaceSysctl,
  string | undefined
>;

function factsOf(
  differing: Partial<SandboxFacts>,
  sysctls: Partial<Record<NamespaceSysctl, string>> = {},
): SandboxFacts {
  const base = { isRoot: false, isAdmin: false, inContainer: false, inChroot: false };
  return { ...base, ...differing, sysctls: { ...UNRESTRICTED, ...sysctls } };
}

const CAUSES: readonly [string, SandboxFacts, string, readonly RegExp[]][] = [
  [
    "Ubuntu's AppArmor",
    factsOf({}, { 'kernel.apparmor_restrict_unprivileged_userns': '1' }),
    'unshare: write failed /proc/self/uid_map: Operation not permitted',
    [/sysctl -w kernel\.apparmor_restrict_unprivileged_userns=0 .* as root/u],
  ],
  [
    'an old Debian',
    factsOf({}, { 'kernel.unprivileged_userns_clone': '0' }),
    'unshare: unshare failed: Operation not permitted',
    [/sysctl -w kernel\.unprivileged_userns_clone=1/u],
  ],
  [
    'user namespaces switched off',
    factsOf({}, { 'user.max_user_namespaces': '0' }),
    'unshare: unshare failed: No space left on device',
    [/sysctl -w user\.max_user_namespaces=15000/u],
  ],
  [
    'two causes at once',
    factsOf({ inChroot: true }, { 'user.max_user_namespaces': '0' }),
    'unshare: unshare failed: Operation not permitted',
    [/max_user_namespaces/u, /leave the chroot/u],
  ],
  [
    'a container, as root in it',
    factsOf({ isRoot: true, inContainer: true }, { 'user.max_user_namespaces': '63000' }),
    'unshare: unshare failed: Operation not permitted',
    [/--privileged/u],
  ],
  ['root without its powers', factsOf({ isRoot: true }), 'unshare failed', [/CAP_SYS_ADMIN/u]],
  [
    'what only concerns ordinary users, as root',
    factsOf({ isRoot: true, isAdmin: true }, { 'kernel.apparmor_restrict_unprivileged_userns': '1' }),
    'unshare failed',
    [/see what `unshare/u],
  ],
  [
    'a kernel without veth',
    factsOf({ isRoot: true, isAdmin: true }),
    'RTNETLINK answers: Operation not supported',
    [/modprobe veth/u],
  ],
  ['an unknown cause', factsOf({}), 'unshare failed', [/as root/u]],
];

describe('remedies where the sandbox is forbidden', () => {
  for (const [name, facts, output, expected] of CAUSES) {
    test(name, () => {
      const remedies = sandboxRemedies(facts, output);
      assert.equal(remedies.length, expected.length, remedies.join('\n'));
      for (const [i, pattern] of expected.entries()) assert.match(remedies[i] ?? '', pattern);
    });
  }
});

describe('the sandbox is really tried', () => {
  const probe = programWith('sandbox-probe.js', 'return it.probeSandbox()');
  const ordinary = programWith('sandbox-probe.js', `${BECOME_ORDINARY} return it.probeSandbox()`);

  test('as the user that asks', async () => {
    assert.deepEqual(JSON.parse((await runChild(probe)).stdout), { ok: true });
  });

  test('as an ordinary user', async () => {
    assert.deepEqual(JSON.parse((await runChild(ordinary)).stdout), { ok: true });
  });

  test('where network namespaces are switched off, and the cause is named', async () => {
    // A user namespace has limits of its own, which its root may lower.
    const lowered = ['unshare', '--user', '--map-root-user', 'sh', '-c'];
    const script = 'echo 0 > /proc/sys/user/max_net_namespaces && exec "$@"';
    const { stdout, stderr } = await runChild([...lowered, script, 'sh', ...probe]);
    assert.equal(stderr, '');
    const { ok, problem, remedies } = JSON.parse(stdout) as { ok: boolean; problem: string; remedies: string[] };
    assert.equal(ok, false);
    assert.match(problem, /unshare/u);
    assert.match(remedies.join('\n'), /user\.max_net_namespaces=15000/u);
  });
});

test('fewer than two processors are warned of', () => {
  assert.deepEqual(
    [1, 2, 64].map((cores) => coresCheck(cores).status),
    ['warn', 'ok', 'ok'],
  );
});
