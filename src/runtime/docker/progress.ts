import type Docker from 'dockerode';

/** A line of what Docker says while it pulls, pushes or imports. */
export interface ProgressLine {
  /** It began, and could not go on: the answer's status was that of a success. */
  readonly error?: string;
  readonly aux?: { readonly Digest?: string };
}

/** Reads what Docker says of a long request to its end. @throws Error with what stopped it, which dockerode takes for progress. */
export async function untilDone(docker: Docker, stream: NodeJS.ReadableStream): Promise<readonly ProgressLine[]> {
  const lines = await new Promise<readonly ProgressLine[]>((resolve, reject) => {
    docker.modem.followProgress(stream, (error, said: readonly ProgressLine[]) =>
      error === null ? resolve(said) : reject(error),
    );
  });
  const stopped = lines.find(({ error }) => error !== undefined);
  if (stopped?.error !== undefined) throw new Error(stopped.error);
  return lines;
}
