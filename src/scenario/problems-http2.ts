import { isDeepStrictEqual } from 'node:util';
import { clientOf } from './components.ts';
import { DEFAULT_SETTINGS } from './defaults.ts';
import type { Path } from './finding.ts';
import type { Breach, Rule } from './rule.ts';
import type { Settings, Workload } from './scenario.ts';

/** What says what an HTTP request is, and a gRPC call has no place for; its headers are metadata, its payload the argument. */
const HTTP_FIELDS = ['method', 'path', 'body', 'targets'] as const;

/** What cannot be together with HTTP/2 and gRPC, or is not yet. */
export const HTTP2_RULES: readonly Rule[] = [
  { rule: 'http2-calls', reads: ['protocol', 'topology'], problems: calls },
  { rule: 'grpc-http', reads: ['protocol', ...HTTP_FIELDS.map((field) => `load.${field}`)], problems: ofHttp },
];

function calls({ protocol }: Settings, workloads: readonly Workload[]): readonly Breach[] {
  if (protocol !== 'http2' && protocol !== 'grpc') return [];
  const client = clientOf(workloads);
  const caller = workloads.find((workload) => workload !== client && workload.calls.length > 0);
  if (caller === undefined) return [];
  return [of(['protocol'], `is ${protocol}, but ${caller.name} calls others, which services do by HTTP/1.1 alone`)];
}

function ofHttp({ protocol, load }: Settings): readonly Breach[] {
  if (protocol !== 'grpc') return [];
  return HTTP_FIELDS.filter((field) => !isDeepStrictEqual(load[field], DEFAULT_SETTINGS.load[field])).map((field) =>
    of(['load', field], 'is for HTTP; with gRPC grpc.call says what is called'),
  );
}

function of(path: Path, message: string): Breach {
  return { at: [path], message };
}
