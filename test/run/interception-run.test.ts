import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type RunRecord, readRecord } from '../../src/record/index.ts';
import { takeFingerprint } from '../../src/run/index.ts';
import { meshOf } from '../mesh/support.ts';
import { type Ended, Scratch } from '../support/cli.ts';
import { FULL } from '../support/counts.ts';
import { asNobody, envoyForAll, noNobody } from '../support/nobody.ts';
import { ROOT } from '../support/root.ts';

const SCENARIO = `question: Is what a sidecar holds kept where it belongs?
variants:
  both: { mesh: { preset: istio-tproxy, tls: mutual, telemetry: { accessLog: true, tracing: 100%, scrape: 200ms } } }
load: { rate: 300/s, connections: 8, warmup: 200ms, duration: 1s }
`;

/** With reduced counts: REDIRECT and TPROXY in each direction, with and without what these can do besides. */
const FEW_WAYS = 'istio,tproxy-original-source,out-tproxy-untracked';

/** Every file of a run, by its path below the folder. */
function filesOf(folder: string): ReadonlyMap<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries.map(({ parentPath, name }) => {
      const file = path.join(parentPath, name);
      return [path.relative(folder, file), readFileSync(file, 'latin1')];
    }),
  );
}

describe('a run with packet rules, mTLS and telemetry', () => {
  const scratch = new Scratch();
  let ended: Ended;
  let files: ReadonlyMap<string, string>;
  let record: RunRecord;
  before(async () => {
    const scenario = scratch.scenario('whole', SCENARIO);
    ended = await scratch.quick(scenario, '--json');
    const folder = scratch.run('whole');
    files = filesOf(folder);
    record = await readRecord(path.join(folder, 'record.jsonl'));
  });
  after(() => scratch[Symbol.dispose]());

  test('ends well', () => {
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal(record.trials.length, 1);
    assert.deepEqual(record.damage, []);
    assert.deepEqual(record.trials[0]?.load.outcomes, { ok: 300 });
  });

  test('keeps no key and no certificate, wherever one looks', () => {
    assert.ok(files.size >= 7, [...files.keys()].join(' '));
    for (const [name, text] of files) assert.doesNotMatch(text, /PRIVATE KEY|BEGIN CERTIFICATE/u, name);
  });

  test('keeps the exact rules and sysctls beside the report, and their counters in the record', () => {
    const rules = files.get('config/both/server.rules') ?? '';
    assert.match(rules, /^sysctl -w net\.ipv4\.conf\.all\.rp_filter='0'$/mu);
    assert.match(rules, /^iptables .* -j TPROXY --on-port 15006 --tproxy-mark 7$/mu);
    assert.match(rules, /^ip rule add fwmark 7 lookup 133$/mu);
    const { client = [], server = [] } = record.trials[0]?.packets ?? {};
    assert.ok(client.some(({ rule, packets }) => rule.endsWith('-j REDIRECT --to-ports 15001') && packets === 8));
    assert.ok(server.some(({ rule, packets }) => rule.includes('-j TPROXY') && packets > 0));
  });

  test('tells how many scrapes there were', () => {
    const { succeeded = 0, failed = 0, bytes = 0 } = record.trials[0]?.scrapes ?? {};
    assert.equal(succeeded + failed, 10, 'five of each sidecar in a second');
    assert.ok(bytes > 1000 * succeeded && succeeded > 0);
  });

  test('names the iptables that made its rules in the fingerprint', () => {
    const { fingerprint } = record.header;
    assert.match(String(fingerprint['iptables.version']), /^1\./u);
    assert.match(String(fingerprint['iptables.backend']), /^(?:nf_tables|legacy)$/u);
  });
});

test('a run without packet rules does not depend on iptables', async () => {
  const plan = {
    placement: { load: [0], harness: [0], helpers: [0], system: [0], shared: true },
    scheduling: { system: 'normal', load: 'normal', awake: false, degraded: [] },
    replay: undefined,
  } as const;
  const fields = async (outbound: 'listener' | 'redirect'): Promise<readonly string[]> =>
    Object.keys(await takeFingerprint(ROOT, 'sandbox', plan, {}, [meshOf({ outbound })])).filter((name) =>
      name.startsWith('iptables'),
    );
  assert.deepEqual(await fields('listener'), []);
  assert.deepEqual(await fields('redirect'), ['iptables.version', 'iptables.backend']);
});

test('the scenario interception goes every way without root, where others can read the checkout', {
  skip: noNobody,
}, async () => {
  using scratch = new Scratch();
  const envoy = await envoyForAll(scratch.folder);
  const short = ['--quick', '--trials', '1', '--duration', '500ms', '--warmup', '100ms', '--rate', '400/s'];
  const where = ['--out', scratch.folder, '--envoy-bin', envoy];
  const { code, stderr } = asNobody(
    scratch.folder,
    'run',
    path.join(ROOT, 'scenarios/interception.yaml'),
    ...short,
    ...where,
    ...(FULL ? [] : ['--variants', FEW_WAYS]),
    '--json',
  );
  assert.equal(code, 0, stderr);
  const { header, trials } = await readRecord(path.join(scratch.run('interception'), 'record.jsonl'));
  assert.equal(header.fingerprint['user.root'], false);
  assert.equal(trials.length, header.plan.variants.length);
  for (const { variant, load } of trials) assert.deepEqual(load.outcomes, { ok: 200 }, variant);
});
