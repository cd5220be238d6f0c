import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { DEFAULT_SETTINGS } from '../../src/scenario/index.ts';
import { parseIptables, readIptables } from '../../src/setup/iptables.ts';
import { probePacketRules, type RefusedRule, requirePacketRules } from '../../src/setup/packet-rules-probe.ts';
import { allSettings, meshOf } from '../mesh/support.ts';
import { traces } from '../support/processes.ts';
import { BECOME_ORDINARY, programWith, runChild, WITHOUT_NAMESPACES } from './child.ts';
import { temporaryFolder } from './folder.ts';

const words = (rule: string): readonly string[] => rule.split(' ');
const GOOD = words('iptables -w 5 -t nat -A OUTPUT -p tcp -j REDIRECT --to-ports 15001');
const BAD = words('iptables -w 5 -t mangle -A PREROUTING -p tcp -m mark --mark 7 -j NO_SUCH --on-port 15001');

/** All rules of all settings: more than any scenario has. */
function everyRule(): readonly (readonly string[])[] {
  return allSettings(DEFAULT_SETTINGS.mesh.telemetry).flatMap((mesh) =>
    meshOf(mesh).hosts.flatMap(({ rules }) => rules),
  );
}

/** Mounts, interfaces and rules of the machine; files of other tests come and go. */
function leftovers(): readonly string[] {
  return traces().filter((line) => !line.startsWith('/'));
}

/** What an ordinary user is told about rules. */
async function asAnybody(rules: readonly (readonly string[])[]): Promise<RefusedRule | null> {
  const probe = `${BECOME_ORDINARY} return it.probePacketRules(${JSON.stringify(rules)})`;
  return JSON.parse((await runChild(programWith('packet-rules-probe.js', probe))).stdout) as RefusedRule | null;
}

describe('packet rules are tried before anything is measured', () => {
  test('all that a mesh may have are taken, as root and as anybody, and leave nothing behind', async () => {
    const before = leftovers();
    assert.equal(await probePacketRules(everyRule()), undefined);
    const mine = everyRule().filter((rule) => !rule.includes('--uid-owner'));
    assert.equal(await asAnybody(mine), null);
    assert.deepEqual(leftovers(), before);
  });

  test('by whose user Envoy is told is for root alone', async () => {
    const refused = await asAnybody(everyRule());
    assert.match(refused?.rule ?? '', /--uid-owner 1337/u);
    assert.equal(refused?.remedy, 'be root, or write exempt: mark');
  });

  test('none are no question', async () => {
    assert.equal(await probePacketRules([]), undefined);
  });

  test('the one that is refused is named, with what was said and what it needs', async () => {
    await assert.rejects(requirePacketRules([GOOD, BAD, GOOD]), {
      kind: 'preflight',
      code: 'PACKET_RULES_REFUSED',
      message: /needs: `iptables .* -j NO_SUCH --on-port 15001`: .*NO_SUCH|unknown option/u,
      hint: /modprobe -a xt_mark xt_NO_SUCH/u,
    });
  });

  test('nothing in a rule is read by a shell', async () => {
    const refused = await probePacketRules([['iptables', '-t', 'nat', '-A', '$(touch /tmp/x)', '-j', '"; exit 0; "']]);
    assert.match(refused?.problem ?? '', /\$\(touch \/tmp\/x\)|exit 0/u);
  });

  test('what cannot even be tried is said too', async () => {
    const probe = programWith('packet-rules-probe.js', `return it.probePacketRules(${JSON.stringify([GOOD])})`);
    const { rule, problem } = JSON.parse((await runChild([...WITHOUT_NAMESPACES, ...probe])).stdout) as Record<
      string,
      string
    >;
    assert.equal(rule, 'none');
    assert.match(problem ?? '', /unshare/u);
  });

  /** A kernel without a module cannot be had here: this iptables says what the real one says on such a kernel. */
  test('the doctor names what a kernel without TPROXY lacks', async () => {
    await using folder = await temporaryFolder();
    const real = (await runChild(['sh', '-c', 'command -v iptables'])).stdout.trim();
    const fake = `${folder.path}/iptables`;
    const say = 'Warning: Extension TPROXY revision 0 not supported, missing kernel module?';
    writeFileSync(fake, `#!/bin/sh\ncase "$*" in *TPROXY*) echo "${say}" >&2; exit 4;; esac\nexec ${real} "$@"\n`);
    chmodSync(fake, 0o755);
    const env = { ...process.env, PATH: `${folder.path}:${process.env['PATH']}` };
    const { stdout } = await runChild(programWith('doctor.js', 'return it.doctor()'), { env });
    const checks = JSON.parse(stdout) as readonly { name: string; status: string; detail: string; remedy?: string }[];
    const check = checks.find(({ name }) => name === 'packet rules');
    assert.equal(check?.status, 'warn');
    assert.match(check?.detail ?? '', /^refused: TPROXY: Warning: Extension TPROXY .* missing kernel module/u);
    assert.match(check?.remedy ?? '', /modprobe -a xt_TPROXY/u);
  });
});

describe('iptables', () => {
  const rows: readonly [string, ReturnType<typeof parseIptables>][] = [
    ['iptables v1.8.9 (nf_tables)\n', { version: '1.8.9', backend: 'nf_tables' }],
    ['iptables v1.8.9 (legacy)\n', { version: '1.8.9', backend: 'legacy' }],
    ['iptables v1.6.1\n', { version: '1.6.1', backend: 'legacy' }],
    ['', { version: null, backend: null }],
    ['sh: iptables: not found', { version: null, backend: null }],
  ];
  for (const [text, expected] of rows) {
    test(`says ${JSON.stringify(text)}`, () => assert.deepEqual(parseIptables(text), expected));
  }

  test('of this machine says which it is', async () => {
    const { version, backend } = await readIptables();
    assert.match(version ?? '', /^\d+\.\d+/u);
    assert.ok(backend !== null);
  });
});
