import { createRandom } from '../../units/index.ts';
import type { WeightedMessage } from './http-request.ts';

/** What chooses among requests: their weights, and the seed of the order in which they are sent. */
export interface Choice {
  readonly messages: readonly WeightedMessage[];
  readonly seed: number;
}

/** One sequence for all connections of a load: shares hold over all of them. */
const sequences = new WeakMap<Choice, () => unknown>();

/**
 * The next request of a load, whichever connection sends it, as it is sent: prepared once and not once per connection.
 * A load is always asked with the same `prepare`.
 */
export function requestsFrom<T>(spec: Choice, prepare: (message: WeightedMessage) => T): () => T {
  const known = sequences.get(spec);
  if (known !== undefined) return known as () => T;
  const sequence = inTurn(spec.messages.map(prepare), weightedOrder(spec));
  sequences.set(spec, sequence);
  return sequence;
}

/** The places of the messages over one cycle, each as often as its weight says, in an order that the seed draws. */
export function weightedOrder({ messages, seed }: Choice): readonly number[] {
  const order = messages.flatMap(({ weight }, index) => Array<number>(weight).fill(index));
  const random = createRandom(seed);
  // Fisher and Yates; an order by blocks would send all of one kind at a time.
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
}

function inTurn<T>(prepared: readonly T[], order: readonly number[]): () => T {
  const cycle = order.flatMap((index) => prepared.slice(index, index + 1));
  const [first] = cycle;
  if (first === undefined) throw new RangeError('a load needs a request to send');
  let next = 0;
  return () => {
    const one = cycle[next] ?? first;
    next = next + 1 === cycle.length ? 0 : next + 1;
    return one;
  };
}

/** The body of a message as latin1 text, a character for every byte: requests are written so. */
export function bodyOf({ body, payload }: Pick<WeightedMessage, 'body' | 'payload'>): string {
  return body === '' ? 'x'.repeat(payload) : Buffer.from(body, 'utf8').toString('latin1');
}
