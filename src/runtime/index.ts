import type { Runtime } from './runtime.ts';
import { sandbox } from './sandbox/index.ts';

export type * from './runtime.ts';

/** Every runtime by name. A new one is a folder here and a line. */
export const RUNTIMES: Readonly<Record<Runtime['name'], Runtime>> = { sandbox };
