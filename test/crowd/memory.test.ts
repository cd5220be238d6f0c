import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { test } from 'node:test';
import { Crowd } from '../../src/crowd/index.ts';
import { count } from '../support/counts.ts';
import { mortal } from '../support/mortal.ts';
import { ROOT } from '../support/root.ts';

/** The server of `npm run bench:crowd`. */
const SERVER = path.join(ROOT, 'dist/scripts/bench/crowd-server.js');
const SERVICES = [100, count(1000, 4000)] as const;
const SIDECARS = [5, count(45, 100)] as const;
/** What a set of names takes at least for each service of each sidecar; there would be two such sets. */
const POINTER_BYTES = 8;

test('the memory of the control plane grows with services and with sidecars, and not with their product', async () => {
  const [few, many] = SERVICES;
  const [some, more] = SIDECARS;
  const corner = await held(few, some);
  const services = (await held(many, some)) - corner;
  const sidecars = (await held(few, more)) - corner;
  const both = (await held(many, more)) - corner;
  const perPair = (both - services - sidecars) / ((many - few) * (more - some));
  assert.ok(services > 0, `${services} bytes for ${many - few} services`);
  assert.ok(perPair < POINTER_BYTES, `${perPair} bytes for each service of each sidecar`);
});

/** What the server holds with so many of each, in bytes. */
async function held(services: number, members: number): Promise<number> {
  const server = mortal(fork(SERVER, ['2', String(services), '0'], { execArgv: ['--expose-gc'] }));
  try {
    const port = await answer(server);
    using _crowd = await Crowd.join({
      server: `127.0.0.1:${port}`,
      members,
      dialect: 'delta',
      namespace: 'default',
      app: 'crowd',
    });
    server.send('weigh');
    const { heldBytes } = (await answer(server)) as { readonly heldBytes: number };
    return heldBytes;
  } finally {
    const exited = once(server, 'exit');
    server.disconnect();
    await exited;
  }
}

async function answer(server: ChildProcess): Promise<unknown> {
  const [message] = await once(server, 'message');
  return message;
}
