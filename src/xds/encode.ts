import type protobuf from 'protobufjs';
import { messageType } from './definitions.ts';

/** A message in the form in which Envoy's configuration is written: JSON with the names of the definitions. */
export type Json = Readonly<Record<string, unknown>>;

/** Encoded google.protobuf.Any. */
export interface Any {
  readonly type_url: string;
  readonly value: Uint8Array;
}

const PREFIX = 'type.googleapis.com/';

/**
 * Encodes what `@type` says that it is. Durations are text (`10s`), wrappers are their values, as in protobuf's own JSON.
 * @throws RangeError for a field or an enum's value that the definition does not have.
 */
export function encodeAny({ '@type': url, ...fields }: Json): Any {
  if (typeof url !== 'string' || !url.startsWith(PREFIX))
    throw new RangeError(`"${String(url)}" is no type of a message`);
  const type = messageType(url.slice(PREFIX.length));
  return { type_url: url, value: type.encode(message(type, fields)).finish() };
}

type Plain = Record<string, unknown>;

function message(type: protobuf.Type, value: Json): Plain {
  const result: Plain = {};
  for (const [name, one] of Object.entries(value)) {
    const field = type.fields[name];
    if (field === undefined) throw new RangeError(`${type.fullName} has no field ${name}`);
    if (one !== undefined) result[name] = several(field, one);
  }
  return result;
}

function several(field: protobuf.Field, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => single(field, one));
  if (!field.map) return single(field, value);
  return Object.fromEntries(Object.entries(value as Json).map(([key, one]) => [key, single(field, one)]));
}

function single(field: protobuf.Field, value: unknown): unknown {
  const type = field.resolvedType;
  if (type === null) return value;
  if (isEnum(type)) return enumValue(type, value);
  const special = SPECIAL[type.fullName];
  return special === undefined ? message(type, value as Json) : special(value);
}

function isEnum(type: protobuf.Type | protobuf.Enum): type is protobuf.Enum {
  return 'values' in type;
}

function enumValue(type: protobuf.Enum, value: unknown): number {
  const number = type.values[String(value)];
  if (number === undefined) throw new RangeError(`${type.fullName} has no value ${String(value)}`);
  return number;
}

const wrapped = (value: unknown): Plain => ({ value });

/** Messages that JSON writes in a way of their own. */
const SPECIAL: Readonly<Record<string, (value: unknown) => unknown>> = {
  '.google.protobuf.Any': (value) => encodeAny(value as Json),
  '.google.protobuf.Duration': (value) => duration(String(value)),
  '.google.protobuf.BoolValue': wrapped,
  '.google.protobuf.UInt32Value': wrapped,
  '.google.protobuf.UInt64Value': wrapped,
  '.google.protobuf.DoubleValue': wrapped,
  '.google.protobuf.StringValue': wrapped,
  '.google.protobuf.Struct': (value) => struct(value as Json),
};

/** `1.5s`, as protobuf's JSON writes durations. */
function duration(text: string): Plain {
  const match = /^(\d+)(?:\.(\d{1,9}))?s$/u.exec(text);
  if (match === null) throw new RangeError(`"${text}" is no duration`);
  return { seconds: Number(match[1]), nanos: Number((match[2] ?? '').padEnd(9, '0')) };
}

function struct(value: Json): Plain {
  return { fields: Object.fromEntries(Object.entries(value).map(([name, one]) => [name, structValue(one)])) };
}

/** By the names that protobufjs's own definition of it has. */
function structValue(value: unknown): Plain {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { listValue: { values: value.map(structValue) } };
  return { structValue: struct(value as Json) };
}
