import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildMesh } from '../../src/mesh/index.ts';
import { createPlan } from '../../src/plan/index.ts';
import { readScenario } from '../../src/scenario/index.ts';

const MACHINE = { cpus: [0, 1], root: false, realtime: false, memory: 8e9 };

/** A document of an object, with the given lines of its spec. */
function object(kind: string, name: string, spec: string, more = ''): string {
  const lines = spec.split('\n').map((line) => `  ${line}`);
  return `apiVersion: networking.istio.io/v1\nkind: ${kind}\nmetadata: { name: ${name}${more} }\nspec:\n${lines.join('\n')}\n`;
}

const REVIEWS = object(
  'ServiceEntry',
  'reviews',
  `hosts: [reviews]
ports: [{ number: 9080, name: http, protocol: HTTP }]
resolution: STATIC
endpoints:
  - { address: 198.19.0.1, labels: { version: v1 } }
  - { address: 198.19.0.2, labels: { version: v2 }, weight: 3 }`,
  ', namespace: shop',
);
const SPLIT = object(
  'VirtualService',
  'reviews',
  `hosts: [reviews.shop.svc.cluster.local]
http:
  - match: [{ uri: { exact: /new } }]
    timeout: 500ms
    route: [{ destination: { host: reviews, subset: v2 } }]
  - route:
      - { destination: { host: reviews, subset: v1 }, weight: 90 }
      - { destination: { host: reviews, subset: v2 }, weight: 10 }`,
  ', namespace: shop',
);

describe("Istio's objects from files", () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'meshbench-objects-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function scenario(files: Readonly<Record<string, string>>, objects = 'objects'): Promise<string> {
    await rm(join(folder, 'objects'), { recursive: true, force: true });
    for (const [name, text] of Object.entries(files)) {
      const file = join(folder, 'objects', name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    const path = join(folder, 'shop.yaml');
    const settings = `mesh: { outbound: listener }\ncontrolPlane: { kind: xds }\nservices: { objects: ${objects} }\n`;
    await writeFile(path, `question: What?\nvariants: { a: {} }\n${settings}`);
    return path;
  }

  test('are read from all files of a folder and what is below it, several to a file, with whole names', async () => {
    const path = await scenario({
      'shop/reviews.yaml': `# all of one team\n---\n${REVIEWS}---\n${SPLIT}---\n`,
      'b.yml': object('WorkloadEntry', 'w', 'address: 198.19.0.9'),
      'notes.txt': 'not read',
    });
    const { base, workloads } = await readScenario(path);
    const { list } = base.services.objects;
    assert.deepEqual(
      list.map(({ kind, metadata }) => [kind, metadata.namespace, metadata.name]),
      [
        ['WorkloadEntry', 'default', 'w'],
        ['ServiceEntry', 'shop', 'reviews'],
        ['VirtualService', 'shop', 'reviews'],
      ],
    );
    const virtual = list.find((one) => one.kind === 'VirtualService');
    assert.equal(virtual?.spec.http[0]?.timeout, '0.5s');
    assert.equal(virtual?.spec.http[1]?.route[1]?.destination.host, 'reviews.shop.svc.cluster.local');
    const told = buildMesh({ workloads }, base).hosts.flatMap(({ controlPlane }) => controlPlane?.objects ?? []);
    assert.deepEqual(told.slice(-3), list);
  });

  test('may be one file, and are part of what a plan is', async () => {
    const hashes = [];
    for (const text of [REVIEWS, REVIEWS.replace('198.19.0.2', '198.19.0.3')]) {
      const read = await readScenario(await scenario({ 'one.yaml': text }, 'objects/one.yaml'));
      hashes.push(createPlan(read, { seed: 1 }, MACHINE as never).hash);
    }
    assert.equal(new Set(hashes).size, 2);
  });

  test('are refused with all that is not supported, by name and place, in every file', async () => {
    const path = await scenario({
      'a.yaml': `${object('Gateway', 'g', 'servers: []')}---\n${SPLIT.replace('timeout: 500ms', 'mirror: { host: b }')}`,
      'b.yaml': REVIEWS.replace('STATIC', 'DNS').replace('protocol: HTTP', 'protocol: TCP'),
      'c.yaml': object(
        'DestinationRule',
        'd',
        'host: reviews\ntrafficPolicy: { tls: { mode: SIMPLE } }\nexportTo: ["."]',
      ),
      'd.yaml': object('Sidecar', 's', 'egress: [{ hosts: [reviews] }]').replace('/v1', '/v2'),
    });
    await assert.rejects(readScenario(path), (error: Error) => {
      for (const said of [
        /objects\/a\.yaml:2:7 kind: Gateway is not supported; known are ServiceEntry, Sidecar, VirtualService, DestinationRule, WorkloadEntry/u,
        /objects\/a\.yaml:14:\d+ spec\.http\[0\]\.mirror: is not supported here; known here: name, match, route, timeout/u,
        /objects\/b\.yaml:7:\d+ spec\.resolution: must be STATIC, not "DNS"/u,
        /objects\/b\.yaml:6:\d+ spec\.ports\[0\]\.protocol: must be HTTP, not "TCP"/u,
        /objects\/c\.yaml:6:\d+ spec\.trafficPolicy\.tls: is not supported here/u,
        /objects\/c\.yaml:7:\d+ spec\.exportTo: is not supported here/u,
        /objects\/d\.yaml:1:\d+ apiVersion: must be networking\.istio\.io\/v1/u,
        /objects\/d\.yaml:5:\d+ spec\.egress\[0\]\.hosts\[0\]: must be namespace\/host/u,
      ])
        assert.match(error.message, said);
      return true;
    });
  });

  test('are refused where two of a name, or of a host, are given, or a host of the topology', async () => {
    const path = await scenario({
      'a.yaml': REVIEWS,
      'b.yaml': `${REVIEWS}---\n${object('ServiceEntry', 'mine', 'hosts: [server]\nports: [{ number: 1, name: http, protocol: HTTP }]\nresolution: STATIC')}`,
    });
    await assert.rejects(
      readScenario(path),
      /second ServiceEntry shop\/reviews; the first is in objects\/a\.yaml:1[\s\S]*second ServiceEntry of reviews\.shop[\s\S]*of server\.default\.svc\.cluster\.local; the first is in the topology/u,
    );
  });

  test('are refused where they lie or lead elsewhere, or are none', async () => {
    await assert.rejects(readScenario(await scenario({}, '../objects')), /must be a file or a folder below/u);
    await assert.rejects(readScenario(await scenario({ 'a.yaml': '# none\n' })), /objects holds no object/u);
    await assert.rejects(readScenario(await scenario({ 'a.yaml': REVIEWS }, 'other')), /does not exist/u);
    const path = await scenario({ 'a.yaml': REVIEWS });
    await symlink('/etc/hostname', join(folder, 'objects', 'link.yaml'));
    await assert.rejects(readScenario(path), /leads out of its folder/u);
  });

  test('need a control plane that tells of them', async () => {
    const path = await scenario({ 'a.yaml': REVIEWS });
    await writeFile(path, 'question: What?\nvariants: { a: {} }\nservices: { objects: objects }\n');
    await assert.rejects(readScenario(path), /services\.objects: needs controlPlane\.kind: xds/u);
  });
});
