import { randomInt } from 'node:crypto';
import path from 'node:path';
import { readArm } from '../plan/index.ts';
import { paperText, proofPaper, safeJson } from '../report/index.ts';
import { type GateRequest, prove, publishGate, publishProof } from '../run/index.ts';
import { LONGEST_RUN } from '../scenario/index.ts';
import { BenchError, EXIT_CODE, type ExitKind, type Nanos, nanos } from '../units/index.ts';
import { judgeProof, type ProofDocument } from '../verdict/index.ts';
import { type Context, userPath } from './context.ts';
import type { GateFlags } from './gate-request.ts';
import type { Terminal } from './terminal.ts';

/** Live gates of each kind where all is recorded anew. */
const LIVE = 5;

const EXIT = {
  pass: 'done',
  regression: 'regression',
  inconclusive: 'inconclusive',
} as const satisfies Readonly<Record<ReturnType<typeof judgeProof>, ExitKind>>;

/**
 * The proof of each scenario's gate, one after the other; the exit code of the worst.
 * @throws BenchError usage where several are to go on with the same recordings.
 */
export async function proveGates(
  asked: readonly Omit<GateRequest, 'arms'>[],
  flags: GateFlags,
  { terminal }: Context,
): Promise<number> {
  if (flags.from !== undefined && asked.length > 1) {
    throw new BenchError('usage', 'PROOF_SCENARIOS', '--from belongs to one scenario', { hint: 'name one scenario' });
  }
  const codes: number[] = [];
  for (const one of asked) codes.push(EXIT_CODE[EXIT[judgeProof(await proveGate(one, flags, terminal))]]);
  const order = [EXIT_CODE.regression, EXIT_CODE.inconclusive];
  return order.find((code) => codes.includes(code)) ?? EXIT_CODE.done;
}

async function proveGate(
  asked: Omit<GateRequest, 'arms'>,
  flags: GateFlags,
  terminal: Terminal,
): Promise<ProofDocument> {
  const { aaTrials, effectTrials: trialsPerEffect, gates } = flags;
  const from = flags.from ?? [];
  const proof = await prove({
    ...asked,
    baseline: readArm(flags.baseline),
    counts: { aaTrials, trialsPerEffect, gates, live: flags.live ?? (from.length === 0 ? LIVE : 0) },
    seed: flags.seed ?? randomInt(2 ** 30),
    from: from.map(userPath),
    recordFor: recordFor(flags),
    stage: (line) => terminal.say(line),
    save: async (document) => {
      terminal.say(`kept in ${await publishProof(document, asked.out)}`);
    },
    keep: async (document) => void (await publishGate(document, asked.out)),
  });
  const folder = await publishProof(proof, asked.out);
  if (flags.json === true) terminal.out(safeJson(proof));
  else {
    const where = path.join(folder, 'proof.html');
    terminal.out(paperText(proofPaper(proof), { width: terminal.width, color: terminal.color, where }));
  }
  return proof;
}

/** Without a limit all that is lacking is recorded, unless there are recordings to prove from. */
function recordFor(flags: GateFlags): Nanos {
  return flags.recordFor ?? (flags.from === undefined ? LONGEST_RUN : nanos(0));
}
