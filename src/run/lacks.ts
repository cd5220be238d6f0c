import type { Plan, Variant } from '../plan/index.ts';
import type { Lack, Runtime } from '../runtime/index.ts';
import { BenchError } from '../units/index.ts';

/**
 * Refuses a plan that asks for what the runtime cannot give on this machine, before anything is measured.
 * Only what a variant asks for is looked at.
 * @throws BenchError preflight with the reason and the remedy.
 */
export async function refuseWhatLacks({ variants }: Pick<Plan, 'variants'>, { lacks }: Runtime): Promise<void> {
  const limited = variants.find(({ settings }) => settings.mesh.envoy.cpuLimit !== undefined);
  const otherUser = variants.find(({ settings }) => settings.mesh.exempt === 'uid');
  if (limited !== undefined) {
    refuse(limited, 'mesh.envoy.cpuLimit', await lacks.cpuQuota(), 'leave it out');
  }
  if (otherUser !== undefined) {
    refuse(otherUser, 'mesh.exempt: uid', await lacks.uid(), 'use mesh.exempt: mark');
  }
}

function refuse({ name }: Variant, field: string, lack: Lack | undefined, otherwise: string): void {
  if (lack === undefined) return;
  const message = `the variant ${name} has ${field}, which cannot be had here: ${lack.reason}`;
  throw new BenchError('preflight', 'LACKING', message, { hint: `${lack.remedy}, or ${otherwise}` });
}
