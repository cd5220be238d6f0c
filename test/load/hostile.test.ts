import assert from 'node:assert/strict';
import net, { type AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import type { LoadTotal } from '../../src/load/index.ts';
import { Histogram } from '../../src/metrics/index.ts';
import { DEFAULT_SETTINGS, messagesOf } from '../../src/scenario/index.ts';
import { createRandom, nanos } from '../../src/units/index.ts';
import { count } from '../support/counts.ts';
import { type DrawnAnswer, drawAnswer } from '../support/http-answers.ts';
import { HOST, offer } from '../support/offer.ts';
import { plan, simulate } from './simulation.ts';

/** Every second request is a HEAD, more or less. */
const request = {
  protocol: 'http',
  authority: 'test',
  seed: 5,
  messages: messagesOf({
    ...DEFAULT_SETTINGS.load,
    targets: [
      { weight: 7, method: 'GET' },
      { weight: 3, method: 'HEAD', path: '/head' },
    ],
  }),
} as const;

/** How requests must end, by what was drawn for them. */
class Ledger {
  readonly outcomes: Record<string, number> = {};
  replaced = 0;
  private readonly random = createRandom(20260);

  draw(asked: string | Buffer): DrawnAnswer {
    const answer = drawAnswer(this.random, asked.toString().startsWith('HEAD '));
    this.outcomes[answer.outcome] = (this.outcomes[answer.outcome] ?? 0) + 1;
    if (answer.ends || answer.name !== 'good') this.replaced += 1;
    return answer;
  }

  check(total: LoadTotal, requests: number): void {
    assert.equal(total.planned, requests);
    assert.deepEqual(sorted(total.outcomes), sorted(this.outcomes));
    const notUnderstood = total.failed.filter(({ outcome }) => outcome === 'protocol');
    assert.ok(notUnderstood.slice(0, 100).every(({ bytes = '' }) => bytes.length > 0 && bytes.length <= 344));
    assert.ok(
      notUnderstood.slice(100).every(({ bytes }) => bytes === undefined),
      'no more than is useful',
    );
    using reconnects = Histogram.decode(total.reconnects);
    // The last ones need no new connection any more.
    assert.ok(this.replaced - reconnects.count <= 8, `${reconnects.count} reconnects of ${this.replaced}`);
  }
}

function sorted(counts: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(counts).toSorted();
}

describe('answers that are malformed, cut off, oddly split or not asked for end as they must, each request once', () => {
  test('on a simulated connection, with requests that wait', async () => {
    const requests = count(1500, 10_000);
    const ledger = new Ledger();
    const { total } = await simulate(
      plan({ rate: 1000, connections: 2, duration: nanos(requests * 1e6), timeout: nanos(60e9), request }),
      (_k, _now, asked) => {
        const { pieces, ends } = ledger.draw(asked);
        return { kind: 'pieces', afterNs: 2.1e6, pieces, ends };
      },
      { turnNs: 100_000 },
    );
    ledger.check(total, requests);
  });

  test('on real connections', async () => {
    const requests = count(500, 5000);
    const ledger = new Ledger();
    const server = net.createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => socket.destroy());
      socket.on('data', (asked) => void send(socket, ledger.draw(asked)));
    });
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    const { port } = server.address() as AddressInfo;
    const total = await offer(port, request, requests, 1000);
    server.close();
    ledger.check(total, requests);
  });
});

/** A turn of the loop between pieces, so that many of them are segments of their own. */
async function send(socket: net.Socket, { pieces, ends }: DrawnAnswer): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return;
    socket.write(piece, 'latin1');
    await new Promise(setImmediate);
  }
  if (ends) socket.end();
}
