import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { complaintsOf, ROOT } from './support.ts';

const SEEDS = readdirSync(join(ROOT, 'scenarios'))
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => readFileSync(join(ROOT, 'scenarios', file), 'utf8'));

/** What YAML, the schema and JavaScript give a meaning to. */
const PIECES = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    ': ',
    '- ',
    '? ',
    ', ',
    '\n',
    '\n  ',
    '\t',
    '#',
    '&a ',
    '*a',
    '!x ',
    '|\n',
    '>\n',
    '"',
    "'",
    '---\n',
    '%',
  ],
  ...[
    '__proto__',
    'constructor',
    '<<',
    'null',
    '~',
    'true',
    '.inf',
    '.nan',
    '0x10',
    '1e999',
    '-1',
    '0',
    '\u0000',
    '\ud800',
    '\u202e',
  ],
  ...[
    'question',
    'variants',
    'matrix',
    'load',
    'load.rate',
    'rate',
    'events',
    'pause',
    'mesh',
    'envoy',
    'topology',
    'workloads',
    'calls',
  ],
  ...[
    '5s',
    '1e9/s',
    '2000/s',
    '0s',
    '64kB',
    '5%',
    'never',
    'listener',
    'server.app',
    'direct',
    'responseNs.p99',
    'toString',
    'length',
  ],
];

/** A valid scenario with some of its text replaced, taken away or repeated. */
const mutated = fc
  .tuple(
    fc.constantFrom(...SEEDS),
    fc.array(
      fc.tuple(
        fc.nat(5000),
        fc.nat(20),
        fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 5 })),
      ),
      {
        minLength: 1,
        maxLength: 12,
      },
    ),
  )
  .map(([seed, edits]) =>
    edits.reduce((text, [at, length, piece]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + piece + text.slice(place + length);
    }, seed),
  );

/** Complaints are made of the file: their places exist in it. */
function check(text: string): void {
  const lines = text.split('\n').length;
  for (const { line, column, message } of complaintsOf(text)) {
    assert.ok(Number.isInteger(line) && line >= 1 && line <= lines, `line ${line} of ${lines}`);
    assert.ok(Number.isInteger(column) && column >= 1, `column ${column}`);
    assert.notEqual(message, '');
  }
}

describe('whatever the text, it is read or refused with places', () => {
  test('the seeds are valid', () => {
    for (const seed of SEEDS) assert.deepEqual(complaintsOf(seed), []);
  });

  test('mutations of valid scenarios', () => {
    fc.assert(fc.property(mutated, check), { numRuns: 1500 });
  });

  test('heaps of pieces', () => {
    const heap = fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join(''));
    fc.assert(fc.property(heap, check), { numRuns: 1500 });
  });

  test('plain data of any shape', () => {
    const keys = fc.oneof(fc.constantFrom(...PIECES.filter((piece) => /^[a-z.]+$/iu.test(piece))), fc.string());
    const data = fc.dictionary(keys, fc.anything({ key: keys, maxDepth: 4, withBigInt: false, withDate: false }), {
      maxKeys: 8,
    });
    fc.assert(
      fc.property(data, (value) => check(JSON.stringify(value))),
      { numRuns: 1500 },
    );
  });
});
