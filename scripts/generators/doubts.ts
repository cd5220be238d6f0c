import { median } from '../../src/stats/index.ts';
import { type GeneratorsRecord, OURS, PARTS, type Part, type PartName, type Run } from './record.ts';

/** From here on the target, and not the generator, may be what is measured. */
const BUSY = 0.95;
/** From here on the hypervisor's share is worth a word. */
const STEAL = 0.01;

/** What may be wrong with the figures of a record, in sentences. */
export function doubtsOf({ parts }: GeneratorsRecord): readonly string[] {
  const found = PARTS.flatMap((name) => {
    const part = parts[name];
    return part === undefined ? [] : doubtsOfPart(name, part);
  });
  return [
    ...found,
    'Rivals have no warm-up: their first second is in their figures, and ours is not in ours.',
    'Closed loops wait for an answer before the next request, so what a stall costs is not in their p99.',
    'All of it on loopback of one machine: no network card, and the kernel works for both ends.',
  ];
}

function doubtsOfPart(name: PartName, { runs, missing }: Part): readonly string[] {
  return [
    ...Object.entries(missing).map(([tool, reason]) => `${name}: ${tool} is not in it, because ${reason}`),
    ...busy(name, runs),
    ...stolen(name, runs),
    ...vetoed(name, runs),
  ];
}

function busy(name: PartName, runs: readonly Run[]): readonly string[] {
  const tools = [...new Set(runs.map(({ tool }) => tool))].filter((tool) => {
    const own = runs.filter((run) => run.tool === tool && run.asked === 'capacity').map(({ targetBusy }) => targetBusy);
    return (median(own) ?? 0) >= BUSY;
  });
  if (tools.length === 0) return [];
  return [
    `${name}: with ${tools.join(', ')} the server was busy for ${100 * BUSY} % or more: it is the server that is measured there, and they may do more.`,
  ];
}

function stolen(name: PartName, runs: readonly Run[]): readonly string[] {
  const shares = runs.map(({ steal }) => steal);
  const often = shares.filter((share) => share >= STEAL).length;
  if (often === 0) return [];
  return [
    `${name}: the hypervisor took ${100 * STEAL} % or more of both processors in ${often} of ${shares.length} runs, ${(100 * Math.max(...shares)).toFixed(0)} % at most.`,
  ];
}

function vetoed(name: PartName, runs: readonly Run[]): readonly string[] {
  const ours = runs.filter(({ tool, asked }) => tool === OURS && asked !== 'capacity');
  const spoiled = ours.filter(({ ours: own }) => (own?.vetoes.length ?? 0) > 0).length;
  return spoiled === 0
    ? []
    : [
        `${name}: ${spoiled} of ${ours.length} runs of ours would be vetoed in a scenario; they are in the tables all the same.`,
      ];
}
