import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { visible } from '../../src/report/visible.ts';

describe('visible', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['plain text', 'p99 of 154 µs – „quoted“ 漢字 😀', 'p99 of 154 µs – „quoted“ 漢字 😀'],
    ['an escape sequence', '\u001b[31mred', '‹U+001B›[31mred'],
    ['a C1 control', '\u009b2J', '‹U+009B›2J'],
    ['line ends and tabs', 'a\r\n\tb', 'a‹U+000D›‹U+000A›‹U+0009›b'],
    ['a right-to-left override', '\u202egnp.exe', '‹U+202E›gnp.exe'],
    ['isolates and zero-width spaces', '\u2066a\u200b\u2069', '‹U+2066›a‹U+200B›‹U+2069›'],
    ['a lone surrogate', 'a\ud800b', 'a‹U+D800›b'],
    ['a tag character beyond the first plane', '\u{e0041}', '‹U+E0041›'],
    ['fillers that draw nothing', '\u3164\u115f', '‹U+3164›‹U+115F›'],
  ];
  for (const [what, text, expected] of cases) {
    test(`shows ${what}`, () => assert.equal(visible(text), expected));
  }

  test('bounds a text and says how much is missing', () => {
    assert.equal(visible('x'.repeat(12_345), 10), `${'x'.repeat(10)}… (12,335 more characters)`);
    assert.equal(visible('x'.repeat(10), 10), 'x'.repeat(10));
  });

  test('never cuts a pair of surrogates in two', () => {
    assert.equal(visible('ab😀cd', 3), 'ab… (4 more characters)');
  });

  test('leaves no character that acts instead of being seen, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.doesNotMatch(visible(text), /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      }),
    );
  });
});
