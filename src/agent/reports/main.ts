import { createReadStream, readdirSync, realpathSync, statSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';

/**
 * Shows a folder of reports to a browser: listings and files, nothing that lies outside of it, nothing else than GET.
 * It is part of the topology that `meshbench export compose` writes, and published on loopback alone.
 */
const [folder = '', port = ''] = process.argv.slice(2);
const root = realpathSync(folder);
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json',
  '.jsonl': 'text/plain; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
};

process.on('SIGTERM', () => process.exit(0));
http
  .createServer((request, response) => {
    const found = request.method === 'GET' ? find(request.url ?? '/') : undefined;
    if (found === undefined) {
      response.writeHead(404).end('not found\n');
    } else if (statSync(found).isDirectory()) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(listing(found));
    } else {
      response.writeHead(200, { 'content-type': TYPES[path.extname(found)] ?? 'application/octet-stream' });
      createReadStream(found).pipe(response);
    }
  })
  .listen(Number(port));

/** The file of a URL, links followed; undefined where there is none below the folder. */
function find(url: string): string | undefined {
  try {
    const file = realpathSync(path.join(root, decodeURIComponent(new URL(url, 'http://localhost').pathname)));
    return file === root || file.startsWith(`${root}${path.sep}`) ? file : undefined;
  } catch {
    return undefined;
  }
}

function listing(at: string): string {
  const here = path.relative(root, at);
  const names = readdirSync(at, { withFileTypes: true })
    .map((entry) => entry.name)
    .sort();
  const links = names.map(
    (name) =>
      `<li><a href="/${[...here.split(path.sep), name].filter(Boolean).map(encodeURIComponent).join('/')}">${harmless(name)}</a></li>`,
  );
  return `<!doctype html><html lang="en"><title>Reports</title><h1>/${harmless(here)}</h1><ul>${links.join('')}</ul></html>`;
}

function harmless(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
