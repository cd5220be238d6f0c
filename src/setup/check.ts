/** One line of `meshbench doctor`. */
export interface Check {
  readonly name: string;
  /** `warn`: runs work, but something is missing or figures may suffer. `fail`: runs are refused. */
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  readonly remedy?: string;
}

export function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail };
}

export function warn(name: string, detail: string, remedy: string): Check {
  return { name, status: 'warn', detail, remedy };
}

export function fail(name: string, detail: string, remedy: string): Check {
  return { name, status: 'fail', detail, remedy };
}
