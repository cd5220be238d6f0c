/**
 * A program: one call of `echo` by a client on Apache's library with THeaderProtocol.
 * Usage: ADDRESS PORT binary|compact mended|plain; prints the reply's length, or why there is none.
 */
import { connectLibrary } from './library-client.ts';

const PATIENCE_MS = 2000;

const [address = '', port, protocol, how] = process.argv.slice(2);
const format = { transport: 'header', protocol: protocol === 'compact' ? 'compact' : 'binary' } as const;
const { connection, client } = connectLibrary(format, address, Number(port), how === 'mended');
const failed = new Promise<string>((resolve) => {
  connection.on('error', (error: Error) => resolve(`error: ${error.message}`));
  connection.on('close', () => resolve('closed'));
  setTimeout(() => resolve('no answer'), PATIENCE_MS).unref();
});
const answered = client.echo(Buffer.from('a')).then(
  (reply) => `${reply.length} bytes`,
  (error: unknown) => `error: ${String(error)}`,
);
process.stdout.write(`${await Promise.race([answered, failed])}\n`);
connection.destroy();
