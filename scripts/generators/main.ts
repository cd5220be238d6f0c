import { parseArgs } from 'node:util';
import { DEFAULT_ENVOY_VERSION, prepareRun } from '../../src/setup/index.ts';
import { exitWhenInterrupted } from './bound.ts';
import { COMPARED_RATE, type Effort, MEASURE } from './parts.ts';
import { writeRecord, writeTables } from './publish.ts';
import { PARTS, type PartName } from './record.ts';
import { Sitting, takePlace } from './sitting.ts';

/**
 * Our generator beside every other one that is installed (npm run rivals), each on the first processor and its target on
 * the second, in turns, so that no hour is anyone's own.
 * Usage: npm run bench:generators -- [--part capacity|latency|thrift]… [--quick] [--publish] | --tables
 * `--publish` writes docs/studies/generators.json and the tables of docs/generators.md, `--tables` the latter alone from
 * the former; otherwise the record is reports/generators.json. Takes 4, 7 and 3 minutes, `--quick` one or two in all.
 */
const { values } = parseArgs({
  options: {
    part: { type: 'string', multiple: true, default: [...PARTS] },
    quick: { type: 'boolean', default: false },
    publish: { type: 'boolean', default: false },
    tables: { type: 'boolean', default: false },
  },
});
exitWhenInterrupted();
if (values.tables) writeTables();
else await measure(values.part.map(partNamed));

async function measure(names: readonly PartName[]): Promise<void> {
  const { envoys } = await prepareRun({ envoyVersions: [DEFAULT_ENVOY_VERSION], sandbox: false, say });
  const effort: Effort = {
    ...(values.quick
      ? { rounds: 1, rates: [COMPARED_RATE], held: 1 }
      : { rounds: 6, rates: [1000, COMPARED_RATE, 10_000], held: 3 }),
    envoyPath: envoys[DEFAULT_ENVOY_VERSION]?.path ?? '',
  };
  const place = await takePlace();
  for (const name of names) {
    using sitting = new Sitting(values.quick ? 2 : 3, place, say);
    await MEASURE[name](sitting, effort);
    writeRecord({ parts: { [name]: sitting.part() } }, values.publish, say);
  }
}

/** @throws Error where there is no such part. */
function partNamed(word: string): PartName {
  const name = PARTS.find((one) => one === word);
  if (name === undefined) throw new Error(`--part ${word}: there are ${PARTS.join(', ')}`);
  return name;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
