/**
 * How a command can end, and the exit code that says so to a shell or a CI system.
 * `regression` also stands for a broken threshold.
 */
export const EXIT_CODE = {
  done: 0,
  internal: 1,
  usage: 2,
  preflight: 3,
  regression: 10,
  inconclusive: 11,
  invalid: 12,
  component: 20,
  interrupted: 130,
} as const;

/** One name per way to end. */
export type ExitKind = keyof typeof EXIT_CODE;

/** The kinds that are raised as errors; the others are verdicts. */
export type BenchErrorKind = 'usage' | 'preflight' | 'component' | 'interrupted' | 'internal';

/**
 * An error that a person is meant to read: `message` says what is wrong and where, `hint` says what to do.
 * `code` is stable and can be searched for; `kind` decides the exit code.
 */
export class BenchError extends Error {
  readonly kind: BenchErrorKind;
  readonly code: string;
  readonly hint: string | undefined;

  constructor(kind: BenchErrorKind, code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'BenchError';
    this.kind = kind;
    this.code = code;
    this.hint = options.hint;
  }
}
