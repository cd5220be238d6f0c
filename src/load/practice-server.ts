import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort } from 'node:worker_threads';
import { VERSION_HEADER } from '../wire/index.ts';

/**
 * The thread of a practice: answers every request at once, and resets the connection of some: so many that V8 compiles what a
 * lost connection takes, which it did after 500 of them, in the measurement, for 2 ms four times.
 */
const RESET_EVERY = 20;

let served = 0;
const server = http.createServer((request, answer) => {
  served += 1;
  if (served % RESET_EVERY === 0) request.socket.resetAndDestroy();
  else answer.setHeader(VERSION_HEADER, 'v1').end();
});
server.listen({ port: 0, host: '127.0.0.1' }, () => parentPort?.postMessage((server.address() as AddressInfo).port));
