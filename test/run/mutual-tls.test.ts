import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Mesh } from '../../src/mesh/index.ts';
import { nanos } from '../../src/units/index.ts';
import { MeshPlace, REQUESTS, type Standing } from '../support/standing-mesh.ts';

const MUTUAL = '{ preset: istio, tls: mutual }';
const SERVICE = '198.18.0.11:8080';

let place: MeshPlace;
before(async () => {
  place = await MeshPlace.open();
});
after(() => place[Symbol.asyncDispose]());

/** Counts packets with these words that reach the server from outside. */
const WATCH = '-t raw -A PREROUTING ! -i lo -p tcp -m string --algo bm --string HTTP/1.1';

async function readable(standing: Standing): Promise<number> {
  const saved = await standing.ask('server', 'iptables-save', '-c', '-t', 'raw');
  return Number(/^\[(\d+):\d+\] -A PREROUTING .* --string/mu.exec(saved)?.[1]);
}

/** The mesh whose client believes that its service is somebody else. */
function expectingAnother(mesh: Mesh): Mesh {
  const text = JSON.stringify(mesh).replaceAll(
    '{"exact":"spiffe://cluster.local/ns/default/sa/server"}',
    '{"exact":"spiffe://cluster.local/ns/default/sa/other"}',
  );
  return JSON.parse(text) as Mesh;
}

describe('between sidecars that speak TLS', () => {
  test('nobody on the way reads a request, and without TLS anybody does', async () => {
    for (const [mesh, tls] of [
      [MUTUAL, true],
      ['{ preset: istio }', false],
    ] as const) {
      await using standing = await place.up(mesh);
      await standing.ask('server', 'iptables', ...WATCH.split(' '));
      assert.deepEqual(await standing.send(), { ok: REQUESTS });
      await standing.check(REQUESTS);
      const seen = await readable(standing);
      assert.ok(tls ? seen === 0 : seen >= REQUESTS, `${seen} packets were readable`);
      assert.equal((await standing.counter('server', 'listener.inbound.ssl.handshake')) > 0, tls);
      assert.equal((await standing.counter('client', 'cluster.service.server.ssl.versions.TLSv1.3')) > 0, tls);
    }
  });

  test("the service's identity is checked", async () => {
    await using standing = await place.up(MUTUAL, expectingAnother);
    assert.deepEqual(await standing.send(), { status: REQUESTS });
    assert.ok((await standing.counter('client', 'cluster.service.server.ssl.fail_verify_san')) > 0);
    assert.equal(await standing.counter('server', 'http.inbound.downstream_rq_total'), 0);
  });

  describe('a stranger', () => {
    let standing: Standing;
    let stranger: Awaited<ReturnType<MeshPlace['world']['host']>>;
    before(async () => {
      standing = await place.up(MUTUAL);
      stranger = await place.world.host({
        name: 'stranger',
        address: '198.18.0.99',
        folder: '/run/meshbench/stranger',
        sysctls: {},
        joins: undefined,
        seccomp: true,
      });
    });
    after(async () => {
      await stranger[Symbol.asyncDispose]();
      await standing[Symbol.asyncDispose]();
    });

    /** What a request gets through openssl with these options, or in the clear. */
    async function request(...tls: readonly string[]): Promise<string> {
      const words = "printf 'GET / HTTP/1.1\\r\\nhost: server:8080\\r\\nconnection: close\\r\\n\\r\\n'";
      const [address, port] = SERVICE.split(':');
      const send =
        tls[0] === 'plain'
          ? `exec 3<>/dev/tcp/${address}/${port}; ${words} >&3; cat <&3`
          : `${words} | openssl s_client -quiet -connect ${SERVICE} ${tls.join(' ')}`;
      const { stdout, stderr } = await stranger.exec(['timeout', '5', 'bash', '-c', `${send} 2>&1`], nanos(10e9));
      return stdout + stderr;
    }

    const own = '-cert /run/meshbench/client/certificate.pem -key /run/meshbench/client/key.pem';
    const trusted = '-CAfile /run/meshbench/client/authority.pem -verify_return_error';

    test("with a caller's certificate would be served by a server that the authority vouches for", async () => {
      const answer = await request(own, trusted);
      assert.match(answer, /HTTP\/1\.1 200 OK/u);
    });

    test('without TLS gets nothing', async () => {
      const before_ = await standing.counter('server', 'listener.inbound.ssl.connection_error');
      assert.equal(await request('plain'), '');
      assert.ok((await standing.counter('server', 'listener.inbound.ssl.connection_error')) > before_);
    });

    test('without a certificate is refused', async () => {
      assert.doesNotMatch(await request(), /200 OK/u);
      assert.ok((await standing.counter('server', 'listener.inbound.ssl.fail_verify_no_cert')) > 0);
    });

    test('with a certificate of another authority is refused', async () => {
      const key =
        '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj / -addext subjectAltName=critical,URI:spiffe://cluster.local/ns/default/sa/client';
      const files = '-keyout /run/meshbench/stranger/key.pem -out /run/meshbench/stranger/certificate.pem';
      const made = await stranger.exec(`openssl req -x509 ${key} ${files}`.split(' '), nanos(10e9));
      assert.equal(made.code, 0, made.stderr);
      const answer = await request(
        '-cert /run/meshbench/stranger/certificate.pem -key /run/meshbench/stranger/key.pem',
      );
      assert.doesNotMatch(answer, /200 OK/u);
      assert.ok((await standing.counter('server', 'listener.inbound.ssl.fail_verify_error')) > 0);
    });

    test('cannot read a key if it is another user', async () => {
      const listed = await standing.ask('server', 'sh', '-c', 'stat -c "%a %n" /run/meshbench/*/*key*.pem');
      const modes = listed.split('\n').map((line) => line.split(' ')[0]);
      assert.ok(modes.length >= 3, listed);
      assert.deepEqual([...new Set(modes)], ['600'], listed);
    });
  });

  test('certificates are of P-256, name one identity, and do not last', async () => {
    await using standing = await place.up(MUTUAL);
    const text = await standing.ask(
      'server',
      'openssl',
      'x509',
      '-noout',
      '-text',
      '-in',
      '/run/meshbench/server/certificate.pem',
    );
    assert.match(text, /ASN1 OID: prime256v1/u);
    assert.match(
      text,
      /Subject Alternative Name: critical\s+URI:spiffe:\/\/cluster\.local\/ns\/default\/sa\/server\n/u,
    );
    assert.doesNotMatch(text, /CA:TRUE/u);
    const lasts = await standing.tell(
      'server',
      ...'openssl x509 -noout -checkend 777600 -in /run/meshbench/server/certificate.pem'.split(' '),
    );
    assert.equal(lasts.code, 1, 'it ends within nine days');
    await standing.ask(
      'server',
      ...'openssl verify -CAfile /run/meshbench/server/authority.pem /run/meshbench/server/certificate.pem'.split(' '),
    );
  });

  test('every mesh has an authority of its own', async () => {
    const authorities = new Set<string>();
    for (let time = 0; time < 2; time += 1) {
      await using standing = await place.up(MUTUAL);
      authorities.add((await standing.deployment.hosts.get('client')?.readFile('authority.pem')) ?? '');
      assert.equal(await standing.deployment.hosts.get('server')?.readFile('authority.pem'), [...authorities].at(-1));
    }
    assert.equal(authorities.size, 2);
  });
});
