import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readSource } from '../../src/mesh/index.ts';
import { createPlan } from '../../src/plan/index.ts';
import { buildMeshes } from '../../src/run/index.ts';
import { parseScenario } from '../../src/scenario/index.ts';
import { BenchError } from '../../src/units/index.ts';
import { dump } from '../mesh/replay/istio.ts';

const SOURCE = readSource('config-dump', dump());
const MACHINE = { cpus: [0, 1], mayRealtime: false };
const CHAIN = 'topology: { workloads: { client: { calls: [a] }, a: { port: 8080, calls: [b] }, b: { port: 8081 } } }\n';

function planOf(variants: string, more = '') {
  const text = `question: What?\nvariants: { direct: {}, ${variants} }\n${more}`;
  return createPlan(parseScenario(text, 'x.yaml'), { seed: 1 }, MACHINE);
}

function refusal(variants: string, more = '', listener?: string): BenchError {
  try {
    buildMeshes(planOf(variants, more), { source: SOURCE, listener, authority: undefined });
  } catch (error) {
    assert.ok(error instanceof BenchError);
    assert.deepEqual([error.kind, error.code], ['usage', 'REPLAY_REFUSED']);
    return error;
  }
  throw new assert.AssertionError({ message: 'it was accepted' });
}

describe('a replay', () => {
  test('takes the place of the sidecar beside the client in every variant that has it', () => {
    const plan = planOf('l: { mesh: { outbound: listener } }, r: { mesh: { outbound: redirect } }');
    const meshes = buildMeshes(plan, { source: SOURCE, listener: undefined, authority: undefined });
    const own = [...meshes].map(([name, mesh]) => [name, mesh.authority, mesh.notes.length > 0]);
    const host = 'server.default.svc.cluster.local';
    assert.deepEqual(own, [
      ['direct', 'server:8080', false],
      ['l', host, true],
      ['r', host, true],
    ]);
  });

  test('is refused where variants have other sidecars or their own telemetry, with the variants that are left', () => {
    const variants = [
      'l: { mesh: { outbound: listener } }',
      'both: { mesh: { outbound: listener, inbound: listener } }',
      'told: { mesh: { outbound: listener }, controlPlane: { kind: xds } }',
      'log: { mesh: { outbound: listener, telemetry: { accessLog: true } } }',
    ];
    const { message, hint } = refusal(variants.join(', '), '', 'nowhere');
    assert.match(message, /"both" has a sidecar beside server/u);
    assert.match(message, /"told" has its sidecar configured by a control plane/u);
    assert.match(message, /"log" sets mesh\.telemetry\.accessLog/u);
    assert.match(message, /"nowhere", which is no listener/u, 'and of the dump at the same time');
    assert.match(hint ?? '', /--variants direct,l;/u);
  });

  test('is refused where a service calls others by a sidecar of its own', () => {
    assert.match(refusal('l: { mesh: { outbound: listener } }', CHAIN).message, /a sidecar beside a/u);
  });

  test('is refused where there is nothing to replace', () => {
    assert.match(refusal('also: {}').message, /no variant has a sidecar beside the client/u);
  });
});

test('the plan of a replay is another one, by its file and by what is chosen of it', () => {
  const scenario = planOf('l: { mesh: { outbound: listener } }').scenario;
  const hash = (replay?: { kind: 'config-dump'; sha256: string; authority?: string }) =>
    createPlan(scenario, { seed: 1, ...(replay === undefined ? {} : { replay }) }, MACHINE).hash;
  const hashes = [
    hash(),
    hash({ kind: 'config-dump', sha256: 'a' }),
    hash({ kind: 'config-dump', sha256: 'b' }),
    hash({ kind: 'config-dump', sha256: 'b', authority: 'x' }),
  ];
  assert.equal(new Set(hashes).size, 4);
});
