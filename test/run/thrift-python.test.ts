import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type HostProcess, plainProcess } from '../../src/runtime/index.ts';
import type { ThriftFormat } from '../../src/wire/index.ts';
import { count } from '../support/counts.ts';
import { type FoundPythonThrift, type PythonThrift, pythonServer, pythonThrift } from '../support/python-thrift.ts';
import { MeshPlace, type Standing } from '../support/standing-mesh.ts';
import { FORMATS, named } from '../wire/thrift/support.ts';

const CALLS = count(120, 100_000);
/** With full counts what two sidecars and a server in Python hold on one processor; what a busy machine delays still counts. */
const RATE = count(400, 1250);

/** Every format from our load by both sidecars to Apache's library for Python, each counting what it saw. */
describe('Thrift through Envoy to a server in another language, where pip can fetch its library', () => {
  let place: MeshPlace;
  let library: PythonThrift;
  before(async () => {
    library = await pythonThrift();
    place = await MeshPlace.open();
  });
  after(() => place[Symbol.asyncDispose]());

  for (const format of FORMATS) {
    test(`${named(format)}: ${CALLS} calls, none lost, doubled or mismatched`, async (t) => {
      if ('obstacle' in library) {
        t.skip(library.obstacle);
        return;
      }
      const { transport, protocol } = format;
      const settings = `protocol: thrift\nthrift: { transport: ${transport}, protocol: ${protocol}, pipeline: 2 }\n`;
      const load = `load: { rate: ${RATE}/s, connections: 8, timeout: 5m, warmup: 0, duration: ${(CALLS / RATE) * 1000}ms }\n`;
      await using standing = await place.up('{ preset: istio }', (same) => same, settings, load);
      const server = await serveInPlace(standing, library, format);
      const lines = server.lines[Symbol.asyncIterator]();
      assert.ok(Number((await lines.next()).value) > 0, 'it listens');
      const total = await standing.sendAll();
      assert.deepEqual(total.outcomes, { ok: CALLS });
      await standing.reconcile(total);
      await server.signal('SIGTERM');
      assert.equal(Number((await lines.next()).value), CALLS, 'calls that the server answered');
    });
  }
});

/** The server in Python in place of our application, at its address. */
function serveInPlace(standing: Standing, library: FoundPythonThrift, format: ThriftFormat): Promise<HostProcess> {
  const app = standing.deployment.processes.get('server.app');
  const at = standing.mesh.hosts.find(({ name }) => name === 'server')?.app;
  assert.ok(app !== undefined && at !== undefined);
  const { argv, env } = pythonServer(library, format, at.address, String(at.port));
  return app.replace({ ...plainProcess('app', argv, [1]), env });
}
