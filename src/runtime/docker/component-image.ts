/** An image that a container of a run is made from. */
export interface ComponentImage {
  readonly name: string;
  /** The command of its first process, our init. */
  readonly init: readonly string[];
  /** Where the component's program is in it; undefined where it is at its path on this machine. */
  readonly program: string | undefined;
}

/** What an init may have, MB: it passes lines on. */
const HEAP = 64;
/** Files and answers of a pod pass its holder whole: what an Envoy of thousands of services has, takes it several times 50 MB. */
const HOLDER_HEAP = 768;

/** The init of every container is this program, on the Node that runs it. */
export function initCommand(node: readonly string[] = [process.execPath], heap = HEAP): readonly string[] {
  const program = new URL('./init/main.js', import.meta.url).pathname;
  return [...node, `--max-old-space-size=${heap}`, '--v8-pool-size=1', program];
}

/** The packed image for the holder of a pod. */
export function forHolder(packed: ComponentImage): ComponentImage {
  return { ...packed, init: initCommand(undefined, HOLDER_HEAP) };
}
