import assert from 'node:assert/strict';
import { test } from 'node:test';
import { objectsOf, type ServiceKind } from '../../src/istiod/shapes.ts';
import { serviceEntry } from '../../src/services/index.ts';

const entry = serviceEntry('shop', 'team-1', { port: 8080, addresses: ['198.19.0.1', '198.19.0.2'] });
const kinds = (kind: ServiceKind): string[] =>
  objectsOf(entry, kind).map(({ kind: of, metadata }) => `${of} ${metadata.name}`);

test('a service is told of as one object, as one and its workloads, or as a Service and its slice', () => {
  assert.deepEqual(kinds('service-entry'), ['ServiceEntry shop']);
  assert.deepEqual(kinds('workload-entries'), ['ServiceEntry shop', 'WorkloadEntry shop-0', 'WorkloadEntry shop-1']);
  assert.deepEqual(kinds('kubernetes'), ['Service shop', 'EndpointSlice shop']);
});

test('a ServiceEntry that selects workloads has no addresses of its own, and its workloads have its label', () => {
  const [service, workload] = objectsOf(entry, 'workload-entries');
  assert.deepEqual(service?.spec, {
    hosts: ['shop.team-1.svc.cluster.local'],
    ports: [{ number: 8080, name: 'http', protocol: 'HTTP' }],
    location: 'MESH_INTERNAL',
    resolution: 'STATIC',
    workloadSelector: { labels: { app: 'shop' } },
  });
  assert.deepEqual(workload?.spec, { address: '198.19.0.1', labels: { app: 'shop' } });
});
