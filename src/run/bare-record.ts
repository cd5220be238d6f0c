import { vetoes } from '../gate/index.ts';
import type { LoadPlan } from '../load/index.ts';
import { stolenShare } from '../metrics/index.ts';
import { offeredRate } from '../plan/index.ts';
import { type RunRecord, SCHEMA_VERSION, type Veto } from '../record/index.ts';
import { describeSchedule, type LoadSettings } from '../scenario/index.ts';
import { agentNode, agentNodeNotes } from '../setup/index.ts';
import type { BareLoad } from './bare-load.ts';
import { agentNodeFields } from './fingerprint.ts';
import { mergeLoad } from './merge.ts';
import { loopSignals } from './signals.ts';

/** The bare generator's result as a record of one trial, so that the same code summarises it. */
export function bareRecord(
  plan: LoadPlan,
  result: BareLoad,
  about: { readonly startedAt: Date; readonly version: string; readonly load: LoadSettings },
): RunRecord {
  const load = mergeLoad([{ intervals: result.intervals, total: result.total }]);
  const { usage } = result;
  const spoiled = bareVetoes(plan, result);
  const authority = plan.request.authority;
  return {
    header: {
      type: 'header',
      schemaVersion: SCHEMA_VERSION,
      runId: 'load',
      startedAt: about.startedAt.toISOString(),
      meshbench: about.version,
      runtime: 'none',
      scenario: { name: 'load', question: `What does ${authority} answer?`, description: null, source: '' },
      plan: {
        hash: '',
        mode: 'quick',
        seed: plan.schedule.seed,
        blocks: 1,
        spareTrials: 0,
        agents: 1,
        timeLimitNs: 0,
        estimateNs: plan.warmup + plan.duration,
        tolerance: 0,
        thresholds: [],
        variants: [
          {
            name: authority,
            base: authority,
            baseline: authority,
            axes: {},
            settings: {
              load: {
                ...(plan.loop === undefined ? {} : { loop: plan.loop }),
                schedule: describeSchedule(about.load.schedule),
              },
            },
            offeredRate: offeredRate(about.load),
            durationNs: plan.duration,
            warmupNs: plan.warmup,
            path: `load → ${authority}`,
            missingSignals: [],
          },
        ],
        vetoLimits: {},
      },
      fingerprint: agentNodeFields(agentNode()),
      notes: [...spoiled.map(({ text }) => text), ...agentNodeNotes(agentNode())],
    },
    certificate: undefined,
    trials: [
      {
        type: 'trial',
        index: 0,
        block: 0,
        position: 0,
        variant: authority,
        startedAt: about.startedAt.toISOString(),
        // One trial alone cannot be repeated: what would veto it stands in the notes.
        vetoes: [],
        timeline: { phases: [], events: [] },
        load: { ...load, failed: [...load.failed], intervals: [...load.intervals] },
        usage: { ...usage, series: [...usage.series] },
        ready: {},
        proxies: {},
      },
    ],
    end: { type: 'end', endedAt: new Date().toISOString(), how: 'complete', reason: '' },
    damage: [],
  };
}

/** What would veto it as a trial of a run. */
export function bareVetoes(plan: LoadPlan, { total, intervals, usage }: BareLoad): readonly Veto[] {
  const load = mergeLoad([{ intervals, total }]);
  return vetoes({
    ...loopSignals(load, plan),
    stealShare: stolenShare(usage.machine, [Object.keys(usage.machine.busyByCpuNs)]),
    // The server under load is not ours: what runs beside the generator is not outside.
    outsideCpuShare: 0,
    lostIntervals: load.lost,
  });
}
