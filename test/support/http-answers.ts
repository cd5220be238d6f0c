import type { Random } from '../../src/units/index.ts';

/** An answer as a server might send it, in the pieces in which it comes, and how its request must end. */
export interface DrawnAnswer {
  readonly name: string;
  readonly pieces: readonly string[];
  /** True where the server closes behind it. */
  readonly ends: boolean;
  readonly outcome: 'ok' | 'status' | 'protocol' | 'connection';
}

/** A well-formed answer by construction: what it means is known without a parser. */
interface Good {
  readonly text: string;
  readonly status: number;
  readonly ends: boolean;
  /** Where its head is whole; a close behind that ends a body without length. */
  readonly headEnd: number;
}

type Draw = (random: Random, head: boolean) => Omit<DrawnAnswer, 'pieces'> & { readonly text: string };

/** Draws an answer to a request, or to a HEAD: good, cut off, malformed, or followed by one that nobody asked for. */
export function drawAnswer(random: Random, head: boolean): DrawnAnswer {
  const { text, ...rest } = pick(random, KINDS)(random, head);
  // What is unasked for is told only where it comes together with what was asked.
  return { ...rest, pieces: rest.name === 'unasked' ? [text] : split(random, text) };
}

const KINDS: readonly Draw[] = [
  (random, head) => ({ name: 'good', ...ending(drawGood(random, head)) }),
  (random, head) => ({ name: 'good', ...ending(drawGood(random, head)) }),
  cutOff,
  malformed,
  (random, head) => {
    const good = ending(drawGood(random, head));
    return good.ends
      ? { name: 'good', ...good }
      : { name: 'unasked', ...good, text: good.text + drawGood(random, false).text };
  },
];

function ending({ text, status, ends }: Good) {
  return { text, ends, outcome: outcomeOf(status) };
}

function outcomeOf(status: number): 'ok' | 'status' {
  return status < 400 ? 'ok' : 'status';
}

function cutOff(random: Random, head: boolean): ReturnType<Draw> {
  const good = drawGood(random, head);
  const at = whole(random, good.text.length);
  const complete = good.ends && good.headEnd <= at && good.text.length > good.headEnd;
  const isCloseDelimited = complete && !/content-length|chunked/iu.test(good.text.slice(0, good.headEnd));
  const outcome = isCloseDelimited ? outcomeOf(good.status) : 'connection';
  return { name: 'cut off', text: good.text.slice(0, at), ends: true, outcome };
}

/** A body is not read after HEAD: what is wrong with one shows after other requests alone. */
function malformed(random: Random, bodyless: boolean): ReturnType<Draw> {
  const filler = headers(random, '\r\n');
  const junk = Array.from({ length: whole(random, 60) }, () => String.fromCharCode(whole(random, 256))).join('');
  const heads = [
    () => `${junk.replaceAll('\n', '').replace(/^HTTP/u, 'PTTH')}\r\n`,
    () => 'SSH-2.0-OpenSSH_9.2\r\n',
    () => `HTTP/${whole(random, 10)}.1x 200 OK\r\n`,
    () => `HTTP/1.1 ${pick(random, ['2x0', '20', '2000', '', '-20', '099'])} OK\r\n`,
    () => `HTTP/1.1 200 OK\r\n${filler}: nameless\r\n\r\n`,
    () => `HTTP/1.1 200 OK\r\n${filler}no colon\r\n\r\n`,
    () => `HTTP/1.1 200 OK\r\n${filler} folded: x\r\n\r\n`,
    () => `HTTP/1.1 200 OK\r\n${filler}blank : x\r\n\r\n`,
    () => `HTTP/1.1 200 OK\r\n${filler}x: a${pick(random, ['\0', '\r'])}b\r\n\r\n`,
    () =>
      `HTTP/1.1 200 OK\r\ncontent-length: ${pick(random, ['', '-1', '+1', '1e3', '0x1', '1, 1', '9'.repeat(16)])}\r\n\r\n`,
    () => `HTTP/1.1 200 OK\r\ncontent-length: 1\r\n${filler}content-length: 2\r\n\r\n`,
    () =>
      `HTTP/1.1 200 OK\r\ntransfer-encoding: ${pick(random, ['gzip', 'chunked, chunked', 'gzip, chunked', ''])}\r\n\r\n`,
    () => 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n',
  ];
  const bodies = [
    () => 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n',
    () => 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n',
    () => `${CHUNKED}${pick(random, ['', 'g', '-1', '0x5', '5 5', ';a=b', 'f'.repeat(13)])}\r\n`,
    () => `${CHUNKED}${chunk(random)}1\r\nab\r\n`,
    () => `${CHUNKED}5\n`,
    () => `${CHUNKED}${chunk(random)}0\r\nno trailer\r\n`,
  ];
  const text = pick(random, bodyless ? heads : [...heads, ...bodies])();
  return { name: 'malformed', text: text + junk, ends: false, outcome: 'protocol' };
}

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

