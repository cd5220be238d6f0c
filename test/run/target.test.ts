import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkTarget } from '../../src/run/index.ts';

describe('a target', () => {
  for (const [url, address, port, path] of [
    ['http://127.0.0.1:8080/', '127.0.0.1', 8080, '/'],
    ['http://127.0.0.2', '127.0.0.2', 80, '/'],
    ['http://[::1]:81/a?b=c', '::1', 81, '/a?b=c'],
    ['http://0x7f.1:82/', '127.0.0.1', 82, '/'],
    ['thrift://127.0.0.1:9090', '127.0.0.1', 9090, ''],
    ['grpc://127.0.0.1:9090', '127.0.0.1', 9090, ''],
    ['http2://127.0.0.1:8080', '127.0.0.1', 8080, '/'],
    ['http2://[::1]/a?b=c', '::1', 80, '/a?b=c'],
  ] as const) {
    test(`on this machine may be loaded: ${url}`, async () => {
      const target = await checkTarget(url, []);
      assert.deepEqual([target.address, target.port, target.path], [address, port, path]);
    });
  }

  for (const [url, why] of [
    ['http://10.1.2.3/', 'TARGET_REFUSED'],
    ['http://169.254.169.254/latest/meta-data', 'TARGET_REFUSED'],
    ['http://0.0.0.0:8080/', 'TARGET_REFUSED'],
    ['http://[::ffff:10.0.0.1]/', 'TARGET_REFUSED'],
    ['http://[fe80::1]/', 'TARGET_REFUSED'],
    ['http://2130706434.example.invalid/', 'TARGET_UNKNOWN'],
    ['https://127.0.0.1/', 'TARGET_PROTOCOL'],
    ['ftp://127.0.0.1/', 'TARGET_PROTOCOL'],
    ['127.0.0.1:8080', 'TARGET_MALFORMED'],
    ['nonsense', 'TARGET_MALFORMED'],
    ['thrift://10.1.2.3:9090', 'TARGET_REFUSED'],
    ['thrift://127.0.0.1', 'TARGET_MALFORMED'],
    ['http2://10.1.2.3/', 'TARGET_REFUSED'],
    ['grpc://127.0.0.1', 'TARGET_MALFORMED'],
    ['http://user:secret@127.0.0.1/', 'TARGET_CREDENTIALS'],
  ] as const) {
    test(`is refused: ${url}`, async () => {
      await assert.rejects(checkTarget(url, []), { kind: 'usage', code: why });
    });
  }

  test('elsewhere may be loaded once the command line says so, and only there', async () => {
    assert.equal((await checkTarget('http://10.1.2.3/', ['10.1.2.0/24'])).address, '10.1.2.3');
    await assert.rejects(checkTarget('http://10.1.3.3/', ['10.1.2.0/24']), { code: 'TARGET_REFUSED' });
    for (const cidr of ['10.0.0.0', '10.0.0.0/33', 'x/8', '::1/129']) {
      await assert.rejects(checkTarget('http://10.1.2.3/', [cidr]), { code: 'CIDR_MALFORMED' });
    }
  });
});
