import protobuf from 'protobufjs';
import { BenchError } from '../units/index.ts';

/**
 * The message of a unary call, encoded: `method` is `package.Service/Method` of a .proto file, which is read with what it
 * imports; `data` has the message's fields by their names in the file, in protobuf's JSON (bytes in base64).
 * @throws BenchError usage for a file that cannot be read, a method that is not there or streams, and data that does not fit.
 */
export async function encodeCall(file: string, method: string, data: unknown): Promise<Buffer> {
  const root = await new protobuf.Root().load(file, { keepCase: true }).catch((cause: Error) => {
    throw refused(`${file}: ${cause.message}`, 'give --proto a .proto file, with what it imports beside it');
  });
  const type = requestType(root, file, method);
  const fields = `${type.name} has ${Object.keys(type.fields).join(', ') || 'no fields'}`;
  if (!isObject(data)) throw refused('--data is no JSON object', fields);
  const strange = unknownFields(type, data, '');
  if (strange.length > 0) throw refused(`--data has ${strange.join(', ')}, which ${type.name} does not`, fields);
  const said = type.verify(type.fromObject(data));
  if (said !== null) throw refused(`--data does not fit ${type.name}: ${said}`, fields);
  return Buffer.from(type.encode(type.fromObject(data)).finish());
}

function requestType(root: protobuf.Root, file: string, name: string): protobuf.Type {
  const methods = allMethods(root);
  const method = methods.find((one) => nameOf(one) === name);
  if (method === undefined)
    throw refused(`${file} has no method "${name}"`, `there are: ${methods.map(nameOf).join(', ')}`);
  if (method.requestStream === true || method.responseStream === true) {
    throw refused(`${name} streams, and only unary calls are made`, 'choose a method without `stream`');
  }
  method.resolve();
  if (method.resolvedRequestType === null) throw refused(`${file} lacks the message of ${name}`, 'import its file');
  return method.resolvedRequestType;
}

function allMethods(space: protobuf.NamespaceBase): readonly protobuf.Method[] {
  return space.nestedArray.flatMap((nested) => {
    if (nested instanceof protobuf.Service) return nested.methodsArray;
    return nested instanceof protobuf.Namespace ? allMethods(nested) : [];
  });
}

/** As calls name it. */
function nameOf(method: protobuf.Method): string {
  return `${(method.parent?.fullName ?? '').slice(1)}/${method.name}`;
}

function unknownFields(type: protobuf.Type, data: Readonly<Record<string, unknown>>, at: string): readonly string[] {
  return Object.entries(data).flatMap(([name, value]) => {
    const field = type.fields[name];
    if (field === undefined) return [`"${at}${name}"`];
    const inner = field.resolve().resolvedType;
    if (!(inner instanceof protobuf.Type) || field.map) return [];
    const values = Array.isArray(value) ? value : [value];
    return values.filter(isObject).flatMap((one) => unknownFields(inner, one, `${at}${name}.`));
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(message: string, hint: string): BenchError {
  return new BenchError('usage', 'PROTO', message, { hint });
}
