import { monotonicNow } from '../../src/metrics/index.ts';
import { changeOf, generateServices } from '../../src/services/index.ts';
import { ControlPlane } from '../../src/xds/index.ts';

/**
 * The control plane of `npm run bench:crowd`, a process of its own. It is sent `push` and `weigh`, and answers each with
 * what it found; first it says its port.
 */
const [endpoints = 2, services = 10, pushes = 20] = process.argv.slice(2).map(Number);
const PAUSE_MS = 200;
const LOOKS = 6;
/** What runs for the first time is compiled meanwhile: the first pushes are practice, and not counted. */
const PRACTICE = 10;
/** No change of these is about a service that is called. */
const CALLED = { name: 'nobody', namespace: 'default' };

const plane = await ControlPlane.listen({
  objects: generateServices({ count: services, endpoints, ports: 'own', firstPort: 20_000, rules: 0, seed: 1 }),
  address: '127.0.0.1',
  port: 0,
  expected: [],
  clock: monotonicNow,
});
process.on('message', (asked) => void (asked === 'push' ? pushAll() : weigh()));
process.on('disconnect', () => process.exit(0));
process.send?.(plane.port);

async function pushAll(): Promise<void> {
  const times: number[] = [];
  const bytes: number[] = [];
  for (let push = 0; push < PRACTICE + pushes; push += 1) {
    const pushed = await plane.push(
      changeOf('endpoint', { generated: plane.serviceEntries(), entries: [], called: CALLED, times: push }),
    );
    if (push >= PRACTICE) {
      times.push(...pushed.propagationNs.map((time) => time ?? Number.POSITIVE_INFINITY));
      bytes.push(...pushed.bytes);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => (sorted[Math.ceil(share * sorted.length) - 1] ?? 0) / 1e6;
  process.send?.({
    propagationMs: { p50: at(0.5), p99: at(0.99), max: at(1) },
    bytes: { least: Math.min(...bytes), most: Math.max(...bytes) },
    sockets: plane.traffic().length,
  });
}

/** What it holds once garbage is gone, the heap and what lies outside of it: the least of several looks. */
async function weigh(): Promise<void> {
  const looks: NodeJS.MemoryUsage[] = [];
  for (let look = 0; look < LOOKS; look += 1) {
    // Messages that are under way are held until they are written.
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    globalThis.gc?.();
    looks.push(process.memoryUsage());
  }
  const heldBytes = Math.min(...looks.map(({ heapUsed, external }) => heapUsed + external));
  process.send?.({ heldBytes, rssBytes: looks.at(-1)?.rss ?? 0 });
}