function drawGood(random: Random, head: boolean): Good {
  const status = pick(random, [200, 200, 201, 206, 302, 404, 429, 500, 503, 599, 204, 304]);
  const newline = random() < 0.1 ? '\n' : '\r\n';
  const interim = random() < 0.2 ? pick(random, INTERIM).repeat(1 + whole(random, 3)) : '';
  const told = random() < 0.1 ? `Connection: ${pick(random, ['close', 'Close', 'x, close'])}${newline}` : '';
  const start = `${interim}HTTP/1.1 ${status}${pick(random, ['', ' ', ' OK', ' A longer reason'])}${newline}${told}`;
  const bodyless = head || status === 204 || status === 304;
  const { header, body } = framed(random, newline, bodyless);
  const around = [headers(random, newline), headers(random, newline)];
  const text = `${start}${around[0]}${header}${around[1]}${newline}`;
  const ends = told !== '' || (!bodyless && header === '');
  return { text: bodyless ? text : text + body, status, ends, headEnd: text.length };
}

const INTERIM = ['HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'];

/** A body and what announces it: a length, chunks, or nothing, which needs a close. */
function framed(random: Random, newline: string, bodyless: boolean): { header: string; body: string } {
  const way = whole(random, bodyless ? 3 : 6);
  if (way === 0) return { header: '', body: payload(random) };
  if (way < 4) {
    const body = random() < 0.2 ? '' : payload(random);
    return { header: `${pick(random, ['content-length', 'Content-Length'])}: ${body.length}${newline}`, body };
  }
  const chunks = Array.from({ length: whole(random, 5) }, () => chunk(random)).join('');
  const trailers = random() < 0.3 ? 'x-sum: 1\r\nx-end:\r\n' : '';
  return {
    header: `transfer-encoding: chunked${newline}`,
    body: `${chunks}${pick(random, ['0', '000', '0;a=b'])}\r\n${trailers}\r\n`,
  };
}

function chunk(random: Random): string {
  const body = payload(random);
  const size = pick(random, [
    body.length.toString(16),
    body.length.toString(16).toUpperCase(),
    `00${body.length.toString(16)}`,
  ]);
  return `${size}${pick(random, ['', ' ', ';a', '; a="b;c"'])}\r\n${body}\r\n`;
}

/** At least a byte; some look like what follows a message. */
function payload(random: Random): string {
  const text = pick(random, [
    'x',
    '\r\n\r\n',
    'HTTP/1.1 500 no\r\ncontent-length: 0\r\n\r\n',
    '0\r\n\r\n',
    '\0\n\r\u00ff',
  ]);
  return text.repeat(1 + whole(random, 40));
}

function headers(random: Random, newline: string): string {
  const lines = [
    'server: x',
    'X-Trace:',
    'date: Thu, 01 Jan 1970 00:00:00 GMT',
    'connection: keep-alive',
    'a: b: c',
    'set-cookie:\t "q"; x=\u00e9',
  ];
  return lines
    .filter(() => random() < 0.3)
    .map((line) => `${line}${newline}`)
    .join('');
}

/** Cuts a text at a few places, or at every byte. */
function split(random: Random, text: string): readonly string[] {
  if (random() < 0.1) return [...text];
  const marks = Array.from({ length: whole(random, 6) }, () => whole(random, text.length + 1));
  const edges = [0, ...marks.toSorted((a, b) => a - b), text.length];
  return edges
    .slice(1)
    .map((edge, index) => text.slice(edges[index], edge))
    .filter((piece) => piece !== '');
}

function whole(random: Random, below: number): number {
  return Math.floor(random() * below);
}

function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[whole(random, items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}
