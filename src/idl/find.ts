import { BenchError } from '../units/index.ts';
import type { Definition, Idl, Method } from './model.ts';

/** A method with the file whose names its types are. */
export interface FoundMethod {
  readonly idl: Idl;
  readonly service: string;
  readonly method: Method;
}

/**
 * The method of this name, of the service that is named, or of the only one that has it; inherited ones too.
 * @throws BenchError usage, with what there is.
 */
export function findMethod(idl: Idl, name: string, service: string | undefined): FoundMethod {
  const services = [...idl.services.keys()];
  if (service !== undefined && !services.includes(service)) {
    throw unknown(`${idl.file} has no service "${service}"`, services);
  }
  const found = (service === undefined ? services : [service]).flatMap((one) => {
    const method = methodsOf(idl, one).find((candidate) => candidate.method.name === name);
    return method === undefined ? [] : [{ ...method, service: one }];
  });
  const [only, other] = found;
  if (only === undefined) {
    const names = (service === undefined ? services : [service]).flatMap((one) => methodsOf(idl, one));
    throw unknown(
      `no service of ${idl.file} has a method "${name}"`,
      names.map(({ method }) => method.name),
    );
  }
  if (other !== undefined) {
    throw unknown(
      `several services have a method "${name}"; choose one by --service`,
      found.map((one) => one.service),
    );
  }
  return only;
}

function methodsOf(idl: Idl, service: string, depth = 0): readonly { readonly idl: Idl; readonly method: Method }[] {
  const found = scope(idl, service);
  const own = found?.idl.services.get(found.name);
  if (found === undefined || own === undefined || depth > 20) return [];
  const inherited = own.base === undefined ? [] : methodsOf(found.idl, own.base, depth + 1);
  return [...own.methods.map((method) => ({ idl: found.idl, method })), ...inherited];
}

/** What a name of a type stands for, and the file whose names are in it. @throws BenchError usage */
export function definitionOf(
  idl: Idl,
  name: string,
  line: number,
): { readonly idl: Idl; readonly definition: Definition } {
  const found = scope(idl, name);
  const definition = found?.idl.definitions.get(found.name);
  if (found === undefined || definition === undefined) {
    throw new BenchError('usage', 'IDL_MALFORMED', `${idl.file}:${line}: there is no type "${name}"`);
  }
  return { idl: found.idl, definition };
}

/** `file.Name` is a name of an included file. */
function scope(idl: Idl, name: string): { readonly idl: Idl; readonly name: string } | undefined {
  const dot = name.indexOf('.');
  if (dot < 0) return { idl, name };
  const included = idl.includes.get(name.slice(0, dot));
  return included && { idl: included, name: name.slice(dot + 1) };
}

function unknown(message: string, choice: readonly string[]): BenchError {
  return new BenchError('usage', 'IDL_UNKNOWN', message, { hint: `there is ${choice.join(', ') || 'none'}` });
}
