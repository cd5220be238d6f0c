import thrift from 'thrift';
import * as Echo from '#thrift/Echo.js';

/**
 * A closed loop on Apache's library as it comes: every connection sends its next call when the last one was answered.
 * Usage: node plain-thrift.js port connections seconds payload; prints calls per second.
 */
const [port = 0, connections = 1, seconds = 1, payload = 0] = process.argv.slice(2).map(Number);
const argument = Buffer.alloc(payload, 'x');
const WARMUP_MS = 1000;
let calls = 0;

async function callOn(client: Echo.Client): Promise<void> {
  while (true) {
    await client.echo(argument);
    calls += 1;
  }
}

for (let index = 0; index < connections; index += 1) {
  const options = { transport: thrift.TFramedTransport, protocol: thrift.TBinaryProtocol };
  const connection = thrift.createConnection('127.0.0.1', port, options);
  const client: Echo.Client = thrift.createClient(Echo, connection);
  connection.on('connect', () => void callOn(client));
}
setTimeout(() => {
  const from = performance.now();
  calls = 0;
  setTimeout(() => {
    process.stdout.write(`${(calls / (performance.now() - from)) * 1000}\n`);
    process.exit(0);
  }, seconds * 1000);
}, WARMUP_MS);
