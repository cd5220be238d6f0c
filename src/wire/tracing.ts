const COLON = 58;

/** What an application passes on to those it calls, so that their spans join its caller's trace (Istio's documentation of tracing). */
const TRACING_HEADERS: ReadonlySet<string> = new Set([
  'x-request-id',
  'traceparent',
  'tracestate',
  'b3',
  'x-b3-traceid',
  'x-b3-spanid',
  'x-b3-parentspanid',
  'x-b3-sampled',
  'x-b3-flags',
]);
const LONGEST_NAME = Math.max(...Array.from(TRACING_HEADERS, ({ length }) => length));

/** Whether a header line leads a trace on. Told by the first letter before its name is made text: most are none of these. */
export function isTracingLine(bytes: Buffer, at: number): boolean {
  const first = (bytes[at] ?? 0) | 32;
  if (first !== 120 && first !== 116 && first !== 98) return false;
  for (let length = 2; length <= LONGEST_NAME; length += 1) {
    if (bytes[at + length] === COLON)
      return TRACING_HEADERS.has(bytes.toString('latin1', at, at + length).toLowerCase());
  }
  return false;
}
