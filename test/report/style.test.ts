import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { STYLE } from '../../src/report/html/style.ts';

/** WCAG 2.2: least contrast of words, and of graphics that mean something. */
const WORDS = 4.5;
const GRAPHICS = 3;

const [light = '', dark = ''] = STYLE.split('prefers-color-scheme: dark');

describe('colours', () => {
  for (const [mode, sheet] of [
    ['light', light],
    ['dark', dark],
  ] as const) {
    const colours = new Map(
      [...sheet.matchAll(/--([a-z0-9-]+): (#[0-9a-f]{3,6})/gu)].map(([, name = '', hex = '']) => [name, hex]),
    );
    const contrast = (name: string, paper: string): number => {
      const [a, b] = [colours.get(name), colours.get(paper)];
      assert.ok(a !== undefined && b !== undefined, `${name} on ${paper}`);
      return contrastOf(a, b);
    };

    test(`words can be read in ${mode} mode`, () => {
      for (const name of ['ink', 'muted', 'link', 'good', 'bad', 'same', 'unsure']) {
        assert.ok(contrast(name, 'paper') >= WORDS, `${name}: ${contrast(name, 'paper')}`);
      }
      for (const tone of ['good', 'bad', 'same', 'unsure']) assert.ok(contrast(tone, `${tone}-paper`) >= WORDS, tone);
      for (const paper of ['shade', 'unsure-paper']) assert.ok(contrast('ink', paper) >= WORDS, paper);
    });

    test(`series can be seen in ${mode} mode, and values on bars read`, () => {
      const series = [...colours.keys()].filter((name) => /^[vc]\d$/u.test(name));
      assert.equal(series.length, 14);
      for (const name of series) assert.ok(contrast(name, 'paper') >= GRAPHICS, `${name}: ${contrast(name, 'paper')}`);
      for (const name of series.filter((bar) => /^c/u.test(bar))) {
        assert.ok(contrast('on-colour', name) >= WORDS, `${name}: ${contrast('on-colour', name)}`);
      }
    });
  }

  test('no colour depends on the width of the window', () => {
    const byWidth = STYLE.split('\n').filter((line) => line.startsWith('@media (max-width'));
    assert.ok(byWidth.length > 0);
    for (const line of byWidth) assert.doesNotMatch(line, /colou?r|background|fill|stroke|--/u);
  });

  test('the formula knows its ends', () => {
    assert.equal(contrastOf('#000', '#fff'), 21);
    assert.equal(contrastOf('#777777', '#777777'), 1);
  });
});

/** Contrast ratio, WCAG 2.2, from relative luminance. */
function contrastOf(a: string, b: string): number {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(hex: string): number {
  const digits =
    hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit) : (hex.slice(1).match(/../gu) ?? []);
  const [red = 0, green = 0, blue = 0] = digits.map((pair) => {
    const channel = Number.parseInt(pair, 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
