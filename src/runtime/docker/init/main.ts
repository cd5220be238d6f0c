import { Children } from '../../inside/children.ts';
import { exec } from '../../inside/commands.ts';
import type { InitRequests } from '../../inside/messages.ts';
import { openMouth, serve } from '../../inside/serve.ts';
import { bootId } from '../../process-start.ts';

/**
 * The first process of every container. It starts what it is told and can start another in its place; when it ends the
 * kernel ends the container's other processes. It ends when the stream from the command line closes, which happens however
 * that ends, and Docker then removes the container.
 */
const say = openMouth(() => process.exit(0));
const children = new Children(say);

/** Readable for the pod's group: a sidecar may be another user than who writes its files. */
const FILE_MODE = 0o640;

serve<InitRequests>(
  {
    ...children.handlers(FILE_MODE),
    start: async ({ name, spec }) => ({ pid: children.start(name, [], spec).pid ?? 0 }),
    exec: ({ argv, timeoutMs }) => exec(argv, timeoutMs),
  },
  say,
  () => process.exit(0),
);
say({ notice: 'up', bootId: bootId() });
