import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Mesh } from '../../src/mesh/index.ts';
import { BenchError } from '../../src/units/index.ts';
import { CONNECTIONS, MeshPlace } from '../support/standing-mesh.ts';

let place: MeshPlace;
before(async () => {
  place = await MeshPlace.open();
});
after(() => place[Symbol.asyncDispose]());

/** Twice as many requests in the warm-up as in the measurement. */
const WARM = `load: { rate: 400/s, connections: ${CONNECTIONS}, warmup: 800ms, duration: 400ms }\n`;

/**
 * The mesh with a client whose every second connection is let past its sidecar: counted by the kernel, because the
 * ports that it takes are random since Linux 6.x (`get_random_u32_below` in `__inet_hash_connect`).
 */
function pastTheSidecar(mesh: Mesh): Mesh {
  const past = 'iptables -t nat -I OUTPUT -p tcp -m statistic --mode nth --every 2 --packet 0 -j ACCEPT'.split(' ');
  return {
    ...mesh,
    hosts: mesh.hosts.map((host) => (host.load ? { ...host, rules: [...host.rules, past] } : host)),
  };
}

/** What the refusal of a trial says that the client's sidecar counted, and that was answered. */
async function bypassed(trial: Promise<unknown>): Promise<{ readonly counted: number; readonly answered: number }> {
  const refusal: unknown = await trial.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(refusal instanceof BenchError && refusal.code === 'PATH_NOT_TAKEN', String(refusal));
  const [, counted, answered] = /client\.envoy counted (\d+) in \S+, of (\d+) answered$/u.exec(refusal.message) ?? [];
  return { counted: Number(counted), answered: Number(answered) };
}

describe('a trial is refused for', () => {
  test('what goes past the sidecar for a part, although the warm-up makes up for it', async () => {
    const half = await bypassed(place.trial('{ outbound: redirect }', pastTheSidecar, WARM));
    assert.ok(half.counted > 0 && half.counted < half.answered, JSON.stringify(half));
    const [measured, all] = [160, 480];
    assert.equal(half.answered, all);
    assert.ok(half.counted >= measured, `${half.counted} are as many as were measured`);
  });

  test('what is never answered and never seen by the sidecar', async () => {
    const silent = `${WARM}app: { reset: { every: 1 } }\n`;
    const bare = (mesh: Mesh): Mesh => ({ ...mesh, hosts: mesh.hosts.map((host) => ({ ...host, rules: [] })) });
    await assert.rejects(place.trial('{ outbound: redirect }', bare, silent), {
      code: 'PATH_NOT_TAKEN',
      message: /client\.envoy counted 0 in .*, of \d+ sent and none answered; no packet of client matched/u,
    });
    const { load } = await place.trial('{ outbound: redirect }', undefined, silent);
    assert.equal(load.outcomes.ok, undefined, 'no answer either, but by way of the sidecar');
  });
});
