import { z } from 'zod';
import { BenchError } from '../units/index.ts';
import type { Policy } from './policy.ts';
import type { LiveGate } from './proof.ts';

/** A proof.json larger than this is refused before it is read. */
export const LARGEST_PROOF = 4_000_000;

const text = z.string().max(4096);

/** What of a stored proof a later one goes on with; the figures are computed anew from the records. */
const schema = z.object({
  schemaVersion: z.literal(1),
  policy: z.unknown(),
  records: z.array(z.object({ folder: text })).max(200),
  live: z
    .array(
      z.object({
        injected: z.boolean(),
        workNs: z.number().nonnegative(),
        gateId: text,
        verdict: z.enum(['pass', 'regression', 'inconclusive', 'invalid', 'failed', 'interrupted']),
        seconds: z.number().nonnegative(),
      }),
    )
    .max(1000),
});

/** What a later proof goes on with: folders of records, below reports/, and live gates. */
export interface StoredProof {
  readonly folders: readonly string[];
  readonly live: readonly LiveGate[];
}

/**
 * Reads a proof.json, untrusted. Live gates count for a proof of the same policy alone.
 * @throws BenchError usage where it is none.
 */
export function readProof(json: string, policy: Policy): StoredProof {
  const read = schema.safeParse(parse(json));
  if (!read.success) {
    throw new BenchError('usage', 'PROOF_FILE', 'this is not the proof.json of a gate’s proof', {
      hint: 'name a folder below reports/proofs/, or the folders of its recordings',
    });
  }
  const { records, live, policy: theirs } = read.data;
  const isSame = JSON.stringify(theirs) === JSON.stringify(policy);
  return { folders: records.map(({ folder }) => folder), live: isSame ? live : [] };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
