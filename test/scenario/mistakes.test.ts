import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Complaint } from '../../src/scenario/index.ts';
import { complaintsOf, ROOT, withHead } from './support.ts';

/** Line and column, path, what was probably meant. */
type Place = readonly [place: string, path: string, suggestion?: string];

async function complaintsOfFile(name: string): Promise<readonly Complaint[]> {
  return complaintsOf(await readFile(join(ROOT, 'test/scenario/files', name), 'utf8'));
}

function places(complaints: readonly Complaint[]): readonly Place[] {
  return complaints.map(({ line, column, path, suggestion }) => {
    const place = `${line}:${column}`;
    return suggestion === undefined ? [place, path] : [place, path, suggestion];
  });
}

describe('mistakes of a scenario', () => {
  test('eight of eight kinds are each reported once, in the order of the file', async () => {
    assert.deepEqual(places(await complaintsOfFile('eight-mistakes.yaml')), [
      ['6:17', 'variants.outbound.mesh.outbound', 'listener'],
      ['8:13', 'variants.outbound.load.rate'],
      ['10:3', 'load.conections', 'connections'],
      ['11:9', 'load.rate'],
      ['12:11', 'load.warmup'],
      ['15:3', 'load.duration'],
      ['17:12', 'app.version'],
      ['20:14', 'thresholds[0].variant'],
    ]);
  });

  test('mistakes across the file are found beside mistakes of its parts', async () => {
    assert.deepEqual(places(await complaintsOfFile('follow-up-mistakes.yaml')), [
      ['2:1', 'questoin', 'question'],
      ['5:23', 'topology.workloads.client.calls[0]', 'server'],
      ['12:3', 'matrix.load.connection', 'load.connections'],
      ['13:21', 'matrix.load.rate[1]'],
      ['13:29', 'matrix.load.rate[2]'],
      ['14:1', 'rate', 'load.rate'],
      ['16:12', 'load.payload'],
      ['18:22', 'events[0].pause', 'server.app'],
      ['19:5', 'events[1]'],
      ['19:22', 'events[1].pause'],
      ['20:39', 'events[2].for'],
      ['22:15', 'thresholds[0].metric', 'responseNs.p90'],
      ['23:30', 'thresholds[1].below'],
    ]);
  });

  /** What stands from line 5 on, the one complaint that it must raise, and words that must be in it. */
  const single: readonly (readonly [text: string, place: Place, words: RegExp])[] = [
    ['load: { rate: 2000 }', ['5:15', 'load.rate'], /2000 has no unit; write it like 2000\/s/],
    ['load: { loop: closed, schedule: poisson }', ['5:33', 'load.schedule'], /no request is due at a time/],
    ['load: { loop: closed, timeout: 500ms }', ['5:32', 'load.timeout'], /closed loop is 1\.00 s at least/],
    ['load: { loop: closed }\nprotocol: thrift', ['5:15', 'load.loop'], /closed for http alone/],
    [
      'load: { loop: closed }\nthresholds: [{ metric: responseNs.p99, below: 5ms }]',
      ['6:24', 'thresholds[0].metric'],
      /verdict about a latency of direct, whose load\.loop is closed: a closed loop asks a slow system less/,
    ],
    ['load: { rate: 5s }', ['5:15', 'load.rate'], /"5s" is not a rate/],
    ['load: { rate: 1e3/s }', ['5:15', 'load.rate'], /with an exponent; write 1000\/s/],
    ['load: { rate: 0.0001/s }', ['5:15', 'load.rate'], /below the limit of 0\.001\/s/],
    ['load: { rate: [1/s] }', ['5:15', 'load.rate'], /must be a rate with its unit, like 2000\/s/],
    ['load: { duration: 2h }', ['5:19', 'load.duration'], /above the limit of 1h/],
    ['load: { duration: 0 }', ['5:19', 'load.duration'], /below the limit of 1ns/],
    ['load: { connections: 0 }', ['5:22', 'load.connections'], /must be at least 1$/],
    ['load: { connections: 1.5 }', ['5:22', 'load.connections'], /must be a whole number, not 1\.5/],
    ['load: { connections: many }', ['5:22', 'load.connections'], /a whole number, not the text "many"/],
    ['load: { path: cart }', ['5:15', 'load.path'], /must start with \//],
    ['load: { method: get }', ['5:17', 'load.method', 'GET'], /one of GET, POST, PUT, DELETE or HEAD/],
    ['load:', ['5:1', 'load'], /is empty; it must be a mapping/],
    ['load: []', ['5:7', 'load'], /must be a mapping \(key: value\), not a list/],
    ['load: { method: HEAD }', ['5:17', 'load.method'], /HEAD has no body, but app\.payload is 1kB/],
    ['load: { payload: 1kB, method: DELETE }', ['5:18', 'load.payload'], /DELETE request has no body/],
    ['load: { rate: 1000k/s, duration: 1h }', ['5:15', 'load.rate'], /3,602,000,000 requests.*1,000,000,000/],
    ['app: { delay: 5 }', ['5:15', 'app.delay'], /a duration like 5ms, \{exponential: 5ms\} or/],
    ['app: { delay: 5 sec }', ['5:15', 'app.delay'], /unknown unit "sec"/],
    ['app: { delay: { exponential: 5 } }', ['5:30', 'app.delay.exponential'], /5 has no unit/],
    ['app: { delay: { exponental: 5ms } }', ['5:17', 'app.delay.exponental', 'exponential'], /is not a field/],
    ['app: { delay: { uniform: [5ms] } }', ['5:26', 'app.delay.uniform'], /list|entries|missing/],
    ['app: { delay: { uniform: [5ms, 1ms] } }', ['5:26', 'app.delay.uniform'], /shorter duration first/],
    ['app: { reset: 5 }', ['5:15', 'app.reset'], /\{every: 100\} or never/],
    ['app: { close: { every: 0 } }', ['5:24', 'app.close.every'], /at least 1/],
    ['app: { stalls: [{ at: 1s }] }', ['5:17', 'app.stalls[0].for'], /is missing/],
    ['app: { stalls: [{ at: 4s, for: 2s }] }', ['5:17', 'app.stalls[0]'], /ends 6\.00 s after the start/],
    [
      'app: { stalls: [{ at: 1s, for: 2s }, { at: 2s, for: 1s }] }',
      ['5:38', 'app.stalls[1]'],
      /overlaps the one that begins at 1\.00 s/,
    ],
    ['mesh: { envoy: { version: 1.40 } }', ['5:27', 'mesh.envoy.version'], /text like "1\.40\.0"/],
    ['mesh: { envoy: { workers: 2 } }', ['5:18', 'mesh.envoy.workers'], /known here: version, concurrency/],
    ['events: [{ at: 1s, pause: server, for: 1s }]', ['5:27', 'events[0].pause'], /workload\.component/],
    ['events: [{ at: 4s, pause: server.app, for: 2s }]', ['5:10', 'events[0]'], /ends 6\.00 s/],
    ['events: [{ at: 1s, pause: client.envoy, for: 1s }]', ['5:27', 'events[0].pause'], /in the variant direct/],
    ['events: 1s', ['5:9', 'events'], /must be a list/],
    ['trials: 0', ['5:9', 'trials'], /at least 1/],
    ['trials: 1001', ['5:9', 'trials'], /at most 1000/],
    ['tolerance: 5', ['5:12', 'tolerance'], /share in per cent, like 5%/],
    ['tolerance: 120%', ['5:12', 'tolerance'], /between 0% and 100%/],
    ['protocol: http3', ['5:11', 'protocol', 'http'], /must be one of http, http2, grpc or thrift, not "http3"/],
    ['placement: { load: all }', ['5:20', 'placement.load'], /auto or a list of processor numbers/],
    ['placement: { load: [0.5] }', ['5:21', 'placement.load[0]'], /whole number/],
    ['needs: { core: 4 }', ['5:10', 'needs.core', 'cores'], /is not a field/],
    ['limits: { time: 8d }', ['5:17', 'limits.time'], /unknown unit "d"/],
    ['trials: 1000\nload: { duration: 1h }', ['5:9', 'trials'], /makes a run of .*; the limit is/],
    ['topology: { workloads: {} }', ['5:24', 'topology.workloads'], /at least 1 entry/],
    ['topology: {}', ['5:1', 'topology.workloads'], /is missing/],
    ['topology: { workloads: { server: { port: 8080 } } }', ['5:13', 'topology.workloads'], /must have a client/],
    ['topology: { workloads: { a: { port: 80 } } }', ['5:37', 'topology.workloads.a.port'], /at least 1024/],
    [
      'topology: { workloads: { a: {}, b: { port: 8080 } } }',
      ['5:26', 'topology.workloads.a'],
      /must name the service/,
    ],
    [
      'topology: { workloads: { a: { calls: [c] }, b: { calls: [c] }, c: { port: 8080 } } }',
      ['5:45', 'topology.workloads.b'],
      /second client beside "a"/,
    ],
    [
      'topology: { workloads: { a: { calls: [b] }, b: { port: 8080, calls: [b] } } }',
      ['5:62', 'topology.workloads.b.calls'],
      /goes round in a circle: b → b/,
    ],
    [
      'topology: { workloads: { a: { calls: [b] }, b: { port: 8080 }, collector: { port: 8081 } } }',
      ['5:64', 'topology.workloads.collector'],
      /the name of the host that takes spans/,
    ],
    [
      'topology: { workloads: { a: { calls: [b] }, b: { port: 15006 } } }',
      ['5:56', 'topology.workloads.b.port'],
      /is a port of sidecars/,
    ],
    ['mesh: { inbound: redirect, conntrack: false }', ['5:39', 'mesh.conntrack'], /inbound is redirect/],
    ['mesh: { conntrack: false }', ['5:20', 'mesh.conntrack'], /no direction is tproxy/],
    ['mesh: { originalSource: true }', ['5:25', 'mesh.originalSource'], /needs inbound: tproxy, but inbound is none/],
    ['mesh: { inbound: listener, tls: mutual }', ['5:33', 'mesh.tls'], /sidecars at both ends, but outbound is none/],
    ['mesh: { preset: linkerd }', ['5:17', 'mesh.preset'], /must be one of istio or istio-tproxy/],
    ['mesh: { telemetry: { tracing: 1 } }', ['5:31', 'mesh.telemetry.tracing'], /must be a share in per cent/],
    ['mesh: { envoy: { cpuLimit: 0 } }', ['5:28', 'mesh.envoy.cpuLimit'], /at least 0\.01/],
    ['thresholds: [{ below: 5ms }]', ['5:14', 'thresholds[0].metric'], /is missing/],
    ['thresholds: [{ metric: errors, below: 0% }]', ['5:39', 'thresholds[0].below'], /must be above 0/],
    ['thresholds: [{ metric: responseNs.p99, below: 5 }]', ['5:47', 'thresholds[0].below'], /5 has no unit; .*5ms/],
    ['thresholds: [{ metric: rssBytes, below: true }]', ['5:41', 'thresholds[0].below'], /value with its unit/],
    ['matrix: { load.rate: [] }', ['5:22', 'matrix.load.rate'], /at least 1 entry/],
    ['matrix: { load.rate: 5/s }', ['5:22', 'matrix.load.rate'], /must be a list/],
    ['matrix: { load: [1] }', ['5:11', 'matrix.load'], /is not a field/],
    ['matrix: { mesh.outbound: [none] }', ['4:23', 'variants.outbound.mesh.outbound'], /axis of the matrix too/],
    ['matrix: { load.connections: [1, 1] }', ['5:33', 'matrix.load.connections[1]'], /same as number 1/],
    [`matrix: { load.path: [/${'a'.repeat(64)}] }`, ['5:23', 'matrix.load.path[0]'], /too long to name a variant/],
    [
      `matrix: { load.connections: [${Array.from({ length: 100 }, (_, i) => i + 1)}], trials: [1] }`.replace(
        ', trials: [1]',
        ', load.method: [GET, DELETE]',
      ),
      ['5:1', 'matrix'],
      /makes 400 variants \(2 at 200 points\); the limit is 200/,
    ],
    [
      'matrix: { load.duration: [1s, 5s] }\napp: { stalls: [{ at: 1s, for: 1s }] }',
      ['6:17', 'app.stalls[0]'],
      /ends 2\.00 s/,
    ],
    ['matrix: { load.method: [POST, GET] }\nload: { payload: 1kB }', ['5:31', 'matrix.load.method[1]'], /GET request/],
    ['description: "a\\eb"', ['5:14', 'description'], /control characters/],
    ['description: "\\u202Etxt.exe"', ['5:14', 'description'], /control characters/],
    ['5: x', ['5:1', '5'], /is not a field/],
    ['true: x', ['5:1', 'true'], /is not a field/],
    ['? [a, b]\n: c', ['5:3', ''], /key that is not text/],
    ['__proto__: { trials: 3 }', ['5:1', ''], /"__proto__", which is not allowed/],
    ['load: { constructor: 1 }', ['5:9', 'load'], /"constructor", which is not allowed/],
    ['<<: { trials: 3 }', ['5:1', ''], /merge key/],
    ['trials: !!int 3', ['5:15', 'trials'], /has a tag/],
    ['trials: !js 3', ['5:13', 'trials'], /has a tag/],
    ['trials: &a 3', ['5:12', 'trials'], /anchor or an alias/],
    ['trials: 3\n---\ntrials: 4', ['6:1', ''], /more than one document/],
    ['load: { rate: 5/s', ['6:1', ''], /is not YAML/],
    ['load:\n\trate: 5/s', ['6:1', ''], /tab; YAML needs spaces/],
  ];
  for (const [text, place, words] of single) {
    test(`one complaint for ${text.slice(0, 80).replaceAll('\n', '⏎')}`, () => {
      const complaints = complaintsOf(withHead(`${text}\n`));
      assert.deepEqual(places(complaints), [place], JSON.stringify(complaints));
      assert.match(complaints[0]?.message ?? '', words);
    });
  }

  /** Files without the usual head. */
  const whole: readonly (readonly [text: string, expected: readonly Place[]])[] = [
    ['', [['1:1', '']]],
    ['# nothing', [['1:1', '']]],
    ['just text', [['1:1', '']]],
    ['[]', [['1:1', '']]],
    [
      '{}',
      [
        ['1:1', 'question'],
        ['1:1', 'variants'],
      ],
    ],
    ['question: What?\nvariants: {}', [['2:11', 'variants']]],
    ['question: What?\nvariants:', [['2:1', 'variants']]],
    [
      'question: [What]\nvariants: { Direct: {} }',
      [
        ['1:11', 'question'],
        ['2:13', 'variants.Direct'],
      ],
    ],
    ['question: "a\\nb"\nvariants: { a: }', [['1:11', 'question']]],
  ];
  for (const [text, expected] of whole) {
    test(`a file that holds ${JSON.stringify(text)}`, () => assert.deepEqual(places(complaintsOf(text)), expected));
  }
});

describe('no complaint follows from another', () => {
  const cases: readonly (readonly [what: string, text: string, paths: readonly string[]])[] = [
    [
      'broken variants are not missed by a threshold',
      'question: What?\nvariants: *a\nthresholds: [{ metric: errors, variant: x, below: 1% }]',
      ['variants'],
    ],
    [
      'a broken workload is not missed by an event or a call',
      withHead(
        'topology: { workloads: { client: { calls: [server] }, server: { port: x } } }\n' +
          'events: [{ at: 1s, pause: server.app, for: 1s }]',
      ),
      ['topology.workloads.server.port'],
    ],
    [
      'a broken duration says nothing of events',
      withHead('load: { duration: 10 }\nevents: [{ at: 8s, pause: server.app, for: 1s }]'),
      ['load.duration'],
    ],
    ['a broken method says nothing of the payload', withHead('load: { method: SEND, payload: 1kB }'), ['load.method']],
    ['a syntax error hides what comes after it', 'question: What?\nvariants: { a: }\nload: { rate: [ }\nfoo: 1', ['']],
    ['a merge key may hold what is missing', '<<: { variants: {} }\nquestion: What?', ['']],
    ['a second value is not looked at', withHead('trials: 3\ntrials: many'), ['trials']],
  ];
  for (const [what, text, paths] of cases) {
    test(what, () => {
      const found = complaintsOf(text).map(({ path }) => path);
      assert.deepEqual([...new Set(found)], paths, JSON.stringify(complaintsOf(text)));
    });
  }
});
