import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Scratch, start } from './cli.ts';
import { until } from './processes.ts';

const NAME = 'long';
const LONG = `question: What is left when something ends in mid-run?
variants: { outbound: { mesh: { outbound: listener } } }
load: { rate: 200/s, connections: 4, warmup: 100ms, duration: 400ms }
`;

/** Starts a run that would go on for longer than any test. */
export function startLong(own: Scratch, ...more: readonly string[]): ReturnType<typeof start> {
  const file = own.scenario(NAME, LONG);
  return start('run', file, '--no-calibration', '--trials', '1000', '--out', own.folder, '--quiet', ...more);
}

/** The record of that run, once it has a trial. */
export function untilTrial(own: Scratch): Promise<string> {
  return until('a record with a trial', 60, () => {
    const found = existsSync(path.join(own.folder, NAME)) && path.join(own.run(NAME), 'record.jsonl');
    return found && existsSync(found) && readFileSync(found, 'utf8').split('\n').length > 2 ? found : undefined;
  });
}
