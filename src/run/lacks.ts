import type { Plan, Variant } from '../plan/index.ts';
import type { Lack, Runtime } from '../runtime/index.ts';
import { BenchError } from '../units/index.ts';

/**
 * Refuses a plan that asks for what the runtime cannot give on this machine, before anything is measured.
 * Only what a variant asks for is looked at.
 * @throws BenchError preflight with the reason and the remedy.
 */
export async function refuseWhatLacks(plan: Pick<Plan, 'variants'>, runtime: Runtime): Promise<void> {
  const { lacks } = runtime;
  const variants = plan.variants.filter(({ settings }) => settings.runtime.name === runtime.name);
  const limited = variants.find(({ settings }) => settings.mesh.envoy.cpuLimit !== undefined);
  const otherUser = variants.find(({ settings }) => settings.mesh.exempt === 'uid');
  if (limited !== undefined) {
    refuse(limited, 'mesh.envoy.cpuLimit', await lacks.cpuQuota(), 'leave it out');
  }
  if (otherUser !== undefined) {
    refuse(otherUser, 'mesh.exempt: uid', await lacks.uid(usesTproxy(otherUser)), 'use mesh.exempt: mark');
  }
}

function usesTproxy({ settings: { mesh } }: Variant): boolean {
  return mesh.outbound === 'tproxy' || mesh.inbound === 'tproxy';
}

function refuse({ name }: Variant, field: string, lack: Lack | undefined, otherwise: string): void {
  if (lack === undefined) return;
  const message = `the variant ${name} has ${field}, which cannot be had here: ${lack.reason}`;
  throw new BenchError('preflight', 'LACKING', message, { hint: `${lack.remedy}, or ${otherwise}` });
}
