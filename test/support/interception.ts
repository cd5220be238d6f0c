import type { RunRecord, Trial } from '../../src/record/schema.ts';
import { type Summary, summarize } from '../../src/summary/index.ts';
import { type SyntheticVariant, syntheticRecord } from './record.ts';

type Way = 'none' | 'listener' | 'redirect' | 'tproxy';
type Rules = NonNullable<Trial['packets']>[string];

/** The rules by which a host's packets get into its sidecar, as `iptables-save` prints them. */
const RULES: Readonly<Record<'client' | 'server', Readonly<Record<Way, Rules>>>> = {
  client: {
    none: [],
    listener: [],
    redirect: [
      rule('nat', '-A OUTPUT -d 198.18.0.0/15 -p tcp -m mark ! --mark 0x539 -j REDIRECT --to-ports 15001', 32),
    ],
    tproxy: [
      rule(
        'mangle',
        '-A OUTPUT -d 198.18.0.0/15 -p tcp -m mark ! --mark 0x539 -j MARK --set-xmark 0x7/0xffffffff',
        9_214,
      ),
      rule('mangle', '-A PREROUTING -i lo -p tcp -m mark --mark 0x7 -j TPROXY --on-port 15001 --on-ip 0.0.0.0', 9_214),
    ],
  },
  server: {
    none: [],
    listener: [],
    redirect: [rule('nat', '-A PREROUTING ! -i lo -p tcp -m tcp --dport 8080 -j REDIRECT --to-ports 15006', 32)],
    tproxy: [
      rule(
        'mangle',
        '-A PREROUTING ! -i lo -p tcp -m socket --transparent -j MARK --set-xmark 0x539/0xffffffff',
        8_190,
      ),
      rule('mangle', '-A PREROUTING ! -i lo -p tcp -m tcp --dport 8080 -j TPROXY --on-port 15006 --on-ip 0.0.0.0', 32),
    ],
  },
};

/** Name, p50 in µs, and how packets get into the sidecars of client and server. */
const VARIANTS: readonly (readonly [name: string, us: number, outbound: Way, inbound: Way])[] = [
  ['direct', 63, 'none', 'none'],
  ['listener', 114, 'none', 'listener'],
  ['redirect', 122, 'none', 'redirect'],
  ['tproxy', 117, 'none', 'tproxy'],
  ['tproxy-untracked', 115, 'none', 'tproxy'],
  ['tproxy-original-source', 119, 'none', 'tproxy'],
  ['out-listener', 112, 'listener', 'none'],
  ['out-redirect', 121, 'redirect', 'none'],
  ['out-tproxy', 126, 'tproxy', 'none'],
  ['out-tproxy-untracked', 122, 'tproxy', 'none'],
  ['istio', 196, 'redirect', 'redirect'],
  ['istio-tproxy', 190, 'redirect', 'tproxy'],
];

/** A record like that of the scenario `interception`: twelve variants, ten blocks, every way into a sidecar. */
export function interceptionRecord(): Promise<RunRecord> {
  return syntheticRecord({
    scenario: 'interception',
    question: 'What does it cost to lead packets into a sidecar, by REDIRECT, by TPROXY, or not at all?',
    variants: VARIANTS.map(([name, us, outbound, inbound]) => variant(name, us, outbound, inbound)),
    blocks: 10,
    noise: 0.02,
  });
}

/** What that record says. */
export async function interceptionSummary(): Promise<Summary> {
  return summarize(await interceptionRecord());
}

function variant(name: string, us: number, outbound: Way, inbound: Way): SyntheticVariant {
  const packets = Object.fromEntries(
    Object.entries({ client: RULES.client[outbound], server: RULES.server[inbound] }).filter(
      ([, { length }]) => length,
    ),
  );
  const hops = ['client', ...hop('client', outbound), ...hop('server', inbound), 'server'];
  return {
    name,
    medianNs: us * 1000,
    sidecar: outbound !== 'none',
    inbound: inbound !== 'none',
    path: hops.join(' → '),
    settings: { mesh: { outbound, inbound, conntrack: !name.endsWith('untracked') } },
    ...(Object.keys(packets).length === 0 ? {} : { packets }),
  };
}

function hop(host: string, way: Way): readonly string[] {
  if (way === 'none') return [];
  return [`Envoy beside ${host} (${way === 'listener' ? way : way.toUpperCase()})`];
}

function rule(table: string, text: string, packets: number): Rules[number] {
  return { table, rule: text, packets, bytes: packets * 60 };
}
