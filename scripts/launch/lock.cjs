'use strict';

const crypto = require('node:crypto');
const net = require('node:net');
const { say } = require('./say.cjs');

const RETRY_MS = 100;

function nameOf(folder) {
  return `\0meshbench-setup-${crypto.createHash('sha256').update(folder).digest('hex').slice(0, 16)}`;
}

function tryToHold(name) {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen({ path: name }, () => resolve(server));
  });
}

/**
 * Does `work` while no other process of this machine does the same in this folder.
 * The lock is an abstract Unix socket: the kernel gives it back however its holder ends, and no file can be left behind.
 */
async function alone(folder, work) {
  const name = nameOf(folder);
  let server = await tryToHold(name);
  if (server === undefined) say('another set-up is at work in this checkout, waiting for it');
  while (server === undefined) {
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    server = await tryToHold(name);
  }
  try {
    return await work();
  } finally {
    server.close();
  }
}

module.exports = { alone };
