import { createRandom } from '../../units/index.ts';
import type { HttpRequest, WeightedMessage } from './http-request.ts';

/** A request as it is sent, written once and not once per connection. */
export interface Prepared {
  readonly text: string;
  /** True for HEAD, whose answer has no body. */
  readonly head: boolean;
}

/** One sequence for all connections of a load: shares hold over all of them. */
const sequences = new WeakMap<HttpRequest, () => Prepared>();

/** The next request of a load, whichever connection sends it. */
export function requestsFrom(spec: HttpRequest): () => Prepared {
  const known = sequences.get(spec);
  if (known !== undefined) return known;
  const prepared = spec.messages.map((message) => prepare(message, spec.authority));
  const sequence = inTurn(prepared, weightedOrder(spec));
  sequences.set(spec, sequence);
  return sequence;
}

/** The places of the messages over one cycle, each as often as its weight says, in an order that the seed draws. */
export function weightedOrder({ messages, seed }: Pick<HttpRequest, 'messages' | 'seed'>): readonly number[] {
  const order = messages.flatMap(({ weight }, index) => Array<number>(weight).fill(index));
  const random = createRandom(seed);
  // Fisher and Yates; an order by blocks would send all of one kind at a time.
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
}

function inTurn(prepared: readonly Prepared[], order: readonly number[]): () => Prepared {
  const cycle = order.flatMap((index) => prepared[index] ?? []);
  const [first] = cycle;
  if (first === undefined) throw new RangeError('a load needs a request to send');
  let next = 0;
  return () => {
    const one = cycle[next] ?? first;
    next = next + 1 === cycle.length ? 0 : next + 1;
    return one;
  };
}

function prepare(message: WeightedMessage, authority: string): Prepared {
  const { method, path } = message;
  const body = message.body === '' ? 'x'.repeat(message.payload) : latin1(message.body);
  const names = new Set(Object.keys(message.headers).map((name) => name.toLowerCase()));
  const hasBody = body !== '' || method === 'POST' || method === 'PUT';
  const headers = {
    ...(names.has('host') ? {} : { host: authority }),
    ...message.headers,
    ...(hasBody ? { 'content-length': body.length } : {}),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return { text: `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`, head: method === 'HEAD' };
}

/** Text as UTF-8, a character for every byte: requests are written as latin1. */
function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
