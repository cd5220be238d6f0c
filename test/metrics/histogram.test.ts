import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { Distribution } from '../../src/metrics/distribution.ts';
import { compressText } from '../../src/metrics/hdr.ts';
import { Histogram, ready } from '../../src/metrics/histogram.ts';
import { BenchError } from '../../src/units/index.ts';

const HOUR = 3_600_000_000_000;
/** Durations as they occur: dense near zero, and up to an hour. */
const durations = fc.array(fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: HOUR })), {
  maxLength: 60,
});
const fraction = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.5, 0.9, 0.99, 0.999, 1));

function of(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

/** The exact sum over the places, without the library. */
function tally(histogram: Histogram | Distribution): Map<number, number> {
  return new Map([...histogram.buckets()].map(({ value, count }) => [value, count]));
}

function assertWithin(actual: number | null, exact: number | undefined): void {
  assert.ok(actual !== null && exact !== undefined);
  assert.ok(actual >= exact && actual <= exact * 1.001, `${actual} is not within 0.1 % above ${exact}`);
}

before(ready);

describe('a histogram', () => {
  test('gives quantiles by nearest rank, within 0.1 %, before and after it was encoded', () => {
    fc.assert(
      fc.property(fc.tuple(durations, durations), fraction, ([some, more], p) => {
        const values = [...some, ...more, 1].sort((a, b) => a - b);
        using histogram = of(values);
        const exact = values[Math.max(rankOracle(p, values.length), 1) - 1];
        const read = Distribution.decode(histogram.encode());
        for (const source of [histogram, read]) {
          assertWithin(source.quantile(p), exact);
          assertWithin(source.max, values.at(-1));
          assert.ok(source.min !== null && source.min <= (values[0] ?? 0) && source.min >= (values[0] ?? 0) * 0.999);
        }
        assert.equal(histogram.quantile(p), read.quantile(p));
      }),
    );
  });

  for (const [p, rank] of [
    [0, 1],
    [0.07, 7],
    [0.14, 14],
    [0.29, 29],
    [0.295, 30],
    [0.57, 57],
    [0.58, 58],
    [0.99, 99],
    [0.991, 100],
    [1, 100],
  ] as const) {
    test(`of 1 … 100 has ${rank} at ${p}`, () => {
      using histogram = of(Array.from({ length: 100 }, (_, i) => i + 1));
      assert.equal(histogram.quantile(p), rank);
      assert.equal(Distribution.decode(histogram.encode()).quantile(p), rank);
    });
  }

  // The library alone is one rank too high at 127 of 193, 386 and 999.
  test('has every rank of up to 1,500 values where it is asked for it', () => {
    for (const n of [193, 386, 999, 1433]) {
      using histogram = of(Array.from({ length: n }, (_, i) => i + 1));
      for (let rank = 1; rank <= n; rank += 1) assert.equal(histogram.quantile(rank / n), rank);
    }
  });

  test('has the same counts after encoding and decoding, and through the library', () => {
    fc.assert(
      fc.property(durations, (values) => {
        using histogram = of(values);
        const text = histogram.encode();
        using decoded = Histogram.decode(text);
        assert.ok(decoded.equals(histogram));
        assert.equal(decoded.encode(), text);
        const plain = histogram.encodePlain();
        assert.deepEqual(tally(Distribution.decode(plain)), tally(decoded));
        assert.deepEqual([plain, text].map(compressText), [text, text]);
        assert.equal(decoded.count, values.length);
        assert.deepEqual(tally(decoded), tally(Distribution.decode(text)));
        assert.equal(
          [...tally(decoded).values()].reduce((a, b) => a + b, 0),
          values.length,
        );
      }),
    );
  });

  test('adds without regard to order or grouping, as if all had been recorded in one', () => {
    fc.assert(
      fc.property(durations, durations, durations, (a, b, c) => {
        using left = of(a);
        using middle = of(b);
        using right = of(c);
        using all = of([...c, ...a, ...b]);
        using grouped = of([]);
        grouped.add(middle);
        grouped.add(right);
        left.add(grouped);
        assert.ok(left.equals(all));
        assert.equal(left.max, all.max);
        assert.equal(left.min, all.min);
        right.add(of(a));
        right.add(middle);
        assert.ok(right.equals(all));
      }),
    );
  });

  test('tells histograms apart that differ in one count', () => {
    using one = of([5, 1000]);
    using other = of([5, 5, 1000]);
    assert.ok(!one.equals(other));
  });

  test('counts what is out of range as the nearer end and says how many', () => {
    using histogram = of([-1, HOUR, HOUR + 1, 2 * HOUR, Number.POSITIVE_INFINITY, 0, 1.7]);
    assert.equal(histogram.count, 7);
    assert.equal(histogram.clamped, 4);
    assert.equal(histogram.min, 0);
    assertWithin(histogram.max, HOUR);
    assert.deepEqual(
      [...histogram.buckets()].map(({ count }) => count),
      [2, 1, 4],
    );
    assert.throws(() => histogram.record(Number.NaN));
  });

  test('is empty at first and after a reset, and then has no quantiles', () => {
    using histogram = of([1, 2, 3]);
    histogram.reset();
    using fresh = of([]);
    assert.ok(histogram.equals(fresh));
    for (const source of [histogram, fresh, Distribution.decode(fresh.encode())]) {
      assert.deepEqual([source.count, source.min, source.max, source.quantile(0.5)], [0, null, null, null]);
    }
    assert.equal(Distribution.decode(fresh.encode()).mean, null);
  });

  test('keeps counts beyond 2^32 and a histogram in which every place is taken', () => {
    using dense = new Histogram();
    for (let value = 1; value < HOUR; value += Math.max(1, Math.floor(value / 1100))) dense.record(value);
    const before = dense.count;
    for (let doubling = 0; doubling < 34; doubling += 1) {
      using copy = Histogram.decode(dense.encode());
      dense.add(copy);
    }
    assert.equal(dense.count, before * 2 ** 34);
    assert.equal(Distribution.decode(dense.encode()).count, before * 2 ** 34);
  });

  test('has a mean within 0.1 %', () => {
    using histogram = of([1_000_000, 2_000_000, 6_000_000]);
    const mean = Distribution.decode(histogram.encode()).mean ?? 0;
    assert.ok(Math.abs(mean - 3_000_000) < 3000, `${mean}`);
  });

  test('refuses a fraction that is none', () => {
    using histogram = of([1]);
    for (const wrong of [-0.1, 1.1, 50, Number.NaN]) assert.throws(() => histogram.quantile(wrong), RangeError);
  });
});

describe('an untrusted histogram', () => {
  const header = (changes: Partial<Record<'cookie' | 'payload' | 'digits' | 'lowest' | 'highest', number>> = {}) => {
    const bytes = Buffer.alloc(40);
    bytes.writeInt32BE(changes.cookie ?? 0x1c849313, 0);
    bytes.writeInt32BE(changes.payload ?? 0, 4);
    bytes.writeInt32BE(1, 8);
    bytes.writeInt32BE(changes.digits ?? 3, 12);
    bytes.writeBigInt64BE(BigInt(changes.lowest ?? 1), 16);
    bytes.writeBigInt64BE(BigInt(changes.highest ?? HOUR), 24);
    return bytes;
  };
  const packed = (plain: Buffer, length?: number) => {
    const body = deflateSync(plain);
    const head = Buffer.alloc(8);
    head.writeInt32BE(0x1c849314, 0);
    head.writeInt32BE(length ?? body.length, 4);
    return Buffer.concat([head, body]).toString('base64');
  };
  const withPayload = (...bytes: number[]) =>
    packed(Buffer.concat([header({ payload: bytes.length }), Buffer.from(bytes)]));

  /** One value after so many empty places: ZigZag of −n is 2n − 1, in three bytes of seven bits. */
  const skipTo = (places: number) => {
    const raw = 2 * places - 1;
    return withPayload((raw & 0x7f) | 0x80, ((raw >> 7) & 0x7f) | 0x80, raw >> 14, 0x02);
  };
  /** Place of one hour: 32 buckets of 1,024 places before it, and 652 in its own. */
  const LAST = 32 * 1024 + 652;

  test('is read up to the place of one hour', () => {
    const [bucket, ...more] = Distribution.decode(skipTo(LAST)).buckets();
    assert.ok(bucket !== undefined && bucket.value >= HOUR && bucket.value < HOUR * 1.001);
    assert.deepEqual(more, []);
  });

  test('is inflated no further than a histogram can be long', () => {
    assert.throws(() => Distribution.decode(packed(Buffer.alloc(50_000_000))), /cannot be inflated/u);
  });

  test('is read where nothing is wrong with it', () => {
    const read = Distribution.decode(withPayload(0x02, 0x01, 0x04));
    assert.deepEqual(
      [...read.buckets()],
      [
        { value: 0, count: 1 },
        { value: 2, count: 2 },
      ],
    );
  });

  for (const [what, text] of [
    ['nothing', ''],
    ['another text', 'hello'],
    ['another cookie', packed(header({ cookie: 0x1c849301 }))],
    ['a text of 10 MB', 'A'.repeat(10_000_000)],
    ['a compressed length beyond its end', packed(header(), 1_000_000)],
    [
      'bytes that do not inflate',
      Buffer.concat([Buffer.from('1c84931400000004', 'hex'), Buffer.from('junk')]).toString('base64'),
    ],
    ['too few bytes', packed(Buffer.from('1c849313', 'hex'))],
    ['5 digits', packed(header({ digits: 5 }))],
    ['−1 digits', packed(header({ digits: -1 }))],
    ['a lowest value of 0', packed(header({ lowest: 0 }))],
    ['a highest value of 2^53', packed(header({ highest: 2 ** 53 }))],
    ['a payload that is longer than it is', packed(header({ payload: 2_000_000_000 }))],
    ['a payload that is shorter than it is', packed(Buffer.concat([header({ payload: 0 }), Buffer.from([2])]))],
    ['a skip beyond its range', withPayload(0xff, 0xff, 0xff, 0x7f, 0x02)],
    ['a value in the first place beyond an hour', skipTo(LAST + 1)],
    ['a count that is cut short', withPayload(0x02, 0x80)],
    ['a count above 2^53', withPayload(0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)],
    [
      'counts that add up beyond 2^53',
      withPayload(...Array(4).fill([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]).flat()),
    ],
  ] as const) {
    test(`with ${what} is refused`, () => {
      for (const decode of [Distribution.decode, Histogram.decode]) {
        assert.throws(
          () => decode(text),
          (error) => error instanceof BenchError && error.kind === 'usage' && error.code === 'histogram',
        );
      }
    });
  }

  test('with any byte changed is read or refused, and never anything else', () => {
    using histogram = of([0, 1, 163_000, 5_000_000, 5_000_000, HOUR]);
    const good = Buffer.from(histogram.encode(), 'base64');
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const bad = Buffer.from(good);
        bad[at] = byte;
        try {
          assert.ok(Number.isSafeInteger(Distribution.decode(bad.toString('base64')).count));
        } catch (error) {
          assert.ok(error instanceof BenchError, String(error));
        }
      }),
    );
  });
});

/** The rank by exact arithmetic on the binary fraction that p is, unless it is meant as a decimal one. */
function rankOracle(p: number, count: number): number {
  const exact = p * count;
  const nearest = Math.round(exact);
  return Math.abs(exact - nearest) <= exact * 1e-15 ? nearest : Math.ceil(exact);
}
