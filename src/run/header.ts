import { readFileSync } from 'node:fs';
import path from 'node:path';
import { VETO_LIMITS } from '../gate/index.ts';
import type { Mesh } from '../mesh/index.ts';
import { offeredRate, type Plan } from '../plan/index.ts';
import { type Header, SCHEMA_VERSION } from '../record/index.ts';
import { describeKnee, describeLoad, describeSettings } from '../scenario/index.ts';
import { agentNode, agentNodeNotes } from '../setup/index.ts';
import type { Fingerprint } from './fingerprint.ts';
import { replayNotes } from './meshes.ts';

/** Version of this program, from its package file. */
export function programVersion(root: string): string {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  return version;
}

/** The record's first line: everything that was decided before the first request. */
export function makeHeader(
  plan: Plan,
  meshes: ReadonlyMap<string, Mesh>,
  fingerprint: Fingerprint,
  about: {
    readonly runId: string;
    readonly startedAt: Date;
    readonly runtime: string;
    readonly root: string;
    readonly skipped?: readonly string[];
  },
): Header {
  const { scenario } = plan;
  return {
    type: 'header',
    schemaVersion: SCHEMA_VERSION,
    runId: about.runId,
    startedAt: about.startedAt.toISOString(),
    meshbench: programVersion(about.root),
    runtime: about.runtime,
    scenario: {
      name: scenario.name,
      question: scenario.question,
      description: scenario.description ?? null,
      source: scenario.source,
    },
    plan: {
      hash: plan.hash,
      mode: plan.mode,
      seed: plan.seed,
      blocks: plan.blocks,
      spareTrials: plan.spareTrials,
      agents: plan.agents,
      timeLimitNs: plan.timeLimit,
      estimateNs: plan.estimate,
      tolerance: scenario.tolerance,
      thresholds: scenario.thresholds.map(({ metric, variant, below }) => ({
        metric,
        below,
        ...(variant === undefined ? {} : { variant }),
      })),
      variants: plan.variants.map((variant) => ({
        name: variant.name,
        base: variant.base,
        baseline: variant.baseline,
        axes: { ...variant.axes },
        settings: settingsOf(variant, plan),
        offeredRate: offeredRate(variant.settings.load),
        durationNs: variant.settings.load.duration,
        warmupNs: variant.settings.load.warmup,
        path: meshes.get(variant.name)?.path ?? '',
        missingSignals: [...(meshes.get(variant.name)?.missingSignals ?? [])],
      })),
      ...(plan.knee === undefined ? {} : { knee: describeKnee(plan.knee) }),
      vetoLimits: { ...VETO_LIMITS },
    },
    fingerprint: { ...fingerprint },
    notes: [...(about.skipped ?? []), ...notes(fingerprint), ...plan.scheduling.degraded, ...replayNotes(meshes)],
  };
}

/** In its own words; a search chooses the rates, so that the variant has none. */
function settingsOf({ settings }: Plan['variants'][number], { knee }: Plan): Record<string, unknown> {
  const described = describeSettings(settings);
  if (knee === undefined) return described;
  const { rate: _chosen, ...load } = describeLoad(settings.load);
  return { ...described, load };
}

/** What could not be as it should be on this machine. */
function notes(fingerprint: Fingerprint): string[] {
  const result: string[] = [];
  if (fingerprint['placement.shared'] === true) {
    result.push('load and system shared a processor: latencies include their waiting for each other');
  }
  if (fingerprint['meshbench.modified'] === true) {
    result.push('the checkout was modified: its revision alone does not say what ran');
  }
  if (fingerprint['docker.image.node.same'] === false) {
    result.push(
      `agents in containers ran on the Node of ${fingerprint['docker.image.node']}, which is not the one named here`,
    );
  }
  return [...result, ...agentNodeNotes(agentNode())];
}
