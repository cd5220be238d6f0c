import { createReadStream } from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { initHistograms } from '../metrics/index.ts';
import { indexPage, LIVE_SCRIPT, LIVE_SCRIPT_PATH, livePage, messagePage } from '../report/index.ts';
import { BenchError } from '../units/index.ts';
import { Catalog } from './catalog.ts';
import { liveRun, streamRun } from './live.ts';
import { runFolder, shownFile } from './paths.ts';
import { comparePage, overlay } from './views.ts';

/** Who may ask: nobody but this machine reaches it. */
const LOOPBACK = '127.0.0.1';
const LONGEST_URL = 8192;
/** Live pages at once: each looks at a record every second. */
const MOST_STREAMS = 8;

/** Nothing may be framed, guessed or kept; a page says itself what it may load, and this is the most of it. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

/** Of files, which may be anybody's: nothing runs and nothing is sent. */
const FILE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** A server of reports that is up. */
export interface Serving extends AsyncDisposable {
  /** Where it answers, with its port. */
  readonly url: string;
}

/**
 * Serves the reports below a folder to this machine alone, until it is disposed of. Reads only, and GET only.
 * @param port 0 takes any that is free.
 * @throws BenchError preflight where the port is taken.
 */
export async function serveReports(root: string, port: number): Promise<Serving> {
  await initHistograms();
  const site = new ReportServer(root);
  const server = http.createServer({ maxHeaderSize: 16_384, requestTimeout: 10_000 }, (request, response) => {
    void site.answer(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new BenchError('preflight', 'PORT', `cannot listen on ${LOOPBACK}:${port}: ${cause.message}`, {
          hint: 'choose another with --port; 0 takes any',
          cause,
        }),
      );
    });
    server.listen(port, LOOPBACK, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  site.hosts = new Set([`${LOOPBACK}:${taken}`, `localhost:${taken}`]);
  return {
    url: `http://${LOOPBACK}:${taken}/`,
    [Symbol.asyncDispose]: () =>
      new Promise((closed) => {
        site.stop();
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

class ReportServer {
  /** Names by which it may be asked: another one is a page elsewhere whose name was pointed here. */
  hosts: ReadonlySet<string> = new Set();
  readonly #root: string;
  readonly #catalog: Catalog;
  readonly #stopped = new AbortController();
  #streams = 0;
  /** What computes takes its turn: a processor is the most that it may take from what is measured. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(root: string) {
    this.#root = root;
    this.#catalog = new Catalog(root);
  }

  stop(): void {
    this.#stopped.abort();
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    try {
      const refusal = this.#refusal(request);
      if (refusal !== undefined) say(response, ...refusal);
      else await this.#route(new URL(request.url ?? '/', `http://${LOOPBACK}`), response);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else if (error instanceof BenchError) say(response, 400, error.message, [error.hint ?? '']);
      else say(response, 500, 'This page could not be made', [error instanceof Error ? error.message : String(error)]);
    }
  }

  #refusal({ method, headers, url = '' }: IncomingMessage): Said | undefined {
    if (!this.hosts.has(headers.host ?? '')) {
      return [421, 'This is not served under that name', ['Ask for it by the address that meshbench printed.']];
    }
    if (method !== 'GET' && method !== 'HEAD') return [405, 'Only GET is answered', ['Nothing can be changed here.']];
    // A page elsewhere may link here; it may not load from here.
    if (headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate') {
      return [403, 'Other sites may not load from here', []];
    }
    return url.length > LONGEST_URL ? [414, 'That address is too long', []] : undefined;
  }

  async #route(url: URL, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = url;
    const runs = searchParams.getAll('run');
    switch (pathname) {
      case '/':
        return send(response, indexPage(await this.#catalog.list()));
      case '/compare':
        return send(response, await this.#inTurn(() => comparePage(this.#root, runs)));
      case '/overlay':
        return send(response, await this.#inTurn(() => overlay(this.#root, runs, searchParams.getAll('variant'))));
      case '/live':
        return await this.#live(runs[0] ?? '', response);
      case '/events':
        return await this.#events(runs[0] ?? '', response);
      case LIVE_SCRIPT_PATH:
        return send(response, LIVE_SCRIPT, 'text/javascript; charset=utf-8');
      default:
        return pathname.startsWith('/files/') ? await this.#file(pathname, response) : say(response, ...NOT_THERE);
    }
  }

  async #live(id: string, response: ServerResponse): Promise<void> {
    const run = (await runFolder(this.#root, id)) === undefined ? undefined : await this.#catalog.run(id);
    const live = run === undefined ? undefined : await this.#inTurn(() => liveRun(this.#root, run));
    if (live === undefined) return say(response, ...NOT_THERE);
    return send(response, livePage(live, `/events?run=${encodeURIComponent(id)}`));
  }

  async #events(id: string, response: ServerResponse): Promise<void> {
    if ((await runFolder(this.#root, id)) === undefined) return say(response, ...NOT_THERE);
    if (this.#streams >= MOST_STREAMS) return say(response, 503, 'Too many live pages are open', ['Close some.']);
    this.#streams += 1;
    try {
      await streamRun(this.#root, this.#catalog, id, response, this.#stopped.signal);
    } finally {
      this.#streams -= 1;
    }
  }

  async #file(pathname: string, response: ServerResponse): Promise<void> {
    const shown = await shownFile(this.#root, pathname.slice('/files/'.length));
    if (shown === undefined) return say(response, ...NOT_THERE);
    response.writeHead(200, {
      'content-type': shown.type,
      'content-length': shown.bytes,
      'content-security-policy': FILE_POLICY,
    });
    if (shown.bytes === 0) return void response.end();
    // No further than it was when its length was told: a run may be writing it.
    await pipeline(createReadStream(shown.file, { end: shown.bytes - 1 }), response);
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}

type Said = readonly [status: number, title: string, sentences: readonly string[]];

const NOT_THERE: Said = [404, 'There is nothing here', ['The run may have been removed, or is named otherwise.']];

function say(response: ServerResponse, ...[status, title, sentences]: Said): void {
  send(
    response,
    messagePage(
      title,
      sentences.filter((sentence) => sentence !== ''),
    ),
    'text/html; charset=utf-8',
    status,
  );
}

function send(response: ServerResponse, text: string, type = 'text/html; charset=utf-8', status = 200): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
