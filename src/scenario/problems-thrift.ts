import { isDeepStrictEqual } from 'node:util';
import { clientOf } from './components.ts';
import { DEFAULT_SETTINGS } from './defaults.ts';
import type { Path } from './finding.ts';
import type { Breach, Rule } from './rule.ts';
import type { Settings, Workload } from './scenario.ts';

/** What says what an HTTP request is, and a Thrift call has no place for; its payload is the argument. */
const HTTP_FIELDS = ['method', 'path', 'headers', 'body', 'targets'] as const;

const DIRECTIONS = ['mesh.preset', 'mesh.outbound', 'mesh.inbound'];

/** What cannot be together with Thrift, or is not yet. */
export const THRIFT_RULES: readonly Rule[] = [
  {
    rule: 'thrift-http',
    reads: ['protocol', ...HTTP_FIELDS.map((field) => `load.${field}`), 'app.version'],
    problems: ofHttp,
  },
  { rule: 'thrift-tracing', reads: ['protocol', 'mesh.telemetry'], problems: tracing },
  { rule: 'thrift-calls', reads: ['protocol', 'topology'], problems: calls },
  { rule: 'thrift-headers', reads: ['protocol', 'thrift.headers', 'thrift.transport'], problems: headers },
  { rule: 'thrift-between', reads: ['protocol', 'thrift.between', ...DIRECTIONS], problems: between },
  {
    rule: 'thrift-fast',
    reads: [
      'protocol',
      'thrift.server',
      'thrift.call',
      'app.delay',
      'app.work',
      'app.stalls',
      'app.reset',
      'app.close',
      'app.keepAliveTimeout',
    ],
    problems: fast,
  },
];

/** What only HTTP has is at its default with Thrift. */
function ofHttp({ protocol, load, app }: Settings): readonly Breach[] {
  if (protocol !== 'thrift') return [];
  return [
    ...HTTP_FIELDS.filter((field) => !isDeepStrictEqual(load[field], DEFAULT_SETTINGS.load[field])).map((field) =>
      of(['load', field], 'is for HTTP; with Thrift thrift.call says what is called'),
    ),
    ...(app.version === 'v1' ? [] : [of(['app', 'version'], 'is for HTTP: Thrift replies carry no tag')]),
  ];
}

function tracing({ protocol, mesh }: Settings): readonly Breach[] {
  if (protocol !== 'thrift' || mesh.telemetry.tracing === 0) return [];
  return [of(['mesh', 'telemetry', 'tracing'], "is for HTTP: Envoy's thrift_proxy does not trace")];
}

/** Messages name no host: a sidecar tells services by their port alone. */
function calls({ protocol }: Settings, workloads: readonly Workload[]): readonly Breach[] {
  if (protocol !== 'thrift') return [];
  const client = clientOf(workloads);
  const caller = workloads.find((workload) => workload !== client && workload.calls.length > 0);
  if (caller !== undefined) {
    return [of(['protocol'], `is thrift, but ${caller.name} calls others, which services do by HTTP alone`)];
  }
  const ports = (client?.calls ?? []).map((name) => workloads.find((workload) => workload.name === name)?.port);
  if (new Set(ports).size === ports.length) return [];
  return [of(['protocol'], 'is thrift, but two services have one port: Thrift messages name no host to tell them by')];
}

function headers({ protocol, thrift }: Settings): readonly Breach[] {
  if (protocol !== 'thrift' || thrift.transport === 'header' || Object.keys(thrift.headers).length === 0) return [];
  return [of(['thrift', 'headers'], `need transport: header, but it is ${thrift.transport}`)];
}

function between({ protocol, thrift, mesh }: Settings): readonly Breach[] {
  if (protocol !== 'thrift' || thrift.between === 'same') return [];
  const missing = (['outbound', 'inbound'] as const).find((direction) => mesh[direction] === 'none');
  if (missing === undefined) return [];
  return [of(['thrift', 'between'], `is header, which needs sidecars at both ends, but ${missing} is none`)];
}

function fast({ protocol, thrift, app }: Settings): readonly Breach[] {
  if (protocol !== 'thrift' || thrift.server === 'library') return [];
  const delayed = app.delay.kind !== 'constant' || app.delay.value > 0 || app.work > 0 || app.stalls.length > 0;
  const breaks = app.reset !== undefined || app.close !== undefined || app.keepAliveTimeout > 0;
  return [
    ...(delayed || breaks
      ? [of(['thrift', 'server'], 'is fast, which knows no script but app.payload; use library')]
      : []),
    ...(thrift.call === 'echo'
      ? []
      : [of(['thrift', 'server'], `is fast, which answers echo alone, not ${thrift.call}`)]),
  ];
}

function of(path: Path, message: string): Breach {
  return { at: [path], message };
}
