import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  DEFAULT_SETTINGS,
  type Delay,
  describeSettings,
  type Interception,
  type MeshSettings,
  parseScenario,
  RUNTIME_NAMES,
  type Schedule,
  type Settings,
} from '../../src/scenario/index.ts';
import { bytes, nanos, perSecond } from '../../src/units/index.ts';
import { scenarioWith } from './support.ts';

/** Objects as the parser makes them. */
const PLAIN = { noNullPrototype: true } as const;

const time = fc
  .oneof(
    fc.integer({ min: 1, max: 3600e9 }),
    fc.integer({ min: 1, max: 3600 }).map((s) => s * 1e9),
  )
  .map(nanos);
const size = fc
  .oneof(
    fc.integer({ min: 1, max: 16e6 }),
    fc.integer({ min: 1, max: 16 }).map((mb) => mb * 1e6),
  )
  .map(bytes);
const every = fc.option(fc.record({ every: fc.integer({ min: 1, max: 1e9 }) }, PLAIN), { nil: undefined });
const delay: fc.Arbitrary<Delay> = fc.oneof(
  fc.record({ kind: fc.constant('constant' as const), value: time }, PLAIN),
  fc.record({ kind: fc.constant('exponential' as const), mean: time }, PLAIN),
  fc.tuple(time, time).map(([a, b]) => ({
    kind: 'uniform' as const,
    from: nanos(Math.min(a, b)),
    to: nanos(Math.max(a, b)),
  })),
);

const interception = fc.constantFrom<Interception>('none', 'listener', 'redirect', 'tproxy');
const mesh: fc.Arbitrary<MeshSettings> = fc
  .record(
    {
      outbound: interception,
      inbound: interception,
      originalSource: fc.boolean(),
      conntrack: fc.boolean(),
      exempt: fc.constantFrom('mark' as const, 'uid' as const),
      tls: fc.constantFrom('none' as const, 'mutual' as const),
      telemetry: fc.record(
        {
          accessLog: fc.boolean(),
          tracing: fc.integer({ min: 0, max: 1000 }).map((permille) => permille / 10 / 100),
          scrape: fc.oneof(time, fc.constant(nanos(0))),
          stats: fc.constantFrom('few' as const, 'all' as const),
        },
        PLAIN,
      ),
      envoy: fc.record(
        {
          version: fc.constantFrom(undefined, '1.36.2', '1.40.0.post1'),
          concurrency: fc.integer({ min: 1, max: 128 }),
          cpuLimit: fc.constantFrom(undefined, 0.5, 2),
        },
        PLAIN,
      ),
    },
    PLAIN,
  )
  .map((any) => ({
    ...any,
    originalSource: any.originalSource && any.inbound === 'tproxy',
    conntrack: any.conntrack || any.outbound !== 'tproxy' || any.inbound === 'redirect',
    tls: any.outbound === 'none' || any.inbound === 'none' ? 'none' : any.tls,
  }));

const share = fc.integer({ min: 1, max: 1000 }).map((percent) => percent / 100);

/** Two of them are no longer than the measurement. */
const half = fc.integer({ min: 1, max: 1800e9 }).map(nanos);

const schedule: fc.Arbitrary<Schedule> = fc.oneof(
  fc.constantFrom('constant' as const, 'poisson' as const),
  fc.record({ kind: fc.constant('ramp' as const), from: share, to: share }, PLAIN),
  fc.record({ kind: fc.constant('steps' as const), shares: fc.array(share, { minLength: 2, maxLength: 9 }) }, PLAIN),
  fc.record({ kind: fc.constant('bursts' as const), every: time }, PLAIN),
  fc.record({ kind: fc.constant('onOff' as const), on: half, off: half }, PLAIN),
  fc.record({ kind: fc.constant('replay' as const), file: fc.constant('a/b-c.txt'), instants: fc.constant([]) }, PLAIN),
);

