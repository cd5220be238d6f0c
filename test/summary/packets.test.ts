import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { initHistograms } from '../../src/metrics/index.ts';
import { only } from '../support/hand.ts';

before(initHistograms);

const INTO = '-A PREROUTING -p tcp -m tcp --dport 8080 -j REDIRECT --to-ports 15006';
const OUT_OF = '-A OUTPUT -p tcp -m mark ! --mark 0x539 -j REDIRECT --to-ports 15001';
const response = [50, 60, 70];

function rule(text: string, packets: number, bytes = packets * 60) {
  return { table: 'nat', rule: text, packets, bytes };
}

describe('packet rules of a variant', () => {
  test('have the medians of their counters over trials, by host, in their order', () => {
    const { packets } = only([
      { response, packets: { server: [rule(INTO, 32)], client: [rule(OUT_OF, 30)] } },
      { response, packets: { server: [rule(INTO, 18)], client: [rule(OUT_OF, 40)] } },
      { response, packets: { server: [rule(INTO, 20)], client: [rule(OUT_OF, 30)] } },
    ]);
    assert.deepEqual(packets, { server: [rule(INTO, 20)], client: [rule(OUT_OF, 30)] });
  });

  test('are none in a record that has none', () => assert.deepEqual(only([{ response }]).packets, {}));

  test('that say the same twice keep their own counters', () => {
    const twice = { server: [rule(INTO, 10), rule(INTO, 0)] };
    assert.deepEqual(only([1, 2].map(() => ({ response, packets: twice }))).packets, twice);
  });

  test('of the same words in two tables are two rules', () => {
    const tables = { server: [rule(INTO, 10), { ...rule(INTO, 700), table: 'mangle' }] };
    assert.deepEqual(only([{ response, packets: tables }]).packets, tables);
  });
});
