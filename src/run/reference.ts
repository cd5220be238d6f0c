import { type GivenConfiguration, NOTHING_GIVEN } from '../istiod/index.ts';
import { type Plan, withoutVariants } from '../plan/index.ts';
import { type ControlPlaneLack, type ControlPlanePrograms, findControlPlane } from '../setup/index.ts';
import { BenchError } from '../units/index.ts';
import type { GivenIstiod } from './given-istiod.ts';

/** What an istiod is started from, and told besides. */
export interface IstiodSetup {
  readonly programs: ControlPlanePrograms;
  readonly given: GivenConfiguration;
}

/** By `controlPlane.version`. */
export type IstiodSetups = ReadonlyMap<string, IstiodSetup>;

/** What a run can measure of what was planned, and with which istiod. */
export interface Reference {
  readonly plan: Plan;
  /** Empty where no variant is configured by istiod, or none can be. */
  readonly istiods: IstiodSetups;
  /** What is not measured, and why: sentences for the record and its report. */
  readonly skipped: readonly string[];
}

/**
 * Finds istiod where variants are configured by it. Those whose istiod cannot be had are left out: nothing takes its place.
 * @throws BenchError preflight where no variant is left; usage where something is given that variants cannot be told.
 */
export async function findReference(
  plan: Plan,
  how: { readonly say: (line: string) => void; readonly givenIstiod?: GivenIstiod | undefined },
): Promise<Reference> {
  const configured = plan.variants.filter(({ settings }) => settings.controlPlane.kind === 'istiod');
  const { givenIstiod: own } = how;
  refuseWhatNobodyReads(own, configured.length, plan.variants.length);
  const given = own?.configuration ?? NOTHING_GIVEN;
  const istiods = new Map<string, IstiodSetup>();
  const skipped: string[] = [];
  const lacking = new Set<string>();
  for (const version of new Set(configured.map(({ settings }) => settings.controlPlane.version))) {
    const { programs, lack } = await findControlPlane({ say: how.say, istiodBin: own?.bin, version });
    if (lack === undefined) {
      istiods.set(version, { programs, given });
      continue;
    }
    const of = configured.filter(({ settings }) => settings.controlPlane.version === version);
    const names = of.map(({ name }) => name);
    for (const name of names) lacking.add(name);
    if (lacking.size === plan.variants.length) throw nothingLeft(lack);
    skipped.push(`skipped ${names.join(', ')}: there is no istiod here (${lack.reason}); ${lack.remedy}`);
  }
  for (const line of skipped) how.say(line);
  return { plan: lacking.size === 0 ? plan : withoutVariants(plan, lacking), istiods, skipped };
}

function nothingLeft({ reason, remedy }: ControlPlaneLack): BenchError {
  const message = `every variant is configured by istiod, which cannot be had here: ${reason}`;
  return new BenchError('preflight', 'NO_ISTIOD', message, { hint: remedy });
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

/** Their programs by what the fingerprint calls them: `istiod`, or `istiod.1.30`. */
export function referenceFields(
  istiods: IstiodSetups,
  given: GivenIstiod | undefined,
): Readonly<Record<string, string>> {
  const fields: Record<string, string> = istiods.size === 0 ? {} : { ...given?.hashes };
  for (const [name, { programs }] of istiods) {
    const { istiod, apiServer, etcd } = programs;
    const own = name === '' ? 'istiod' : `istiod.${name}`;
    for (const [field, { version, sha256 }] of Object.entries({ [own]: istiod, 'kube-apiserver': apiServer, etcd })) {
      if (version !== undefined) fields[`${field}.version`] = version;
      fields[`${field}.sha256`] = sha256;
    }
  }
  return fields;
}

/** Paths that their processes must be able to read. */
export function referencePaths(istiods: IstiodSetups): readonly string[] {
  return [...istiods.values()].flatMap(({ programs: { istiod, apiServer, etcd, crds } }) => [
    istiod.path,
    apiServer.path,
    etcd.path,
    crds,
  ]);
}
