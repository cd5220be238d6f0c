import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { expandVariants, type Overrides } from '../../src/plan/index.ts';
import { fromMillis, fromSeconds, perSecond } from '../../src/units/index.ts';
import { scenario } from './support.ts';

const MATRIX = 'matrix: { load.rate: [1000/s, 2000/s], load.connections: [1, 8] }';

describe('variants at the points of a matrix', () => {
  test('without a matrix they are those of the file', () => {
    const [direct, outbound] = expandVariants(scenario());
    assert.deepEqual(
      [direct?.name, direct?.base, direct?.baseline, direct?.axes, direct?.settings.mesh.outbound],
      ['direct', 'direct', 'direct', {}, 'none'],
    );
    assert.deepEqual(
      [outbound?.name, outbound?.baseline, outbound?.settings.mesh.outbound],
      ['outbound', 'direct', 'listener'],
    );
  });

  test('each is compared with the first at the same point', () => {
    const variants = expandVariants(scenario(MATRIX));
    assert.deepEqual(
      variants.map(({ name, baseline }) => [name, baseline]),
      [
        '1000/s load.connections=1',
        '1000/s load.connections=8',
        '2000/s load.connections=1',
        '2000/s load.connections=8',
      ].flatMap((point) => [
        [`direct load.rate=${point}`, `direct load.rate=${point}`],
        [`outbound load.rate=${point}`, `direct load.rate=${point}`],
      ]),
    );
    assert.deepEqual(variants[3]?.axes, { 'load.rate': '1000/s', 'load.connections': '8' });
    assert.deepEqual([variants[3]?.settings.load.rate, variants[3]?.settings.load.connections], [1000, 8]);
  });

  test('some can be chosen, by either name; the first chosen is the baseline', () => {
    const chosen = (names: readonly string[]) =>
      expandVariants(scenario(MATRIX), { variants: names }).map(({ name, baseline }) => `${name} < ${baseline}`);
    assert.equal(chosen(['outbound']).length, 4);
    assert.deepEqual(chosen(['outbound load.rate=2000/s load.connections=8']), [
      'outbound load.rate=2000/s load.connections=8 < outbound load.rate=2000/s load.connections=8',
    ]);
    assert.deepEqual(
      expandVariants(scenario(), { variants: ['outbound', 'direct', 'outbound'] }).map(({ name, baseline }) => [
        name,
        baseline,
      ]),
      [
        ['outbound', 'outbound'],
        ['direct', 'outbound'],
      ],
    );
  });
});

describe('flags', () => {
  test('win over the file in every variant', () => {
    const overrides: Overrides = { rate: perSecond(7), duration: fromSeconds(9), warmup: fromMillis(10) };
    for (const { settings } of expandVariants(scenario('load: { rate: 5/s }'), overrides)) {
      assert.deepEqual([settings.load.rate, settings.load.duration, settings.load.warmup], [7, 9e9, 1e7]);
    }
  });

  test('quick shortens, but never makes longer', () => {
    const quick = (rest: string, overrides: Overrides = {}) => {
      const [first] = expandVariants(scenario(rest), { quick: true, ...overrides });
      return [first?.settings.load.warmup, first?.settings.load.duration];
    };
    assert.deepEqual(quick(''), [1e9, 2e9]);
    assert.deepEqual(quick('load: { warmup: 100ms, duration: 1s }'), [1e8, 1e9]);
    assert.deepEqual(quick('', { duration: fromSeconds(4) }), [1e9, 4e9]);
    assert.deepEqual(quick('', { warmup: fromSeconds(3) }), [3e9, 2e9]);
  });

  test('quick leaves time for the last event and stall, and axes of the matrix alone', () => {
    const durations = (rest: string) =>
      expandVariants(scenario(rest), { quick: true }).map(({ settings }) => settings.load.duration);
    assert.deepEqual(durations('events: [{ at: 4s, pause: server.app, for: 500ms }]'), [4.5e9, 4.5e9]);
    assert.deepEqual(durations('app: { stalls: [{ at: 2s, for: 1s }] }'), [3e9, 3e9]);
    assert.deepEqual(durations('matrix: { load.duration: [10s] }'), [10e9, 10e9]);
  });

  const refused: readonly (readonly [what: string, rest: string, overrides: Overrides, code: string, words: RegExp])[] =
    [
      ['an unknown variant', '', { variants: ['outbund'] }, 'VARIANT_UNKNOWN', /did you mean "outbound"/],
      ['no variant', '', { variants: [] }, 'VARIANT_UNKNOWN', /does not exist/],
      ['no trial', '', { trials: 0 }, 'OVERRIDE_RANGE', /--trials must be a whole number from 1 to 1000/],
      ['half a trial', '', { trials: 1.5 }, 'OVERRIDE_RANGE', /whole number/],
      ['too many trials', '', { trials: 1001 }, 'OVERRIDE_RANGE', /1000/],
      ['no number', '', { trials: Number.NaN }, 'OVERRIDE_RANGE', /--trials/],
      [
        'too high a rate',
        '',
        { rate: perSecond(1e9) },
        'OVERRIDE_RANGE',
        /--rate must be from 0\.001\/s to 1000000\/s/,
      ],
      ['no duration', '', { duration: fromSeconds(0) }, 'OVERRIDE_RANGE', /--duration must be from 1ns to 1h/],
      ['too long a warm-up', '', { warmup: fromSeconds(3601) }, 'OVERRIDE_RANGE', /--warmup/],
      ['a negative seed', '', { seed: -1 }, 'OVERRIDE_RANGE', /--seed must be a whole number from 0 to 2147483647/],
      ['a rate that is an axis', MATRIX, { rate: perSecond(5) }, 'OVERRIDE_CONFLICT', /axis of the scenario's matrix/],
      [
        'a duration that ends before the event',
        'events: [{ at: 4s, pause: server.app, for: 500ms }]',
        { duration: fromSeconds(2) },
        'OVERRIDE_CONFLICT',
        /events\[0\] ends 4\.50 s after/,
      ],
      [
        'too many requests',
        '',
        { rate: perSecond(1e6), duration: fromSeconds(3600) },
        'OVERRIDE_CONFLICT',
        /3,602,000,000/,
      ],
    ];
  for (const [what, rest, overrides, code, words] of refused) {
    test(`${what} is refused`, () => {
      assert.throws(() => expandVariants(scenario(rest), overrides), { kind: 'usage', code, message: words });
    });
  }

  test('a rate that the variants differ in is refused, unless only one of them is measured', () => {
    const differing = scenario('load: { rate: 5/s }');
    const faster = {
      ...differing,
      variants: [...differing.variants, { name: 'faster', patch: { load: { rate: perSecond(9) } } }],
    };
    assert.throws(() => expandVariants(faster, { rate: perSecond(7) }), {
      code: 'OVERRIDE_CONFLICT',
      message: /what the scenario's variants differ in/,
    });
    assert.equal(expandVariants(faster, { rate: perSecond(7), variants: ['faster'] })[0]?.settings.load.rate, 7);
  });
});
