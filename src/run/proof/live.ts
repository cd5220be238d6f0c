import { readArm } from '../../plan/index.ts';
import { BenchError, type Nanos, nanos, printDuration } from '../../units/index.ts';
import { type LiveGate, ofKind, type Policy, type Recording } from '../../verdict/index.ts';
import { measureGate, prepareGate } from '../gate.ts';
import type { ProofRequest } from './request.ts';

/**
 * Runs real gates, in turns without a difference and with twice the tolerance, until there are as many as asked for.
 * @param before gates that were run already.
 * @param take is given all gates after each.
 * @throws BenchError interrupted.
 */
export async function liveGates(
  request: ProofRequest,
  work: Nanos,
  before: readonly LiveGate[],
  take: (gates: readonly LiveGate[]) => void,
): Promise<void> {
  const gates = [...before];
  const { baseline, counts } = request;
  const worse = readArm(`${baseline.text},app.work=${printDuration(work)}`);
  for (
    let isInjected = nextLive(gates, counts.live);
    isInjected !== undefined;
    isInjected = nextLive(gates, counts.live)
  ) {
    const turn = gates.length + 1;
    request.stage(`live gate ${turn} of ${2 * counts.live}: ${isInjected ? 'twice the tolerance' : 'no difference'}`);
    const from = Date.now();
    const overrides = { ...request.overrides, seed: request.seed + 2 * turn };
    const gate = await measureGate(
      await prepareGate({ ...request, overrides, arms: { baseline, candidate: isInjected ? worse : baseline } }),
    );
    await request.keep(gate);
    const { gateId, verdict } = gate;
    if (verdict === 'interrupted')
      throw new BenchError('interrupted', 'INTERRUPTED', 'interrupted: what was measured is kept');
    const seconds = (Date.now() - from) / 1000;
    gates.push({ injected: isInjected, workNs: isInjected ? work : 0, gateId, verdict, seconds });
    take([...gates]);
  }
}

/**
 * Whether the next live gate has a regression injected: of the kind of which there are fewer, since stored gates may have any
 * order. Undefined where there are as many as asked for of each.
 */
export function nextLive(gates: readonly Pick<LiveGate, 'injected'>[], each: number): boolean | undefined {
  const injected = gates.filter((gate) => gate.injected).length;
  const plain = gates.length - injected;
  if (plain < each && plain <= injected) return false;
  return injected < each ? true : plain < each ? false : undefined;
}

/** The busy-wait that was calibrated for twice the tolerance of the first metric; undefined before there is one. */
export function twiceTheTolerance(recordings: readonly Recording[], { metrics: [first] }: Policy): Nanos | undefined {
  const variants = ofKind(recordings, 'effects')[0]?.record.header.plan.variants ?? [];
  const found = variants.find(({ axes }) => axes['metric'] === first?.name && axes['multiple'] === '2');
  return found === undefined ? undefined : nanos(Number(found.axes['workNs']));
}
