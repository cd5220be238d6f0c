import type { AppSettings } from '../scenario/index.ts';
import { VERSION_HEADER } from '../wire/index.ts';

/** Names the service whose call failed, and why, in an answer 502. */
const FAILED_CALL_HEADER = 'x-failed-call';

/** The good answers, as text that Node writes without a copy of its own. */
export interface Answers {
  readonly stay: string;
  readonly leave: string;
  readonly head: string;
}

/** The good answers never change: they are built once. */
export function prepareAnswers(script: AppSettings): Answers {
  const head =
    'HTTP/1.1 200 OK\r\n' +
    `content-type: text/plain\r\ncontent-length: ${script.payload}\r\n` +
    `${VERSION_HEADER}: ${script.version}\r\n`;
  const body = 'x'.repeat(script.payload);
  return { stay: `${head}\r\n${body}`, leave: `${head}connection: close\r\n\r\n${body}`, head: `${head}\r\n` };
}

/** The answer where a service that had to be called did not answer well. */
export function badGateway(script: AppSettings, failure: string, leave: boolean): string {
  return (
    'HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n' +
    `${VERSION_HEADER}: ${script.version}\r\n${FAILED_CALL_HEADER}: ${failure}\r\n` +
    `${leave ? 'connection: close\r\n' : ''}\r\n`
  );
}
