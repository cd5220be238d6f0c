import { TICK_NS } from './proc.ts';
import type { MachineUsage } from './usage.ts';

/**
 * What the hypervisor gave to others of the time in which processors had work: steal / (busy + steal), 0 … 1, of the group of
 * processors that lost most. A sleeping processor is not taken away: as a share of the whole window, what a system loses that
 * mostly sleeps is next to nothing, even where half of its requests waited for its processor to come back.
 * One tick of each group is not counted, since /proc/stat tells whole ones: in a short trial one is a large share.
 * Null where steal was not read by processor.
 */
export function stolenShare(
  { busyByCpuNs, stealByCpuNs }: Pick<MachineUsage, 'busyByCpuNs' | 'stealByCpuNs'>,
  groups: readonly (readonly (number | string)[])[],
): number | null {
  if (stealByCpuNs === undefined) return null;
  const shares = groups.map((cpus) => {
    const over = (byCpu: Readonly<Record<string, number>>) =>
      cpus.reduce((sum: number, cpu) => sum + (byCpu[cpu] ?? 0), 0);
    const stolen = over(stealByCpuNs);
    return Math.max(0, stolen - TICK_NS) / Math.max(1, over(busyByCpuNs) + stolen);
  });
  return shares.reduce((most, share) => Math.max(most, share), 0);
}
