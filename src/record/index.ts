export { histogramLog } from './hlog.ts';
export { isOfMachine } from './machine.ts';
export { readRecord } from './reader.ts';
export {
  type Certificate,
  CHECKS,
  type End,
  type Header,
  type RunRecord,
  SCHEMA_VERSION,
  type Trial,
  type Veto,
} from './schema.ts';
export { openRecord, type RecordWriter } from './writer.ts';
