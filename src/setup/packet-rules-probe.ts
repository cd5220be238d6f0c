import { BenchError } from '../units/index.ts';
import { type CommandResult, lastLines } from './command.ts';
import { runInNamespaces } from './sandbox-probe.ts';

type Command = readonly string[];

/** A packet rule that this kernel or its iptables refuses. */
export interface RefusedRule {
  readonly rule: string;
  /** What was said about it. */
  readonly problem: string;
  readonly remedy: string;
}

/** The lock of iptables lies on the machine's own /run; here it is nobody's business. */
const ALONE = 'mount -t tmpfs tmpfs /run && ip link set lo up || exit 2';
/** A rule that fails is told by its number, in words that no tool says. */
const FAILED = 'refused-rule';

/**
 * Tries packet rules in namespaces that are thrown away, in order, each once: many hosts' rules are tried as if they
 * were of one. Undefined where all are taken.
 */
export async function probePacketRules(rules: readonly Command[]): Promise<RefusedRule | undefined> {
  const distinct = [...new Map(rules.map((rule) => [rule.join(' '), rule])).values()];
  if (distinct.length === 0) return undefined;
  const result = await runInNamespaces('sh', '-c', script(distinct), 'rules', ...distinct.flat());
  return result.code === 0 ? undefined : refused(result, distinct);
}

/** Words of rules come as arguments, so that nothing in them is read by the shell. */
function script(rules: readonly Command[]): string {
  const steps = rules.map(({ length }, index) => {
    const words = Array.from({ length }, (_, word) => `"\${${word + 1}}"`).join(' ');
    return `${words} || { echo; echo ${FAILED} ${index}; exit 1; }; shift ${length}`;
  });
  return [ALONE, ...steps].join('\n');
}

function refused({ output }: CommandResult, rules: readonly Command[]): RefusedRule {
  const index = new RegExp(`^${FAILED} (\\d+)$`, 'mu').exec(output)?.[1];
  const rule = index === undefined ? undefined : rules[Number(index)];
  const said = output.split('\n').filter((line) => line.trim() !== '' && !line.startsWith(FAILED));
  return {
    rule: rule?.join(' ') ?? 'none',
    problem: lastLines(said.join('\n'), 3) || 'no reason was given',
    remedy: rule === undefined ? 'see what `meshbench doctor` says' : remedyOf(rule),
  };
}

function remedyOf(rule: Command): string {
  if (rule.includes('--uid-owner') && process.geteuid?.() !== 0) return 'be root, or write exempt: mark';
  const modules = modulesOf(rule);
  if (modules.length === 0) return 'the kernel lacks policy routing (CONFIG_IP_MULTIPLE_TABLES)';
  return `load what the kernel has as modules: sudo modprobe -a ${modules.join(' ')}; or use a kernel that has them`;
}

/** Targets and matches of a rule as the kernel names their modules; chains of our own are none. */
function modulesOf(rule: Command): readonly string[] {
  const extensions = rule.flatMap((word, index) => {
    const before = rule[index - 1];
    if (before === '-m') return [word];
    return before === '-j' && !word.startsWith('MESH_') && !VERDICTS.has(word) ? [word] : [];
  });
  return [...new Set(extensions.map((name) => `xt_${SHARED[name] ?? name}`))];
}

const VERDICTS: ReadonlySet<string> = new Set(['ACCEPT', 'DROP', 'RETURN']);
/** Targets that are in the module of the match of that name. */
const SHARED: Readonly<Record<string, string>> = { MARK: 'mark', CONNMARK: 'connmark' };

/** @throws BenchError preflight, naming the first rule that is refused and what it would need. */
export async function requirePacketRules(rules: readonly Command[]): Promise<void> {
  const found = await probePacketRules(rules);
  if (found === undefined) return;
  const message = `this machine refuses a packet rule that the scenario needs: \`${found.rule}\`: ${found.problem}`;
  throw new BenchError('preflight', 'PACKET_RULES_REFUSED', message, { hint: found.remedy });
}
