import { setTimeout as sleep } from 'node:timers/promises';
import { vetoes } from '../gate/index.ts';
import type { Mesh } from '../mesh/index.ts';
import { measureUsage, monotonicNow, settleHeap, type Usage, type UsageSample, withMemory } from '../metrics/index.ts';
import type { Plan, Variant } from '../plan/index.ts';
import type { Trial } from '../record/index.ts';
import type { World } from '../runtime/index.ts';
import { applyPatch } from '../scenario/index.ts';
import { BenchError, fromSeconds, type Nanos, nanos, type Rate } from '../units/index.ts';
import type { Agent } from './agent-client.ts';
import { withoutAwake } from './awake.ts';
import { readCounted } from './counted.ts';
import { type Deployment, deploy } from './deploy.ts';
import type { Dumps } from './dumps.ts';
import { runEvents } from './events.ts';
import { deathOf, firstOf, lateToFail } from './first-of.ts';
import { unlessInterrupted } from './interruption.ts';
import { loadPlan } from './load-plan.ts';
import { type AgentResult, type MergedLoad, mergeLoad } from './merge.ts';
import type { Pushes } from './pushes.ts';
import type { IstiodSetups } from './reference.ts';
import { type Scrapes, scrapeSidecars } from './scrape.ts';
import { harnessSignals } from './signals.ts';

/** Which trial of the run this is, and of what. */
export interface TrialSpec {
  readonly index: number;
  readonly block: number;
  readonly position: number;
  readonly seed: number;
  readonly variant: Variant;
  readonly mesh: Mesh;
  readonly envoy: string | undefined;
  /** In place of the variant's own rate; undefined is that. */
  readonly rate?: Rate | undefined;
}

/** What all trials of a run share. */
export interface TrialSurroundings {
  readonly world: World;
  readonly plan: Plan;
  /** What istiods run with; none where no variant is configured by one. */
  readonly istiods?: IstiodSetups | undefined;
  /** Takes what sidecars have of a control plane, where it wants that. */
  readonly dumps?: Dumps | undefined;
  /** Ends the trial as soon as it is aborted. */
  readonly signal: AbortSignal;
}

/** Between the barrier's announcement and the first request: agents must have heard it by then. */
const BARRIER = nanos(50e6);
const SAMPLING_INTERVAL = fromSeconds(1);
const DUMP_TIMEOUT = fromSeconds(60);

/**
 * One trial: fresh processes, warm-up, measurement, drain, and everything down again.
 * @throws BenchError component when a component died unplanned; interrupted when the signal was aborted.
 */
export async function runTrial(asked: TrialSpec, surroundings: TrialSurroundings): Promise<Trial> {
  const spec = atRate(asked);
  const startedAt = new Date().toISOString();
  await using deployment = await deployFor(spec, surroundings);
  return await measureOn(deployment, spec, surroundings, startedAt);
}

/** What a trial measures, brought up. @throws as `deploy`. */
export function deployFor(spec: TrialSpec, { world, plan, istiods, signal }: TrialSurroundings): Promise<Deployment> {
  const { placement, scheduling, agents } = plan;
  const { runtime, controlPlane } = spec.variant.settings;
  const istiod = istiods?.get(controlPlane.version);
  const { envoy, seed } = spec;
  return deploy(world, spec.mesh, { placement, scheduling, envoy, istiod, agents, runtime, seed, signal });
}

/** A trial of what stands already, whose processes are fresh. @throws as {@link runTrial}. */
export async function measureOn(
  deployment: Deployment,
  spec: TrialSpec,
  surroundings: TrialSurroundings,
  startedAt: string,
): Promise<Trial> {
  settleHeap();
  const taken = take(spec, deployment, surroundings);
  const { measured, counted, controlPlane } = await untilDeath(taken, deployment, surroundings);
  const { proxies, packets } = counted;
  return {
    type: 'trial',
    index: spec.index,
    block: spec.block,
    position: spec.position,
    variant: spec.variant.name,
    ...(spec.rate === undefined ? {} : { rate: spec.rate }),
    startedAt,
    measuredAt: measured.measuredAt,
    vetoes: vetoes(harnessSignals(measured, spec.variant, surroundings.plan.placement)),
    timeline: timeline(spec.variant, measured),
    load: { ...measured.load, failed: [...measured.load.failed], intervals: [...measured.load.intervals] },
    usage: measured.usage,
    ready: { ...deployment.ready },
    proxies,
    ...(Object.keys(packets).length === 0 ? {} : { packets }),
    ...(measured.scrapes === undefined ? {} : { scrapes: measured.scrapes }),
    ...(controlPlane === undefined ? {} : { controlPlane: { ...controlPlane, pushes: [...measured.done.pushes] } }),
  };
}

interface Taken {
  readonly measured: Measured;
  readonly counted: Awaited<ReturnType<typeof readCounted>>;
  readonly controlPlane: Awaited<ReturnType<Deployment['configuration']>>;
}

/** All that a trial asks of its processes. */
async function take(spec: TrialSpec, deployment: Deployment, surroundings: TrialSurroundings): Promise<Taken> {
  const measured = await measure(spec, deployment, surroundings);
  const [counted, controlPlane] = await Promise.all([
    readCounted(spec.mesh, measured.load.overall, deployment),
    deployment.configuration(),
  ]);
  await keepDump(spec, deployment, surroundings);
  return { measured, counted, controlPlane };
}

