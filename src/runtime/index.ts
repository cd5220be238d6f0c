import type { RuntimeName } from '../scenario/index.ts';
import { docker } from './docker/index.ts';
import type { Runtime } from './runtime.ts';
import { sandbox } from './sandbox/index.ts';

export { packImages, removeImages, sweepDocker } from './docker/index.ts';
export { CONTAINER_SAFETY, privilegesOf } from './docker/privileges.ts';
export { envoyImage, type ImageList, imageList, nodeImage } from './docker/pull/list.ts';
export { pullProgram } from './docker/pull/program.ts';
export { plainProcess } from './plain-process.ts';
export type * from './runtime.ts';

/** Every runtime by name. A new one is a folder here and a line. */
export const RUNTIMES: Readonly<Record<RuntimeName, Runtime>> = { sandbox, docker };
