import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { HpackDecoder } from '../../../src/wire/http2/hpack-decoder.ts';
import { encodeBlock, type Field } from '../../../src/wire/index.ts';

function decode(decoder: HpackDecoder, block: Buffer): readonly string[] {
  const fields: string[] = [];
  const sink = { field: (name: string, value: string) => void fields.push(`${name}: ${value}`) };
  decoder.decode(block, 0, block.length, sink);
  return fields;
}

/** RFC 7541, appendix C.4 and C.6, as it writes them: one decoder for all blocks of a section. */
const EXAMPLES: readonly (readonly [string, readonly (readonly [string, readonly string[]])[]])[] = [
  [
    'C.4 requests with Huffman coding',
    [
      [
        '828684418cf1e3c2e5f23a6ba0ab90f4ff',
        [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'],
      ],
      [
        '828684be5886a8eb10649cbf',
        [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com', 'cache-control: no-cache'],
      ],
      [
        '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
        [
          ':method: GET',
          ':scheme: https',
          ':path: /index.html',
          ':authority: www.example.com',
          'custom-key: custom-value',
        ],
      ],
    ],
  ],
  [
    'C.3 requests without',
    [
      [
        '828684410f7777772e6578616d706c652e636f6d',
        [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'],
      ],
      [
        '828684be58086e6f2d6361636865',
        [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com', 'cache-control: no-cache'],
      ],
    ],
  ],
];

describe('heads are decoded as the examples of RFC 7541 are:', () => {
  for (const [name, blocks] of EXAMPLES) {
    test(name, () => {
      const decoder = new HpackDecoder();
      for (const [hex, fields] of blocks) assert.deepEqual(decode(decoder, Buffer.from(hex, 'hex')), fields);
    });
  }
});

describe('a block that we encode', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/u);
  const value = fc.stringMatching(/^[ -~]{0,300}$/u);
  const fields = fc.array(fc.record<Field>({ name, value }), { maxLength: 20 });

  test('is decoded as the same fields, again and again, and changes nothing', () => {
    fc.assert(
      fc.property(fields, (written) => {
        const decoder = new HpackDecoder();
        const block = Buffer.from(encodeBlock(written), 'latin1');
        const expected = written.map((field) => `${field.name}: ${field.value}`);
        assert.deepEqual(decode(decoder, block), expected);
        assert.deepEqual(decode(decoder, block), expected);
      }),
    );
  });
});

describe('a block is refused', () => {
  const bad: readonly [string, string, RegExp][] = [
    ['with an index that there is not', 'fe', /a field with index 126/u],
    ['with index 0', '80', /a field with index 0/u],
    ['that ends within a number', 'ff', /cut off/u],
    ['that ends within a text', '0085aabb', /cut off/u],
    ['with a number beyond all sense', 'ffffffffffff7f', /too large/u],
    ['with a larger table than was allowed', '3fe2ff03', /a table of/u],
    ['that changes the table too late', '8220', /within a head/u],
    ['with an upper-case name', '0001410141', /name that is none: "A"/u],
    ['with a line end in a value', '000161020d0a', /line end/u],
    ['with a Huffman code that is all ones', '0081ff00', /name that is none|Huffman/u],
    ['with padding that is no ones', '008118', /Huffman|none/u],
  ];
  for (const [name, hex, message] of bad) {
    test(name, () => {
      assert.throws(() => decode(new HpackDecoder(), Buffer.from(hex, 'hex')), message);
    });
  }

  test('or decoded, whatever its bytes are: no crash and no hang', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decode(new HpackDecoder(), Buffer.from(bytes));
        } catch (error) {
          assert.equal(error instanceof Error && error.name, 'Http2Error');
        }
      }),
    );
  });
});
