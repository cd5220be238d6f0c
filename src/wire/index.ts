export { FramingError, type Head, MAX_HEAD_BYTES, MessageReader, VERSION_HEADER } from './http1.ts';
