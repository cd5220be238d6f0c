import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { describeSettings, parseScenario } from '../../src/scenario/index.ts';
import { complaintsOf } from './support.ts';

const said = (text: string): string =>
  complaintsOf(text)
    .map(({ path, message }) => `${path} ${message}`)
    .join('\n');

const of = (controlPlane: string): string => `controlPlane: { ${controlPlane} }\nmesh: { outbound: redirect }\n`;
const XDS = of('kind: xds');
const ofIstiod = (push: string, crowd = 'crowd: 1'): string =>
  `${of(`kind: istiod, ${crowd}`)}events: [{ at: 1s, push: ${push} }]\n`;
const scenario = (rest: string): string => `question: Who tells?\nvariants: { one: {} }\n${rest}`;

describe('a control plane in a scenario', () => {
  test('is described in its own words, which are read as the same settings', () => {
    const { base } = parseScenario(
      scenario(`${XDS}services: { count: 500, endpoints: 3, ports: shared, lazy: true, visible: 4 }\n`),
      'a.yaml',
    );
    const text = JSON.stringify({ question: 'The same?', variants: { one: {} }, ...describeSettings(base) });
    assert.deepEqual(parseScenario(text, 'a.yaml').base, base);
    const { objects, called, ...services } = base.services;
    assert.equal(called, 'visible');
    assert.deepEqual(services, {
      kind: 'service-entry',
      count: 500,
      endpoints: 3,
      ports: 'shared',
      protocol: 'same',
      thriftShare: 0.5,
      rules: 0,
      lazy: true,
      visible: 4,
    });
    assert.deepEqual(objects, { path: '', list: [] });
  });

  test('can tell of services of HTTP and of Thrift in one mesh', () => {
    const { base } = parseScenario(
      scenario(`${XDS}services: { count: 9, protocol: mixed, thriftShare: 25% }\nthrift: { protocol: compact }`),
      'a.yaml',
    );
    assert.deepEqual([base.services.protocol, base.services.thriftShare], ['mixed', 0.25]);
    const text = JSON.stringify({ question: 'The same?', variants: { one: {} }, ...describeSettings(base) });
    assert.deepEqual(parseScenario(text, 'a.yaml').base, base);
  });

  test('can be paused by an event', () => {
    const events = 'events: [{ at: 1s, pause: control-plane.xds, for: 1s }]\n';
    assert.equal(parseScenario(scenario(`${XDS}${events}`), 'a.yaml').base.events.length, 1);
    assert.match(said(scenario(`mesh: { outbound: redirect }\n${events}`)), /control-plane\.xds/u);
  });

  test('that is istiod can be killed by an event, and what it needs be paused', () => {
    const events =
      'events: [{ at: 1s, kill: control-plane.istiod, for: 1s }, { at: 1s, pause: control-plane.etcd, for: 1s }]\n';
    assert.equal(parseScenario(scenario(`${of('kind: istiod')}${events}`), 'a.yaml').base.events.length, 2);
  });

  test('may be in containers, whichever it is', () => {
    for (const text of [XDS, of('kind: istiod')])
      assert.equal(parseScenario(scenario(`${text}runtime: { name: docker }\n`), 'a.yaml').base.runtime.name, 'docker');
  });

  const mistakes: readonly (readonly [name: string, text: string, words: RegExp])[] = [
    ['services that nobody tells of', 'services: { count: 5 }', /needs controlPlane\.kind: xds/u],
    ['lazy loading without it', 'services: { lazy: true }', /needs controlPlane\.kind: xds/u],
    ['no sidecar to configure', 'controlPlane: { kind: xds }', /mesh\.outbound is none/u],
    [
      'inbound sidecars',
      'controlPlane: { kind: xds }\nmesh: { preset: istio }',
      /must be none with xds, which configures outbound sidecars alone/u,
    ],
    ['gRPC', `${XDS}protocol: grpc`, /HTTP\/1\.1 and Thrift alone/u],
    ['Thrift on a shared port', `${XDS}protocol: thrift\nservices: { count: 9, ports: shared }`, /calls name no host/u],
    ['a crowd of Thrift', `${XDS.replace('xds', 'xds, crowd: 5')}protocol: thrift`, /crowd asks for HTTP/u],
    ['Thrift RDS without Thrift', `${XDS.replace('xds', 'xds, thriftRoutes: trds')}`, /needs services of Thrift/u],
    [
      'a crowd of services of either kind',
      `${XDS.replace('xds', 'xds, crowd: 5')}services: { count: 9, protocol: mixed }`,
      /crowd asks for HTTP/u,
    ],
    [
      'services of either kind on a shared port',
      `${XDS}services: { count: 9, protocol: mixed, ports: shared }`,
      /calls name no host/u,
    ],
    [
      'services of either kind told by istiod',
      `${XDS.replace('xds', 'istiod')}services: { count: 9, protocol: mixed }`,
      /protocol is mixed, but istiod is told of HTTP alone/u,
    ],
    [
      'services that speak Thrift and nobody tells of',
      'services: { protocol: thrift }',
      /services\.protocol needs controlPlane\.kind: xds/u,
    ],
    [
      'a share of what is not mixed',
      `${XDS}services: { count: 9, protocol: thrift, thriftShare: 10% }`,
      /needs services\.protocol: mixed/u,
    ],
    ['a network that all share', `${XDS}runtime: { network: shared }`, /must be own with a control plane/u],
    [
      'an access log',
      'controlPlane: { kind: xds }\nmesh: { outbound: redirect, telemetry: { accessLog: true } }',
      /leave it out/u,
    ],
    [
      'a port among those of services',
      `${XDS}services: { count: 10 }\ntopology: { workloads: { client: { calls: [server] }, server: { port: 20005 } } }`,
      /among the ports of services\.count, 20000 to 20009/u,
    ],
    [
      'its own port',
      `${XDS}topology: { workloads: { client: { calls: [server] }, server: { port: 15010 } } }`,
      /port of the control plane/u,
    ],
    [
      'its own name',
      'topology: { workloads: { client: { calls: [control-plane] }, control-plane: { port: 8080 } } }',
      /host of the control plane/u,
    ],
    [
      'Services of Kubernetes without istiod',
      `${XDS}services: { count: 2, kind: kubernetes }`,
      /of which only istiod is told/u,
    ],
    ['a version of none', `${XDS.replace('xds', 'xds, version: "1.30"')}`, /needs controlPlane\.kind: istiod/u],
    ['istiod without a sidecar', 'controlPlane: { kind: istiod }', /is istiod, but there is no sidecar/u],
    ['a time-out that istiod decides', of('kind: istiod, fetchTimeout: 1s'), /must be 0 with istiod/u],
    ['what is not shown, with istiod', of('kind: istiod, unknown: black-hole'), /must be passthrough with istiod/u],
    ['a push of istiod of which nobody tells', ofIstiod('route', 'crowd: 0'), /needs controlPlane\.crowd: 1/u],
    ['a push of istiod in groups', ofIstiod('route, groups: 2'), /groups must be 1 with istiod/u],
    ['a push of istiod in an order', ofIstiod('route, order: routes-first'), /order must be left out with istiod/u],
    ['a push of istiod that is late', ofIstiod('route, late: 1s'), /late must be left out with istiod/u],
    [
      'a push that is not shown',
      `${ofIstiod('endpoint')}services: { count: 5, lazy: true }`,
      /needs services\.lazy: false/u,
    ],
    [
      'sidecars of istiod in several clusters',
      'controlPlane: { kind: istiod, sidecars: 2, clusters: 2 }\nmesh: { outbound: listener }',
      /clusters must be 1 with istiod/u,
    ],
    [
      'inbound sidecars of istiod that are led to otherwise',
      'controlPlane: { kind: istiod }\nmesh: { outbound: tproxy, inbound: tproxy }',
      /must be none with istiod, or redirect as mesh\.outbound is/u,
    ],
    [
      'a hidden service that is not left out',
      `${XDS}services: { called: hidden }`,
      /hidden, which needs services\.lazy: true/u,
    ],
    [
      'a hidden service behind a listener',
      'controlPlane: { kind: xds }\nmesh: { outbound: listener }\nservices: { lazy: true, called: hidden }',
      /needs mesh\.outbound: redirect or tproxy/u,
    ],
    [
      'clusters on demand in state of the world',
      'controlPlane: { kind: xds, protocol: sotw, unknown: on-demand }\nmesh: { outbound: redirect }\nservices: { lazy: true }',
      /on-demand, which needs controlPlane\.protocol: delta/u,
    ],
    [
      'the name of the central proxy',
      'controlPlane: { kind: xds, unknown: central }\nmesh: { outbound: redirect }\nservices: { lazy: true }\ntopology: { workloads: { client: { calls: [central] }, central: { port: 8080 } } }',
      /name of a further sidecar, of the crowd or of the central proxy/u,
    ],
    ['too many services', `${XDS}services: { count: 20000 }`, /at most 10000/u],
  ];
  for (const [name, text, words] of mistakes) {
    test(`refuses ${name}`, () => assert.match(said(scenario(text)), words));
  }
});
