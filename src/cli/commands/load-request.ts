import type { GrpcRequest, Requests, ThriftRequest } from '../../load/index.ts';
import type { CheckedTarget } from '../../run/index.ts';
import { DEFAULT_SETTINGS, type LoadSettings, messagesOf, type ProtocolName } from '../../scenario/index.ts';
import { BenchError, type Bytes, printBytes } from '../../units/index.ts';

/** Flags that say what is sent; which of them may be there depends on the URL. */
export interface RequestFlags {
  readonly method?: string;
  readonly payload?: Bytes;
  readonly body?: string;
  readonly targets?: string;
  readonly transport?: ThriftRequest['format']['transport'];
  readonly protocol?: ThriftRequest['format']['protocol'];
  readonly idl?: string;
  readonly service?: string;
  readonly multiplexed?: boolean;
  readonly args?: string;
  readonly header?: readonly string[];
  readonly pipeline?: number;
  readonly streams?: number;
  readonly proto?: string;
  readonly data?: string;
}

const METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD'];
const HTTP_ONLY = ['payload', 'body', 'targets'] as const;
/** Flags that not every protocol has, by those that have them. */
const OWN: Readonly<Record<ProtocolName, readonly (keyof RequestFlags)[]>> = {
  http: HTTP_ONLY,
  http2: [...HTTP_ONLY, 'streams'],
  grpc: ['streams', 'proto', 'data'],
  thrift: ['transport', 'protocol', 'idl', 'service', 'multiplexed', 'args', 'pipeline'],
};

/**
 * The settings of a load that say what is sent, as a scenario would write them. What Thrift sends stands in an IDL file.
 * @throws BenchError usage for flags of another protocol.
 */
export function writtenFor({ protocol, path }: CheckedTarget, flags: RequestFlags): Record<string, string | undefined> {
  const foreign = [...new Set(Object.values(OWN).flat())].filter(
    (name) => flags[name] !== undefined && !OWN[protocol].includes(name),
  );
  if (foreign.length > 0) throw refused(foreign.map(ownedBy).join('; '));
  if (protocol === 'thrift' || protocol === 'grpc') return {};
  const { method, payload, body, targets, header } = flags;
  return {
    'load.method': method === undefined ? undefined : known(method),
    'load.path': JSON.stringify(path),
    'load.payload': payload === undefined ? undefined : printBytes(payload),
    'load.body': body === undefined ? undefined : JSON.stringify(body),
    'load.headers': header === undefined ? undefined : JSON.stringify(headersOf(header)),
    'load.targets': targets,
  };
}

function ownedBy(flag: keyof RequestFlags): string {
  const owners = Object.entries(OWN).filter(([, flags]) => flags.includes(flag));
  return `--${flag}: for ${owners.map(([name]) => `${name}://`).join(' and ')} alone`;
}

function known(method: string): string {
  const upper = method.toUpperCase();
  if (METHODS.includes(upper)) return upper;
  throw refused(`--method "${method}" is not one of ${METHODS.join(', ')}`);
}

/** What is sent to a target, in the words of its protocol. @throws BenchError usage, with everything that is wrong. */
export async function requestTo(
  target: CheckedTarget,
  load: LoadSettings,
  flags: RequestFlags & { readonly seed: number },
): Promise<Requests> {
  const { protocol, authority } = target;
  const { seed, streams = DEFAULT_SETTINGS.http2.streams } = flags;
  switch (protocol) {
    case 'http':
      return { protocol, authority, messages: messagesOf(load), seed };
    case 'http2':
      return { protocol, authority, messages: messagesOf(load), seed, streams };
    case 'grpc':
      return grpcRequest(target, flags, streams);
    case 'thrift':
      return thriftRequest(target, flags);
  }
}

async function grpcRequest({ authority }: CheckedTarget, flags: RequestFlags, streams: number): Promise<GrpcRequest> {
  const { proto, method, data = '{}', header = [] } = flags;
  if (proto === undefined || method === undefined) {
    throw refused('a grpc:// URL needs --proto FILE and --method package.Service/Method');
  }
  // Commands that speak no gRPC need not wait for its library.
  const { encodeCall } = await import('../../idl/index.ts');
  const message = await encodeCall(proto, method, jsonOf('data', data));
  return {
    protocol: 'grpc',
    authority,
    path: `/${method}`,
    message: message.toString('base64'),
    headers: headersOf(header),
    streams,
  };
}

async function thriftRequest({ authority }: CheckedTarget, flags: RequestFlags): Promise<ThriftRequest> {
  const { idl, method, transport = 'framed', protocol = 'binary', service } = flags;
  if (idl === undefined || method === undefined) {
    throw refused('a thrift:// URL needs --idl FILE and --method NAME');
  }
  const headers = headersOf(flags.header ?? []);
  if (transport !== 'header' && Object.keys(headers).length > 0) throw refused('--header needs --transport header');
  // Commands that speak no Thrift need not wait for its library.
  const { encodeArguments, findMethod, readIdl } = await import('../../idl/index.ts');
  const found = findMethod(readIdl(idl), method, service);
  return {
    protocol: 'thrift',
    authority,
    format: { transport, protocol },
    call: flags.multiplexed === true ? `${found.service}:${method}` : method,
    method,
    oneway: found.method.oneway,
    returns: found.method.returns !== undefined,
    exceptions: Object.fromEntries(
      found.method.throws.map(({ id, name, type }) => [id, type.kind === 'named' ? type.name : name]),
    ),
    body: encodeArguments(found, jsonOf('args', flags.args ?? '{}'), protocol).toString('base64'),
    headers,
    pipeline: flags.pipeline ?? 1,
  };
}

function jsonOf(flag: 'args' | 'data', text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refused(`--${flag} is no JSON: ${cause instanceof Error ? cause.message : cause}`);
  }
}

function headersOf(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, key, value] = /^([^=]+)=(.*)$/u.exec(pair) ?? [];
      if (key === undefined || value === undefined) throw refused(`--header "${pair}" is not key=value`);
      return [key, value];
    }),
  );
}

function refused(message: string): BenchError {
  return new BenchError('usage', 'REQUEST_REFUSED', message, {
    hint: '`meshbench load --help` shows which flags each protocol has',
  });
}
