import { parentPort, workerData } from 'node:worker_threads';
import { monotonicNow } from '../../src/metrics/index.ts';
import { generatedName, generateServices, hostOf } from '../../src/services/index.ts';
import { ControlPlane } from '../../src/xds/index.ts';

/** The control plane of `npm run bench:crowd`: says its port, pushes when it is told to, says how that went. */
const { endpoints, services, pushes } = workerData as { endpoints: number; services: number; pushes: number };
const PAUSE_MS = 200;

const plane = await ControlPlane.listen({
  objects: generateServices({ count: services, endpoints, ports: 'own', firstPort: 20_000, seed: 1 }),
  address: '127.0.0.1',
  port: 0,
  expected: [],
  clock: monotonicNow,
});
parentPort?.on('message', () => void pushAll());
parentPort?.postMessage(plane.port);

async function pushAll(): Promise<void> {
  const times: number[] = [];
  const bytes: number[] = [];
  for (let push = 0; push < pushes; push += 1) {
    const { name, namespace } = generatedName(push % services);
    const host = hostOf(name, namespace);
    const [first, ...others] = plane.endpointsOf(host);
    if (first === undefined) throw new RangeError('a service without endpoints');
    const pushed = await plane.setEndpoints(host, [{ ...first, address: `198.19.200.${push + 1}` }, ...others]);
    times.push(...pushed.propagationNs.map((time) => time ?? Number.POSITIVE_INFINITY));
    bytes.push(...pushed.bytes);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => (sorted[Math.ceil(share * sorted.length) - 1] ?? 0) / 1e6;
  parentPort?.postMessage({
    propagationMs: { p50: at(0.5), p99: at(0.99), max: at(1) },
    bytes: { least: Math.min(...bytes), most: Math.max(...bytes) },
    sockets: plane.traffic().length,
  });
}
