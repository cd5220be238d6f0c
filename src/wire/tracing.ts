const CR = 13;
const LF = 10;
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

/** The lines of a head (from its first line to behind its empty one) that lead a trace on, ready for another head. */
export function tracingLines(bytes: Buffer, start: number, end: number): string {
  let lines = '';
  let lineStart = bytes.indexOf(LF, start) + 1;
  while (lineStart > 0 && lineStart < end) {
    const lineEnd = bytes.indexOf(LF, lineStart);
    if (lineEnd < 0 || lineEnd >= end) break;
    if (leadsOn(bytes, lineStart)) {
      const stop = bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
      lines += `${bytes.toString('latin1', lineStart, stop)}\r\n`;
    }
    lineStart = lineEnd + 1;
  }
  return lines;
}

/** Told by the first letter before a name is made text: most headers are none of these. */
function leadsOn(bytes: Buffer, at: number): boolean {
  const first = (bytes[at] ?? 0) | 32;
  if (first !== 120 && first !== 116 && first !== 98) return false;
  for (let length = 2; length <= LONGEST_NAME; length += 1) {
    if (bytes[at + length] === COLON)
      return TRACING_HEADERS.has(bytes.toString('latin1', at, at + length).toLowerCase());
  }
  return false;
}
