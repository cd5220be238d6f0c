import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Serving, serveReports } from '../../src/serve/index.ts';
import { HOSTILE } from '../support/hostile-summary.ts';
import { syntheticRecord } from '../support/record.ts';
import { Reports } from '../support/reports.ts';

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

describe('serve', () => {
  const reports = new Reports();
  const outside = mkdtempSync(path.join(tmpdir(), 'meshbench-outside-'));
  let serving: Serving;
  let [old, next] = ['', ''];
  before(async () => {
    old = await reports.ended('2026-11-20-100000-0123abcd', { seed: 1, blocks: 8 });
    next = await reports.ended('2026-11-21-100000-4567cdef', { seed: 2, blocks: 8 });
    await reports.gate();
    const hostile = await syntheticRecord({ seed: 3, question: HOSTILE.join(' ') });
    reports.begin('2026-11-22-100000-89abcdef', hostile);
    writeFileSync(path.join(outside, 'secret.txt'), 'secret');
    symlinkSync(outside, path.join(reports.folder, 'quickstart', 'out'));
    symlinkSync(path.join(outside, 'secret.txt'), path.join(reports.folder, old, 'link.txt'));
    writeFileSync(path.join(reports.folder, old, '.hidden.txt'), 'secret');
    writeFileSync(path.join(reports.folder, old, 'program.js'), 'secret');
    serving = await serveReports(reports.folder, 0);
  });
  after(async () => {
    await serving[Symbol.asyncDispose]();
    reports[Symbol.dispose]();
    rmSync(outside, { recursive: true });
  });

  /** As it is written: `fetch` would tidy the path up. */
  const ask = (at: string, options: http.RequestOptions = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(serving.url);
      const request = http.request({ hostname, port, path: at, agent: false, ...options }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      });
      request.once('error', reject).end();
    });
  const runs = (...ids: readonly string[]): string => ids.map((id) => `run=${encodeURIComponent(id)}`).join('&');

  test('lists what is there, with links that lead to it', async () => {
    const { status, text } = await ask('/');
    assert.equal(status, 200);
    const links = [...text.matchAll(/href="(\/[^"]+)"/gu)].map(([, link = '']) => link.replaceAll('&amp;', '&'));
    assert.ok(links.some((link) => link.includes(`${old}/report.html`)));
    assert.ok(links.some((link) => link.endsWith('/gate.html')));
    for (const link of links) assert.equal((await ask(link)).status, 200, link);
    assert.ok(text.includes('running'), 'a record without an end that was written just now');
  });

  test('lists runs of a scenario whatever it is called', async () => {
    const id = 'constructor/2026-11-19-100000-0123abcd';
    mkdirSync(path.join(reports.folder, id), { recursive: true });
    const { header } = await syntheticRecord({ scenario: 'constructor' });
    writeFileSync(path.join(reports.folder, id, 'record.jsonl'), `${JSON.stringify(header)}\n`);
    assert.match((await ask('/')).text, /constructor/u);
  });

  test('shows hostile texts as text', async () => {
    for (const at of ['/', `/live?${runs('quickstart/2026-11-22-100000-89abcdef')}`]) {
      const { text } = await ask(at);
      assert.doesNotMatch(text, /<script(?! src="\/live\.js" defer>)|<img|[\u202a-\u202e]/u);
      assert.ok(text.includes('&lt;'));
    }
  });

  test('compares what was ticked, and lays it over each other', async () => {
    const compared = await ask(`/compare?${runs(next, old)}`);
    assert.equal(compared.status, 200);
    assert.match(compared.text, /2026-11-21-100000-4567cdef against [^<]*11-20 10:00/u, 'with the older one');
    const laid = await ask(`/overlay?${runs(old, next)}&variant=${encodeURIComponent(`${old}/1`)}&variant=nothing`);
    assert.match(laid.text, /1 variants? over each other/u);
    for (const [at, said] of [
      ['/compare', /tick 2/u],
      [`/compare?${runs(old)}`, /tick 2/u],
      [`/compare?${runs(old, 'quickstart/none')}`, /no run/u],
      [`/compare?${runs(old, '../../etc')}`, /no run/u],
      ['/overlay', /tick 1/u],
      [`/overlay?${runs(...Array.from({ length: 9 }, (_, index) => `quickstart/${index}`))}`, /tick 1/u],
    ] as const) {
      const { status, text } = await ask(at);
      assert.equal(status, 400, at);
      assert.match(text, said);
    }
  });

  for (const at of [
    ...['/files/../secret.txt', '/files/%2e%2e/secret.txt', '/files/..%2f..%2fetc/passwd', '/files//etc/passwd'],
    ...['/files/quickstart/out/secret.txt', '/files/quickstart/..%5c..%5cx.txt', '/files/%00.txt', '/files/%ff.txt'],
    ...['/files/', '/files', '/etc/passwd', '/files/quickstart', '/live', '/live?run=..%2F..', '/events?run=a/b'],
    ...['/files/quickstart/2026-11-20-100000-0123abcd/.hidden.txt', '/files/a/b/c/d/e/f/g/h/i/j.txt'],
    ...[
      '/files/quickstart/2026-11-20-100000-0123abcd/link.txt',
      '/files/quickstart/2026-11-20-100000-0123abcd/program.js',
    ],
  ]) {
    test(`${at} is not there`, async () => {
      const { status, text } = await ask(at);
      assert.equal(status, 404);
      assert.doesNotMatch(text, /secret$|root:/u);
    });
  }

  for (const [what, options, status] of [
    ['another name of this machine', { headers: { host: 'reports.example' } }, 421],
    ['a name without the port', { headers: { host: 'localhost' } }, 421],
    [
      'a page elsewhere that loads from here',
      { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } },
      403,
    ],
    ['POST', { method: 'POST' }, 405],
    ['PUT', { method: 'PUT' }, 405],
    ['DELETE', { method: 'DELETE' }, 405],
    ['OPTIONS', { method: 'OPTIONS' }, 405],
    ['an address that is too long', { path: `/?${'a'.repeat(9000)}` }, 414],
  ] as const) {
    test(`${what} is refused`, async () => {
      const answer = await ask('/', options);
      assert.equal(answer.status, status);
      assert.match(String(answer.headers['content-security-policy']), /default-src 'none'/u);
    });
  }

  test('says with every answer what a page may do, and that it is nobody else’s', async () => {
    for (const at of ['/', `/files/${old}/report.html`, `/files/${old}/record.jsonl`, '/live.js', '/none']) {
      const { headers } = await ask(at);
      const policy = String(headers['content-security-policy']);
      assert.match(policy, /default-src 'none'/u, at);
      assert.match(policy, /frame-ancestors 'none'/u, at);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
    }
    const { headers } = await ask(`/files/${old}/report.html`);
    assert.doesNotMatch(String(headers['content-security-policy']), /script-src/u, 'a file runs nothing');
  });

  test('reads a record that was cut anywhere, and one that is none', async () => {
    const cut = await reports.ended('2026-11-23-100000-00000001', { seed: 4, blocks: 6 });
    const file = path.join(reports.folder, cut, 'record.jsonl');
    for (const bytes of [40_000, 9000, 700, 0]) {
      truncateSync(file, bytes);
      assert.equal((await ask('/')).status, 200);
      const { status } = await ask(`/overlay?${runs(cut)}`);
      assert.ok([200, 400].includes(status), `${status} at ${bytes}`);
    }
    appendFileSync(file, '{"type":"header","scenario":[],"plan":7}\n{"type":"trial","block":-1}\n[]\n');
    assert.equal((await ask('/')).status, 200);
    assert.ok([200, 404].includes((await ask(`/live?${runs(cut)}`)).status));
    mkdirSync(path.join(reports.folder, 'quickstart', 'empty'));
  });

  test('a port that is taken is refused with what to do', async () => {
    const { port } = new URL(serving.url);
    await assert.rejects(serveReports(reports.folder, Number(port)), { code: 'PORT', kind: 'preflight' });
  });
});
