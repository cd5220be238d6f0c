import { parseArgs } from 'node:util';
import { mergeLoad } from '../../src/run/index.ts';
import { exitWhenInterrupted } from './bound.ts';
import { evidenceOf, offer } from './ours.ts';
import { HTTP } from './parts.ts';
import { writeRecord } from './publish.ts';
import type { Soak } from './record.ts';
import { Sitting, takePlace, thisMachine } from './sitting.ts';
import { startNginx } from './targets.ts';

/**
 * Ten minutes of ours at 20,000 requests a second against nginx: does the agent's memory stay, does every second arrive?
 * Usage: npm run bench:soak [-- --quick] [-- --publish]; `--quick` is 20 s, `--publish` writes docs.
 */
const { values } = parseArgs({ options: { quick: { type: 'boolean' }, publish: { type: 'boolean' } } });
const RATE = 20_000;
const seconds = values.quick === true ? 20 : 600;

exitWhenInterrupted();
using sitting = new Sitting(seconds, await takePlace(), say);
using nginx = await startNginx(sitting.folder, sitting.systemCpu);
const startedAt = new Date().toISOString();
const job = {
  port: nginx.port,
  request: HTTP,
  connections: sitting.connections,
  rate: RATE,
  seconds,
  cpu: sitting.loadCpu,
};
const result = await offer(job);
const soak: Soak = {
  startedAt,
  machine: thisMachine(),
  rate: RATE,
  seconds,
  rss: result.usage.series.flatMap(({ components }) => components['load']?.rssBytes ?? []),
  intervals: result.intervals.filter(({ second }) => second < seconds).length,
  lost: mergeLoad([result]).lost,
  steal: result.usage.machine.stealNs / (result.usage.windowNs * result.usage.machine.cores),
  evidence: evidenceOf(job, result),
};
writeRecord({ soak }, values.publish === true, say);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
