import { BenchError } from '../../../units/index.ts';

/** An image of a registry by its content. */
export interface Reference {
  /** Without a tag: `registry:5000/envoyproxy/envoy`. */
  readonly name: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  /** What Docker knows it by: `name@digest`. */
  readonly exact: string;
}

/** Reads `name[:tag]@sha256:…`; the tag is for people. @throws BenchError usage for what names no content. */
export function parseReference(text: string): Reference {
  const [, name, digest] = /^([a-z0-9][a-z0-9./_:-]*?)(?::[\w][\w.-]{0,127})?@(sha256:[0-9a-f]{64})$/u.exec(text) ?? [];
  if (name !== undefined && digest !== undefined) return { name, digest, exact: `${name}@${digest}` };
  throw new BenchError(
    'usage',
    'IMAGE_REFERENCE',
    `${JSON.stringify(text.slice(0, 200))} names no image by its digest`,
    {
      hint: 'write name@sha256:<64 hexadecimal digits>: a tag alone can be another image tomorrow',
    },
  );
}