/** A payload, a text or neither. */
const noBody = { payload: fc.oneof(size, fc.constant(bytes(0))), body: fc.constant('') };

/** Settings that a file could mean. */
const settings: fc.Arbitrary<Settings> = fc.record(
  {
    protocol: fc.constant('http' as const),
    services: fc.constant(DEFAULT_SETTINGS.services),
    controlPlane: fc.constant(DEFAULT_SETTINGS.controlPlane),
    mesh,
    load: fc.record(
      {
        loop: fc.constant('open' as const),
        wait: fc.constantFrom('spin' as const, 'hybrid' as const, 'sleep' as const),
        rate: fc
          .oneof(fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0.001, max: 1000, noNaN: true }))
          .map(perSecond),
        connections: fc.integer({ min: 1, max: 10_000 }),
        stagger: fc.oneof(fc.constant(nanos(0)), fc.constant(nanos(2e9))),
        schedule,
        method: fc.constantFrom('POST' as const, 'PUT' as const),
        path: fc.constantFrom('/', '/cart?items=3', '/a:b#c', '/{x}'),
        headers: fc.constantFrom({}, { accept: '*/*', 'x-a': ' # "b"' }),
        ...noBody,
        targets: fc.constantFrom(
          [],
          [
            { weight: 9, path: '/a' },
            { weight: 1, method: 'PUT' as const, payload: bytes(1000), headers: { host: 'b' } },
          ],
        ),
        warmup: fc.oneof(time, fc.constant(nanos(0))),
        duration: fc.constant(nanos(3600e9)),
        timeout: time,
      },
      PLAIN,
    ),
    runtime: fc
      .record(
        { name: fc.constantFrom(...RUNTIME_NAMES), network: fc.constant('own' as const), seccomp: fc.boolean() },
        PLAIN,
      )
      .map((any) => ({ ...any, seccomp: any.seccomp || any.name === 'sandbox' })),
    app: fc.record(
      {
        delay,
        payload: size,
        stalls: fc.constantFrom([], [{ at: nanos(0), for: nanos(5e8) }]),
        reset: every,
        close: every,
        work: fc.oneof(fc.constantFrom(nanos(0), nanos(30e3))),
        keepAliveTimeout: time,
        version: fc.constantFrom('v1', 'a.b-c_d'),
      },
      PLAIN,
    ),
    thrift: fc.constant(DEFAULT_SETTINGS.thrift),
    events: fc.constantFrom([], [{ at: nanos(1e9), pause: 'server.app', for: nanos(25e7) }]),
  },
  PLAIN,
);

describe('settings in the words of a scenario', () => {
  test('read as a file they are the same settings', () => {
    fc.assert(
      fc.property(settings, (one) => {
        const file = { question: 'What?', variants: { only: {} }, trials: 1, ...describeSettings(one) };
        assert.deepEqual(parseScenario(JSON.stringify(file), 'test.yaml').base, one);
      }),
      { numRuns: 300 },
    );
  });

  test('are as short as a person would write them', () => {
    assert.deepEqual(describeSettings(scenarioWith('app: { delay: 1500us }').base), {
      mesh: {
        outbound: 'none',
        inbound: 'none',
        originalSource: false,
        conntrack: true,
        exempt: 'mark',
        tls: 'none',
        telemetry: { accessLog: false, tracing: '0%', scrape: 0, stats: 'few' },
        envoy: { concurrency: 1 },
      },
      load: {
        rate: '2000/s',
        connections: 32,
        schedule: 'constant',
        method: 'GET',
        path: '/',
        payload: 0,
        warmup: '2s',
        duration: '5s',
        timeout: '10s',
      },
      app: {
        delay: '1500us',
        payload: '1kB',
        stalls: [],
        reset: 'never',
        close: 'never',
        keepAliveTimeout: 0,
        version: 'v1',
      },
      events: [],
    });
  });
});
