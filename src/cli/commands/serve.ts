import { mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { serveReports } from '../../serve/index.ts';
import { type Context, userPath } from '../context.ts';
import { onInterrupt } from '../interrupt.ts';
import { wholeOption } from '../options.ts';

interface Flags {
  readonly out?: string;
  readonly port: number;
}

/** Where it is looked for, unless --port says otherwise. */
const PORT = 7878;
/** It is never as urgent as what is being measured beside it. */
const LEAST_URGENT = 19;

/** `serve`: shows reports to a browser of this machine. */
export function addServe(program: Command, context: Context): void {
  program
    .command('serve')
    .summary('show reports/ to a browser of this machine: index, live runs, comparisons')
    .description(
      'Shows the runs, gates, proofs and histories below reports/ on 127.0.0.1 until Ctrl-C: a benchmark that is running, a\n' +
        'comparison of those that are ticked, and their variants over each other. It reads, and changes nothing.',
    )
    .option('--out <folder>', 'show this folder instead of reports/')
    .option('--port <n>', 'port on 127.0.0.1; 0 takes any that is free', portOption, PORT)
    .action(async (flags: Flags) => {
      await serve(flags, context);
    });
}

async function serve({ out, port }: Flags, { terminal, root }: Context): Promise<void> {
  const folder = out === undefined ? path.join(root, 'reports') : userPath(out);
  await mkdir(folder, { recursive: true });
  os.setPriority(LEAST_URGENT);
  using interrupt = onInterrupt(terminal);
  await using serving = await serveReports(folder, port);
  terminal.out(`${serving.url}\n`);
  terminal.say(`showing ${folder}; Ctrl-C ends it`);
  await new Promise<void>((resolve) => interrupt.signal.addEventListener('abort', () => resolve()));
}

function portOption(text: string): number {
  const port = wholeOption(text);
  if (port < 65_536) return port;
  throw new InvalidArgumentError(`"${text}" is no port: they end at 65535`);
}
