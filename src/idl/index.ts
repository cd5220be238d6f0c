export { encodeArguments } from './encode.ts';
export { type FoundMethod, findMethod } from './find.ts';
export type { Idl } from './model.ts';
export { readIdl } from './parse.ts';
export { encodeCall } from './proto.ts';
