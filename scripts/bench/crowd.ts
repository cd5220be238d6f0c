import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Crowd } from '../../src/crowd/index.ts';

/**
 * `npm run bench:crowd [-- members services]`: how fast and in how many bytes one changed endpoint reaches a crowd of delta
 * clients, over endpoints per service; then what the server holds over services and sidecars, and what that says of each.
 * The server is a process of its own. Prints JSON, and on its standard error what it is at.
 */
const MEMBERS = Number(process.argv[2] ?? 500);
const SERVICES = Number(process.argv[3] ?? 10);
const PUSHES = 20;
const ENDPOINTS = [2, 10, 50];
/** Few and many of each, and one size between: what is left over by the fit tells whether a product grows. */
const SIZES: readonly (readonly [services: number, sidecars: number])[] = [
  [500, 50],
  [5000, 50],
  [500, 400],
  [2500, 200],
  [5000, 400],
];

const propagation: unknown[] = [];
for (const endpoints of ENDPOINTS) propagation.push(await propagate(endpoints));
const memory: Weight[] = [];
for (const [services, sidecars] of SIZES) memory.push(await weigh(services, sidecars));
process.stdout.write(`${JSON.stringify({ propagation, memory, fit: fit(memory) }, null, 1)}\n`);
process.exit(0);

interface Weight {
  readonly services: number;
  readonly sidecars: number;
  readonly heldBytes: number;
  readonly rssBytes: number;
}

async function propagate(endpoints: number): Promise<unknown> {
  say(`${PUSHES} changes of ${SERVICES} services with ${endpoints} endpoints each, to ${MEMBERS} clients`);
  const result = await withCrowd({ endpoints, services: SERVICES, sidecars: MEMBERS }, 'push');
  return { members: MEMBERS, services: SERVICES, endpoints, pushes: PUSHES, ...(result as object) };
}

async function weigh(services: number, sidecars: number): Promise<Weight> {
  say(`memory with ${services} services and ${sidecars} sidecars`);
  const result = await withCrowd({ endpoints: 2, services, sidecars }, 'weigh');
  return { services, sidecars, ...(result as Pick<Weight, 'heldBytes' | 'rssBytes'>) };
}

/**
 * From the four corners: bytes for each service, for each sidecar, and for each pair of both. A server that kept a list of
 * names for each sidecar would take 8 bytes a pair at least.
 */
function fit(all: readonly Weight[]): unknown {
  const held = (services: number, sidecars: number): number =>
    all.find((one) => one.services === services && one.sidecars === sidecars)?.heldBytes ?? Number.NaN;
  const [[fewServices, fewSidecars] = [0, 0]] = SIZES;
  const [mostServices, mostSidecars] = SIZES.at(-1) ?? [0, 0];
  const small = held(fewServices, fewSidecars);
  const alongServices = held(mostServices, fewSidecars) - small;
  const alongSidecars = held(fewServices, mostSidecars) - small;
  const both = held(mostServices, mostSidecars) - small;
  const moreServices = mostServices - fewServices;
  const moreSidecars = mostSidecars - fewSidecars;
  return {
    bytesPerService: alongServices / moreServices,
    bytesPerSidecar: alongSidecars / moreSidecars,
    bytesPerPair: (both - alongServices - alongSidecars) / (moreServices * moreSidecars),
  };
}

interface Size {
  readonly endpoints: number;
  readonly services: number;
  readonly sidecars: number;
}

async function withCrowd({ endpoints, services, sidecars }: Size, ask: 'push' | 'weigh'): Promise<unknown> {
  const words = [endpoints, services, PUSHES].map(String);
  const server = fork(new URL('./crowd-server.js', import.meta.url), words, { execArgv: ['--expose-gc'] });
  const port = await answer(server);
  using _crowd = await Crowd.join({
    server: `127.0.0.1:${port}`,
    members: sidecars,
    dialect: 'delta',
    namespace: 'default',
    app: 'crowd',
  });
  const done = answer(server);
  server.send(ask);
  const result = await done;
  const exited = once(server, 'exit');
  server.disconnect();
  await exited;
  return result;
}

async function answer(server: ChildProcess): Promise<unknown> {
  const [message] = await once(server, 'message');
  return message;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
