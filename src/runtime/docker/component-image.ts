/** An image that a container of a run is made from. */
export interface ComponentImage {
  readonly name: string;
  /** The command of its first process, our init. */
  readonly init: readonly string[];
  /** Where the component's program is in it; undefined where it is at its path on this machine. */
  readonly program: string | undefined;
}

/** The init of every container is this program, on the Node that runs it. */
export function initCommand(node: readonly string[] = [process.execPath]): readonly string[] {
  const program = new URL('./init/main.js', import.meta.url).pathname;
  return [...node, '--max-old-space-size=64', '--v8-pool-size=1', program];
}
