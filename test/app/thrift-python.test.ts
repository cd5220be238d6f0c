import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { before, describe, test } from 'node:test';
import { count } from '../support/counts.ts';
import { mortal } from '../support/mortal.ts';
import { offer, requestOf } from '../support/offer.ts';
import { type PythonThrift, pythonServer, pythonThrift } from '../support/python-thrift.ts';
import { FORMATS, named } from '../wire/thrift/support.ts';

describe("a server in another language, on Apache's own library, where pip can fetch that", () => {
  const calls = count(400, 100_000);
  let library: PythonThrift;
  before(async () => {
    library = await pythonThrift();
  });

  for (const format of FORMATS) {
    test(`${named(format)}: ${calls} calls, none lost or doubled, where Python has Apache’s library`, async (t) => {
      if ('obstacle' in library) {
        t.skip(library.obstacle);
        return;
      }
      const { argv, env } = pythonServer(library, format);
      const [command, ...args] = argv;
      const server = mortal(
        spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] }),
      );
      try {
        const port = await number(server);
        const headers = format.transport === 'header' ? { 'x-run': 'r1' } : {};
        const ends = [
          await offer(port, requestOf({ ...format, headers }), calls, 2500),
          await offer(port, requestOf({ ...format, call: 'fail' }), 40),
          await offer(port, requestOf({ ...format, call: 'notify' }), 40),
          await offer(port, { ...requestOf(format), call: 'nothing', method: 'nothing' }, 20),
        ];
        assert.deepEqual(
          ends.map(({ outcomes }) => outcomes),
          [{ ok: calls }, { exception: 40 }, { ok: 40 }, { applicationException: 20 }],
        );
        assert.equal(ends[3]?.failed[0]?.detail, 'UNKNOWN_METHOD: Unknown function nothing');
        const answered = number(server);
        server.kill('SIGTERM');
        assert.equal(await answered, calls + 40 + 20);
      } finally {
        server.kill('SIGKILL');
      }
    });
  }
});

/** The next that it prints. */
function number(server: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    server.stdout?.once('data', (text: Buffer) => resolve(Number(text)));
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
}
