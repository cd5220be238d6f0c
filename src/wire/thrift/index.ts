export { readApplicationException } from './application-exception.ts';
export { encodeBytesField } from './bytes-field.ts';
export { FIRST_SEQUENCE_ID, type MessageSpec, PreparedMessage, SEQUENCE_IDS } from './message.ts';
export { ThriftMessageReader } from './message-reader.ts';
export {
  MAX_MESSAGE_BYTES,
  MESSAGE,
  ThriftError,
  type ThriftFormat,
  type ThriftProtocol,
  type ThriftTransport,
} from './names.ts';
