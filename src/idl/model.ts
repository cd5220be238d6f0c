/** A type as an IDL file writes it. */
export type ThriftType =
  | { readonly kind: 'bool' | 'byte' | 'i16' | 'i32' | 'i64' | 'double' | 'string' | 'binary' | 'uuid' }
  | { readonly kind: 'list' | 'set'; readonly element: ThriftType }
  | { readonly kind: 'map'; readonly key: ThriftType; readonly value: ThriftType }
  | { readonly kind: 'named'; readonly name: string; readonly line: number };

/** A field of a struct, an argument of a method, or one of its exceptions. */
export interface Field {
  readonly id: number;
  readonly name: string;
  readonly type: ThriftType;
  readonly required: boolean;
}

/** What a name stands for. Unions and exceptions are structs here; of a union one field is set. */
export type Definition =
  | { readonly kind: 'struct' | 'union'; readonly fields: readonly Field[] }
  | { readonly kind: 'enum'; readonly values: ReadonlyMap<string, number> }
  | { readonly kind: 'typedef'; readonly type: ThriftType };

export interface Method {
  readonly name: string;
  readonly oneway: boolean;
  /** Undefined for void. */
  readonly returns: ThriftType | undefined;
  readonly args: readonly Field[];
  readonly throws: readonly Field[];
}

export interface ThriftService {
  readonly name: string;
  readonly base: string | undefined;
  readonly methods: readonly Method[];
}

/** One IDL file, as far as calls need it. */
export interface Idl {
  readonly file: string;
  readonly definitions: ReadonlyMap<string, Definition>;
  readonly services: ReadonlyMap<string, ThriftService>;
  /** Included files by the name before the dot. */
  readonly includes: ReadonlyMap<string, Idl>;
}
