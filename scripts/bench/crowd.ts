import { Worker } from 'node:worker_threads';
import { Crowd } from '../../src/crowd/index.ts';

/**
 * `npm run bench:crowd`: how fast and in how many bytes one changed endpoint reaches a crowd of delta clients, over
 * endpoints per service. The server has a thread of its own. Prints JSON.
 */
const MEMBERS = Number(process.argv[2] ?? 500);
const SERVICES = Number(process.argv[3] ?? 10);
const PUSHES = 20;
const ENDPOINTS = [2, 10, 50];

const rows: unknown[] = [];
for (const endpoints of ENDPOINTS) rows.push(await measure(endpoints));
process.stdout.write(`${JSON.stringify(rows, null, 1)}\n`);
process.exit(0);

async function measure(endpoints: number): Promise<unknown> {
  const server = new Worker(new URL('./crowd-server.js', import.meta.url), {
    workerData: { endpoints, services: SERVICES, pushes: PUSHES },
  });
  const next = (): Promise<unknown> => new Promise((resolve) => server.once('message', resolve));
  const port = await next();
  using _crowd = await Crowd.join({
    server: `127.0.0.1:${port}`,
    members: MEMBERS,
    dialect: 'delta',
    namespace: 'default',
    app: 'crowd',
  });
  const done = next();
  server.postMessage('push');
  const result = await done;
  await server.terminate();
  return { members: MEMBERS, services: SERVICES, endpoints, pushes: PUSHES, ...(result as object) };
}
