import type { Runtime } from '../runtime.ts';
import { openWorld } from './world.ts';

/** Hosts as namespaces of this machine: no daemon, no image, no root. */
export const sandbox: Runtime = { name: 'sandbox', open: openWorld };
