import { type GivenConfiguration, NOTHING_GIVEN } from '../istiod/index.ts';
import { type Plan, withoutVariants } from '../plan/index.ts';
import { type ControlPlanePrograms, findControlPlane } from '../setup/index.ts';
import { BenchError } from '../units/index.ts';
import type { GivenIstiod } from './given-istiod.ts';

/** What a run's istiod is started from, and told besides. */
export interface IstiodSetup {
  readonly programs: ControlPlanePrograms;
  readonly given: GivenConfiguration;
}

/** What a run can measure of what was planned, and with which istiod. */
export interface Reference {
  readonly plan: Plan;
  /** Undefined where no variant is configured by istiod, or none can be. */
  readonly istiod: IstiodSetup | undefined;
  /** What is not measured, and why: a sentence for the record and its report. */
  readonly skipped: readonly string[];
}

/**
 * Finds istiod where variants are configured by it. Where it cannot be had they are left out: nothing takes its place.
 * @throws BenchError preflight where no variant is left; usage where something is given that variants cannot be told.
 */
export async function findReference(
  plan: Plan,
  how: { readonly say: (line: string) => void; readonly givenIstiod?: GivenIstiod | undefined },
): Promise<Reference> {
  const configured = plan.variants.filter(({ settings }) => settings.controlPlane.kind === 'istiod');
  const { givenIstiod: own } = how;
  refuseWhatNobodyReads(own, configured.length, plan.variants.length);
  if (configured.length === 0) return { plan, istiod: undefined, skipped: [] };
  const { programs, lack } = await findControlPlane({ say: how.say, istiodBin: own?.bin });
  const given = own?.configuration ?? NOTHING_GIVEN;
  if (lack === undefined) return { plan, istiod: { programs, given }, skipped: [] };
  if (configured.length === plan.variants.length) {
    const message = `every variant is configured by istiod, which cannot be had here: ${lack.reason}`;
    throw new BenchError('preflight', 'NO_ISTIOD', message, { hint: lack.remedy });
  }
  const names = configured.map(({ name }) => name);
  const skipped = `skipped ${names.join(', ')}: there is no istiod here (${lack.reason}); ${lack.remedy}`;
  how.say(skipped);
  return { plan: withoutVariants(plan, new Set(names)), istiod: undefined, skipped: [skipped] };
}

function refuseWhatNobodyReads(given: GivenIstiod | undefined, configured: number, variants: number): void {
  if (given === undefined) return;
  const hint = 'choose variants with controlPlane.kind: istiod by --variants';
  if (configured === 0) {
    const message = '--istiod-bin, --mesh-config and --objects are for istiod, and no variant is configured by it';
    throw new BenchError('usage', 'GIVEN_ISTIOD', message, { hint });
  }
  if (given.configuration.objects.length > 0 && configured < variants) {
    const message = 'only istiod is told of --objects, so that other variants would not be measured with the same';
    throw new BenchError('usage', 'GIVEN_ISTIOD', message, { hint });
  }
}

/** Its programs by what the fingerprint calls them. */
export function referenceFields(
  setup: IstiodSetup | undefined,
  given: GivenIstiod | undefined,
): Readonly<Record<string, string>> {
  if (setup === undefined) return {};
  const { istiod, apiServer, etcd } = setup.programs;
  const fields: Record<string, string> = { ...given?.hashes };
  for (const [name, { version, sha256 }] of Object.entries({ istiod, 'kube-apiserver': apiServer, etcd })) {
    if (version !== undefined) fields[`${name}.version`] = version;
    fields[`${name}.sha256`] = sha256;
  }
  return fields;
}

/** Paths that its processes must be able to read. */
export function referencePaths(setup: IstiodSetup | undefined): readonly string[] {
  if (setup === undefined) return [];
  const { istiod, apiServer, etcd, crds } = setup.programs;
  return [istiod.path, apiServer.path, etcd.path, crds];
}
