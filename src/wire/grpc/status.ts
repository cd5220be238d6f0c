/** Status codes (https://grpc.github.io/grpc/core/md_doc_statuscodes.html), by number. */
const STATUS = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

export type GrpcStatus = (typeof STATUS)[number];

/** The number of a status as its field says it. */
export function statusCode(name: GrpcStatus): string {
  return String(STATUS.indexOf(name));
}

/** What a failed answer said: number, name and message, which comes with its bytes as `%41` where they are not plain. */
export function statusText(code: string, message: string): string {
  const name = STATUS[Number(code)] ?? 'no status that there is';
  return `${code} ${name}${message === '' ? '' : `: ${plain(message)}`}`;
}

function plain(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}
