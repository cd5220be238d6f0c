import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { Thrift } from 'thrift';
import { encodeArguments, findMethod, readIdl } from '../../src/idl/index.ts';
import { ROOT } from '../support/root.ts';
import { reading } from '../wire/thrift/support.ts';

const EVERYTHING = path.join(ROOT, 'test/idl/files/everything.thrift');

describe('arguments', () => {
  const idl = readIdl(EVERYTHING);
  const f = findMethod(idl, 'f', 'A');
  const s = {
    id: '9007199254740993',
    points: [{ x: 1, y: -2 }],
    m: [['GREEN', ['a']]],
    b: { base64: 'AAE=' },
    u: { n: 3 },
    d: 1.5,
    ok: true,
    key: '0189a3c4-5e6f-7abc-8def-0123456789ab',
  };

  for (const protocol of ['binary', 'compact'] as const) {
    test(`of every type are read by the library as they were meant, ${protocol}`, () => {
      const { input } = reading({ transport: 'unframed', protocol }, encodeArguments(f, { s, n: -7 }, protocol));
      input.readStructBegin();
      assert.deepEqual(fieldOf(input), [1, Thrift.Type.STRUCT]);
      input.readStructBegin();
      assert.deepEqual(fieldOf(input), [1, Thrift.Type.I64]);
      assert.equal(input.readI64().toOctetString(), '0020000000000001');
      assert.deepEqual(fieldOf(input), [2, Thrift.Type.LIST]);
      assert.deepEqual({ ...input.readListBegin() }, { etype: Thrift.Type.STRUCT, size: 1 });
      input.readStructBegin();
      assert.deepEqual(fieldOf(input), [1, Thrift.Type.I32]);
      assert.equal(input.readI32(), 1);
      assert.deepEqual(fieldOf(input), [2, Thrift.Type.I32]);
      assert.equal(input.readI32(), -2);
      assert.deepEqual(fieldOf(input)[1], Thrift.Type.STOP);
      input.readStructEnd();
      assert.deepEqual(fieldOf(input), [3, Thrift.Type.MAP]);
      assert.deepEqual({ ...input.readMapBegin() }, { ktype: Thrift.Type.I32, vtype: Thrift.Type.SET, size: 1 });
      assert.equal(input.readI32(), 5, 'an enum by its name');
      assert.equal(input.readSetBegin().size, 1);
      assert.equal(input.readString(), 'a');
      assert.deepEqual(fieldOf(input), [4, Thrift.Type.STRING]);
      assert.deepEqual(input.readBinary(), Buffer.from([0, 1]));
      assert.deepEqual(fieldOf(input), [5, Thrift.Type.STRUCT]);
      input.readStructBegin();
      assert.deepEqual(fieldOf(input), [2, Thrift.Type.I32]);
      assert.equal(input.readI32(), 3);
      assert.deepEqual(fieldOf(input)[1], Thrift.Type.STOP);
      input.readStructEnd();
      assert.deepEqual(fieldOf(input), [6, Thrift.Type.DOUBLE]);
      assert.equal(input.readDouble(), 1.5);
      assert.deepEqual(fieldOf(input), [7, Thrift.Type.BOOL]);
      assert.equal(input.readBool(), true);
      assert.deepEqual(fieldOf(input), [8, Thrift.Type.UUID]);
      assert.equal(input.readUuid(), s.key);
      assert.deepEqual(fieldOf(input)[1], Thrift.Type.STOP);
      input.readStructEnd();
      assert.deepEqual(fieldOf(input), [2, Thrift.Type.I16]);
      assert.equal(input.readI16(), -7);
    });
  }

  test('that do not fit are refused with every reason at once', () => {
    const wrong = {
      s: { id: 1.5, points: [{ x: 'a' }], m: { PINK: [] }, u: { s: 'a', n: 1 }, key: 'k', extra: 1 },
      n: 70_000,
    };
    assert.throws(() => encodeArguments(f, wrong, 'binary'), {
      code: 'ARGUMENTS_REFUSED',
      message: `the arguments do not fit f:
  - args.s.extra is not a field; there is id, points, m, b, u, d, ok, key
  - args.s.id must be a whole number of 64 bits, not 1.5
  - args.s.points[0].x must be a whole number of 32 bits, not "a"
  - args.s.m[0].key must be one of RED, GREEN, BLUE, not "PINK"
  - args.s.u must have one field, as a union
  - args.s.key must be a uuid as text, not "k"
  - args.n must be a whole number of 16 bits, not 70000`,
    });
    assert.throws(() => encodeArguments(f, {}, 'binary'), /args\.s is missing\n {2}- args\.n is missing/u);
    assert.throws(() => encodeArguments(f, 'text', 'binary'), /args must be an object, not "text"/u);
  });

  test('are those of a method that is inherited from an included file, and its exceptions have their ids', () => {
    const { input } = reading(
      { transport: 'unframed', protocol: 'binary' },
      encodeArguments(findMethod(idl, 'ping', undefined), { p: { y: 4 } }, 'binary'),
    );
    input.readStructBegin();
    assert.deepEqual(fieldOf(input), [1, Thrift.Type.STRUCT]);
    assert.deepEqual(
      f.method.throws.map(({ id, name }) => [id, name]),
      [
        [1, 'e'],
        [2, 'b'],
      ],
    );
    assert.equal(findMethod(idl, 'g', 'A').method.oneway, true);
  });
});

describe('an IDL file is refused', () => {
  const idl = readIdl(EVERYTHING);
  test('for a method that there is not, or that several services have', () => {
    assert.throws(() => findMethod(idl, 'h', undefined), { code: 'IDL_UNKNOWN', hint: /f, g, ping, f/u });
    assert.throws(() => findMethod(idl, 'f', undefined), { code: 'IDL_UNKNOWN', message: /--service/u });
    assert.throws(() => findMethod(idl, 'f', 'C'), { code: 'IDL_UNKNOWN', hint: /A, B/u });
    assert.throws(() => readIdl('nowhere.thrift'), { code: 'IDL_UNREADABLE' });
  });

  for (const [text, message] of [
    ['service A {\n void f(1: i32 a }', /:2: "\}" is no type/u],
    ['struct S { 1: i32 a', /ends within a definition/u],
    ['strict S {}', /:1: "strict" begins no definition/u],
    ['struct S { 1: §x a }', /:1: the character "§" has no meaning/u],
    ['include "self.thrift"', /include each other/u],
  ] as const) {
    test(`with its line: ${JSON.stringify(text)}`, () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'meshbench-idl-'));
      const file = path.join(folder, 'self.thrift');
      writeFileSync(file, text);
      try {
        assert.throws(() => readIdl(file), message);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  test('for a type that nobody defined', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'meshbench-idl-'));
    const file = path.join(folder, 'a.thrift');
    writeFileSync(file, 'service A { void f(1: Missing m) }');
    const found = findMethod(readIdl(file), 'f', undefined);
    rmSync(folder, { recursive: true });
    assert.throws(() => encodeArguments(found, { m: {} }, 'binary'), /a\.thrift:1: there is no type "Missing"/u);
  });
});

function fieldOf(input: ReturnType<typeof reading>['input']): readonly [number, Thrift.Type] {
  const { fid, ftype } = input.readFieldBegin();
  return [fid, ftype];
}
