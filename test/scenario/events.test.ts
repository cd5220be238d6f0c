import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { describeSettings, parseScenario } from '../../src/scenario/index.ts';
import { nanos } from '../../src/units/index.ts';
import { complaintsOf } from './support.ts';

const scenario = (rest: string): string => `question: What happens?\nvariants: { one: {} }\n${rest}`;
const XDS =
  'controlPlane: { kind: xds, sidecars: 4, crowd: 7 }\nmesh: { outbound: listener }\nservices: { count: 5 }\n';
const said = (text: string): string =>
  complaintsOf(scenario(text))
    .map(({ path, message }) => `${path} ${message}`)
    .join('\n');

describe('events of a control plane', () => {
  test('go to groups by shares of services, namespaces or clusters', () => {
    const places = XDS.replace('sidecars: 4', 'sidecars: 4, namespaces: 2, clusters: 2');
    const text = `${places}events:
  - { at: 1s, push: route, shares: [25%, 100%], by: service }
  - { at: 3s, push: bad-route, groups: 2, by: namespace }\n`;
    const { base } = parseScenario(scenario(text), 'a.yaml');
    assert.deepEqual(base.events, [
      push({ at: 1e9, what: 'route', groups: 2, by: 'service', shares: [0.25, 1] }),
      push({ at: 3e9, what: 'bad-route', groups: 2, by: 'namespace' }),
    ]);
    const again = JSON.stringify({ question: 'The same?', variants: { one: {} }, ...describeSettings(base) });
    assert.deepEqual(parseScenario(again, 'a.yaml').base, base);
  });

  test('are read, and described in words that are read as the same', () => {
    const text = `${XDS}events:
  - { at: 1s, kill: control-plane.xds, for: 500ms }
  - { at: 2s, push: endpoint, every: 100ms, for: 1s }
  - { at: 3s, push: bad-route, groups: 4 }\n`;
    const { base } = parseScenario(scenario(text), 'a.yaml');
    assert.deepEqual(base.events, [
      { kind: 'kill', at: nanos(1e9), target: 'control-plane.xds', for: nanos(5e8) },
      push({ at: 2e9, what: 'endpoint', every: 1e8, for: 1e9 }),
      push({ at: 3e9, what: 'bad-route', groups: 4 }),
    ]);
    const again = JSON.stringify({ question: 'The same?', variants: { one: {} }, ...describeSettings(base) });
    assert.deepEqual(parseScenario(again, 'a.yaml').base, base);
  });

  const mistakes: readonly (readonly [name: string, text: string, words: RegExp])[] = [
    ['nothing that happens', 'events: [{ at: 1s, for: 1s }]', /one of pause, kill and push/u],
    [
      'two at once',
      'events: [{ at: 1s, pause: server.app, kill: server.app, for: 1s }]',
      /one of pause, kill and push/u,
    ],
    ['a pause without an end', 'events: [{ at: 1s, pause: server.app }]', /needs for/u],
    ['a pause in groups', 'events: [{ at: 1s, pause: server.app, for: 1s, groups: 2 }]', /is about a push/u],
    ['the application killed', 'events: [{ at: 1s, kill: server.app, for: 1s }]', /the control plane alone/u],
    ['a push without a control plane', 'events: [{ at: 1s, push: route }]', /needs controlPlane\.kind: xds/u],
    ['a push that is repeated for ever', `${XDS}events: [{ at: 1s, push: route, every: 1s }]`, /both for and every/u],
    ['more groups than sidecars', `${XDS}events: [{ at: 1s, push: route, groups: 5 }]`, /which is 4/u],
    [
      'groups again and again',
      `${XDS}events: [{ at: 1s, push: route, groups: 2, every: 1s, for: 2s }]`,
      /not repeated/u,
    ],
    ['thousands of pushes', `${XDS}events: [{ at: 1s, push: route, every: 1ms, for: 2s }]`, /2000 pushes/u],
    ['groups and shares', `${XDS}events: [{ at: 1s, push: route, groups: 2, shares: [100%] }]`, /in place of groups/u],
    ['shares that fall', `${XDS}events: [{ at: 1s, push: route, shares: [50%, 25%, 100%] }]`, /must rise/u],
    ['shares that leave some out', `${XDS}events: [{ at: 1s, push: route, shares: [50%] }]`, /end with 100%/u],
    [
      'shares that tell nobody else',
      `${XDS}events: [{ at: 1s, push: route, shares: [1%, 2%, 100%] }]`,
      /nobody else in group 2: there are 4/u,
    ],
    [
      'more groups than namespaces',
      `${XDS}events: [{ at: 1s, push: route, groups: 2, by: namespace }]`,
      /controlPlane\.namespaces, which is 1/u,
    ],
    ['a push that is not over', `${XDS}events: [{ at: 4s, push: route, groups: 3 }]`, /ends 5\.50 s/u],
    [
      'a push while the control plane is away',
      `${XDS}events: [{ at: 1s, kill: control-plane.xds, for: 1s }, { at: 1500ms, push: route }]`,
      /overlaps/u,
    ],
    [
      'a service that is not there',
      'controlPlane: { kind: xds }\nmesh: { outbound: listener }\nevents: [{ at: 1s, push: service }]',
      /services\.count is 0/u,
    ],
    ['an unknown push', `${XDS}events: [{ at: 1s, push: rout }]`, /must be one of endpoint, service, route/u],
    [
      'further sidecars without a listener',
      'controlPlane: { kind: xds, sidecars: 2 }\nmesh: { outbound: redirect }',
      /listener/u,
    ],
    [
      'fewer sidecars than namespaces and clusters',
      `${XDS.replace('sidecars: 4', 'sidecars: 4, namespaces: 2, clusters: 3')}`,
      /cannot be spread over 6 of namespaces and clusters: there are 4/u,
    ],
    [
      'a server of endpoints beside a crowd',
      XDS.replace('kind: xds', 'kind: xds, eds: own'),
      /controlPlane\.eds must be same with a crowd/u,
    ],
    ['a server of endpoints alone', 'controlPlane: { eds: own }', /eds is own, which needs controlPlane\.kind: xds/u],
    [
      'a kill of a server of endpoints that there is not',
      `${XDS}events: [{ at: 1s, kill: control-plane.eds, for: 1s }]`,
      /names "control-plane\.eds"/u,
    ],
    ['namespaces without a control plane', 'controlPlane: { namespaces: 2 }', /needs controlPlane\.kind: xds/u],
    ['fewer connections than sidecars', `${XDS}load: { connections: 3 }`, /load\.connections, which is 3/u],
    ['further sidecars without a control plane', 'controlPlane: { sidecars: 2 }', /needs controlPlane\.kind: xds/u],
    ['a crowd without a control plane', 'controlPlane: { crowd: 2 }', /needs controlPlane\.kind: xds/u],
    [
      'the name of a further sidecar',
      `${XDS}topology: { workloads: { client: { calls: [client-2] }, client-2: { port: 8080 } } }`,
      /name of a further sidecar/u,
    ],
  ];
  for (const [name, text, words] of mistakes) test(`refused: ${name}`, () => assert.match(said(text), words));
});

function push(own: {
  readonly at: number;
  readonly what: string;
  every?: number;
  for?: number;
  groups?: number;
  by?: string;
  shares?: readonly number[];
}): object {
  const { at, what, every = 0, for: length = 0, groups = 1, by = 'sidecar', shares } = own;
  return {
    kind: 'push',
    at,
    what,
    every,
    for: length,
    groups,
    by,
    shares,
    watch: 5e8,
    abort: 0.01,
    order: 'make-before-break',
    late: 0,
  };
}
