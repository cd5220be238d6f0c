export { CLIENT_PREFACE, goaway, type Outgoing, outgoing, ownSettings, resetStream } from './frames.ts';
export { encodeBlock } from './hpack-encoder.ts';
export { errorName, Http2Error, LARGEST_STREAM, SETTING } from './names.ts';
export { Http2Session, type StreamHandlers } from './session.ts';
export type { Field } from './static-table.ts';