/** After everything else, since a dump of thousands of services takes Envoy seconds. */
async function keepDump(
  { variant, mesh }: TrialSpec,
  deployment: Deployment,
  { dumps }: TrialSurroundings,
): Promise<void> {
  const client = mesh.hosts.find(({ load }) => load);
  if (client?.sidecar === undefined || dumps?.wants(variant.name) !== true) return;
  const host = deployment.hosts.get(client.name);
  const answer = await host?.get(client.sidecar.adminSocket, '/config_dump?include_eds', DUMP_TIMEOUT);
  if (answer !== undefined) await dumps.keep(variant.name, answer.body);
}

function atRate(spec: TrialSpec): TrialSpec {
  if (spec.rate === undefined) return spec;
  const settings = applyPatch(spec.variant.settings, { load: { rate: spec.rate } });
  return { ...spec, variant: { ...spec.variant, settings } };
}

interface Measured {
  /** When the measurement began, by the wall clock. */
  readonly measuredAt: string;
  readonly load: MergedLoad;
  readonly usage: Usage;
  readonly done: Pushes;
  readonly scrapes: Scrapes | undefined;
}

async function measure(spec: TrialSpec, deployment: Deployment, { world, plan }: TrialSurroundings): Promise<Measured> {
  const { settings } = spec.variant;
  const share = deployment.load.length;
  deployment.load.forEach((agent, index) => {
    agent.command({ do: 'load', plan: loadPlan(spec, index, share) });
  });
  await Promise.all(deployment.load.map((agent) => agent.expect('ready')));
  const at = nanos(monotonicNow() + BARRIER);
  const from = nanos(at + settings.load.warmup);
  const until = nanos(from + settings.load.duration);
  const measuredAt = new Date(Date.now() + (from - monotonicNow()) / 1e6).toISOString();
  for (const agent of [...deployment.apps, ...deployment.load]) agent.command({ do: 'start', at, measureFrom: from });
  const [samples, own, done, results, scrapes] = await Promise.all([
    world.observe({ from, until, interval: SAMPLING_INTERVAL, memory: false }),
    ownCpu(from, until),
    runEvents(settings.events, from, deployment),
    Promise.all(deployment.load.map(collect)),
    scrapeSidecars(spec.mesh, deployment.hosts, from, until),
  ]);
  const remembered = withMemory(samples, await memoryNow(world));
  const client = spec.mesh.hosts.find(({ load }) => load)?.name ?? '';
  const awake = plan.scheduling.awake ? plan.placement.system : [];
  const usage = withoutAwake(withOwnCpu(measureUsage(remembered), own), client, awake);
  return { measuredAt, load: mergeLoad(results), usage, done, scrapes };
}

/** Once the load has its last answer: to read memory takes its processor for 10 ms. */
async function memoryNow(world: World): Promise<UsageSample | undefined> {
  const now = monotonicNow();
  return (await world.observe({ from: now, until: now, interval: SAMPLING_INTERVAL, memory: true })).at(-1);
}

async function collect(agent: Agent): Promise<AgentResult> {
  const intervals: AgentResult['intervals'][number][] = [];
  while (true) {
    const event = await agent.next();
    if (event.event === 'interval') intervals.push(event.interval);
    else if (event.event === 'done') return { intervals, total: event.total };
  }
}

/** Processor time of the command line itself within the window, ns. */
async function ownCpu(from: Nanos, until: Nanos): Promise<number> {
  await sleep(Math.max(0, (from - monotonicNow()) / 1e6));
  const before = process.cpuUsage();
  await sleep(Math.max(0, (until - monotonicNow()) / 1e6));
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1000;
}

/** The command line is part of the harness, and lives outside the world that samples it. */
function withOwnCpu(usage: Usage, ownNs: number): Usage {
  const { harness } = usage.components;
  if (harness === undefined) return usage;
  return {
    ...usage,
    components: { ...usage.components, harness: { ...harness, cpuNs: harness.cpuNs + ownNs } },
    machine: { ...usage.machine, unattributedNs: usage.machine.unattributedNs - ownNs },
  };
}

/** The first of: the work's result, a component's unplanned end, an interruption. */
async function untilDeath<T>(
  work: Promise<T>,
  deployment: Deployment,
  { world, signal }: TrialSurroundings,
): Promise<T> {
  const deaths = [...deployment.processes.values()].map((process) =>
    deathOf(process, () => deployment.controlPlane?.killed.has(process) === true),
  );
  const gone = world.closed.then(({ reason }): never => {
    throw new BenchError('component', 'RUNTIME_GONE', reason, {
      hint: 'what was measured before is kept in the record',
    });
  });
  return await unlessInterrupted(firstOf(lateToFail(work), ...deaths, gone), signal);
}

function timeline(variant: Variant, measured: Measured): Trial['timeline'] {
  const { warmup, duration } = variant.settings.load;
  return {
    phases: [
      { name: 'warmup', from: -warmup, until: 0 },
      { name: 'measurement', from: 0, until: duration },
      { name: 'drain', from: duration, until: Math.max(duration, measured.load.lastDone) },
    ],
    events: [...measured.done.events],
  };
}
