import assert from 'node:assert/strict';
import type { LoadTotal } from '../../src/load/index.ts';
import { ACCESS_LOG, buildMesh, type Mesh } from '../../src/mesh/index.ts';
import { initHistograms, monotonicNow } from '../../src/metrics/index.ts';
import { createPlan, type Plan, type SchedulingPlan, type Variant } from '../../src/plan/index.ts';
import type { Trial } from '../../src/record/index.ts';
import { readCounted } from '../../src/run/counted.ts';
import { type Deployment, deploy } from '../../src/run/deploy.ts';
import { loadPlan } from '../../src/run/load-plan.ts';
import type { CountedRule } from '../../src/run/packet-rules.ts';
import { runTrial } from '../../src/run/trial.ts';
import { RUNTIMES, type World } from '../../src/runtime/index.ts';
import { parseScenario, type RuntimeName } from '../../src/scenario/index.ts';
import { agentNode, DEFAULT_ENVOY_VERSION, prepareRun } from '../../src/setup/index.ts';
import { nanos } from '../../src/units/index.ts';
import { ROOT } from './root.ts';

/** Requests and connections of one {@link Standing.send}. */
export const REQUESTS = 120;
export const CONNECTIONS = 8;
/** What is sent unless a test says otherwise. */
export const LOAD = `load: { rate: 400/s, connections: ${CONNECTIONS}, warmup: 0, duration: 300ms }\n`;

/** A world in which meshes are brought up one after the other. */
export class MeshPlace implements AsyncDisposable {
  readonly world: World;
  private readonly envoy: string;
  private readonly runtime: RuntimeName;

  private constructor(world: World, envoy: string, runtime: RuntimeName) {
    this.world = world;
    this.envoy = envoy;
    this.runtime = runtime;
  }

  static async open(runtime: RuntimeName = 'sandbox', version = DEFAULT_ENVOY_VERSION): Promise<MeshPlace> {
    await initHistograms();
    const { envoys } = await prepareRun({ envoyVersions: [version], say: () => undefined });
    const envoy = envoys[version]?.path ?? '';
    const readable = [ROOT, import.meta.dirname, process.execPath, agentNode().path, envoy];
    return new MeshPlace(await RUNTIMES[runtime].open({ harnessCpus: [0], readable }), envoy, runtime);
  }

  /** Brings up the mesh of some settings, written as in a scenario; `alter` changes it before. */
  async up(
    mesh: string,
    alter: (mesh: Mesh) => Mesh = (same) => same,
    topology = '',
    load = LOAD,
    system: SchedulingPlan['system'] = 'normal',
  ): Promise<Standing> {
    const plan = planOf(mesh, topology, this.runtime, load);
    const variant = theVariant(plan);
    const built = alter(buildMesh(plan.scenario, variant.settings));
    const scheduling = { system, load: 'normal', awake: false } as const;
    const { placement } = plan;
    const deployment = await deploy(this.world, built, {
      placement,
      scheduling,
      envoy: this.envoy,
      agents: 1,
      seed: 1,
      runtime: variant.settings.runtime,
      signal: new AbortController().signal,
    });
    return new Standing(built, plan, deployment);
  }

  /** A whole trial of such a mesh, with these fields of the load and the application. */
  trial(mesh: string, alter: (mesh: Mesh) => Mesh = (same) => same, load = LOAD): Promise<Trial> {
    const plan = planOf(mesh, '', this.runtime, load);
    return this.trialOf(plan, theVariant(plan), alter);
  }

  /** A whole trial of a variant of a plan. */
  trialOf(plan: Plan, variant: Variant, alter: (mesh: Mesh) => Mesh = (same) => same): Promise<Trial> {
    const built = alter(buildMesh(plan.scenario, variant.settings));
    const spec = { index: 0, block: 0, position: 0, seed: 1, variant, mesh: built, envoy: this.envoy };
    return runTrial(spec, { world: this.world, plan, signal: new AbortController().signal });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.world[Symbol.asyncDispose]();
  }
}

function planOf(mesh: string, topology: string, runtime: RuntimeName, load = LOAD): Plan {
  const text = `question: Which way?\nvariants: { one: { mesh: ${mesh} } }\n${load}${topology}scheduling: { system: normal, awake: false }\nruntime: { name: ${runtime} }\n`;
  return createPlan(parseScenario(text, 'standing.yaml'), { seed: 1 }, { cpus: [0, 1], mayRealtime: false });
}

function theVariant({ variants }: Plan): Variant {
  const [variant] = variants;
  assert.ok(variant !== undefined);
  return variant;
}

/** One line of an access log, by what it says of the way. */
export interface LoggedRequest {
  readonly upstreamHost: string;
  readonly cluster: string;
  readonly upstreamLocal: string;
  readonly downstreamLocal: string;
  readonly downstreamRemote: string;
}

/** A mesh that stands, and what a short load through it showed. */
export class Standing implements AsyncDisposable {
  readonly mesh: Mesh;
  readonly deployment: Deployment;
  private readonly plan: Plan;

  constructor(mesh: Mesh, plan: Plan, deployment: Deployment) {
    this.mesh = mesh;
    this.plan = plan;
    this.deployment = deployment;
  }

  /** Sends the load, {@link LOAD} unless another was asked for, and returns how its requests ended. */
  async send(): Promise<Trial['load']['outcomes']> {
    return (await this.sendAll()).outcomes;
  }

  /** The same with all that the load saw. */
  async sendAll(): Promise<LoadTotal> {
    const [agent] = this.deployment.load;
    assert.ok(agent !== undefined);
    agent.command({ do: 'load', plan: loadPlan({ variant: theVariant(this.plan), mesh: this.mesh, seed: 1 }, 0, 1) });
    await agent.expect('ready');
    const at = nanos(monotonicNow() + 20e6);
    for (const one of [...this.deployment.apps, agent]) one.command({ do: 'start', at, measureFrom: at });
    while (true) {
      const event = await agent.next();
      if (event.event === 'done') return event.total;
    }
  }

  /** Holds what was counted so far against the path, as a trial does. */
  async check(answered: number): Promise<void> {
    await readCounted(this.mesh, { sent: answered, ok: answered }, this.deployment);
  }

  /** Holds what Envoy counted of Thrift from the first connection on against what the load saw, as a trial does. */
  async reconcile({ overall }: LoadTotal): Promise<void> {
    await readCounted(this.mesh, overall, this.deployment);
  }

  /** A counter of a host's Envoy; 0 where it has not counted. */
  async counter(host: string, name: string): Promise<number> {
    return (await this.deployment.counters())[`${host}.envoy`]?.counters[name] ?? 0;
  }

  /** The rules of a host that hold all of the words. */
  async rules(host: string, ...words: readonly string[]): Promise<readonly CountedRule[]> {
    const all = (await this.deployment.packets())[host] ?? [];
    return all.filter(({ rule }) => words.every((word) => rule.includes(word)));
  }

  /** Packets that matched the only rule of a host that holds all of the words. */
  async matched(host: string, ...words: readonly string[]): Promise<number> {
    const [rule, ...others] = await this.rules(host, ...words);
    assert.ok(rule !== undefined && others.length === 0, `one rule of ${host} with ${words.join(' ')}`);
    return rule.packets;
  }

  /** What a command prints in a host. */
  async ask(host: string, ...argv: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.tell(host, ...argv);
    assert.equal(code, 0, `${argv.join(' ')}: ${stderr}`);
    return stdout.trim();
  }

  /** How a command ends in a host. */
  async tell(host: string, ...argv: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const found = this.deployment.hosts.get(host);
    assert.ok(found !== undefined, host);
    return found.exec(argv, nanos(10e9));
  }

  /** Connections that a host's network tracks. */
  async tracked(host: string): Promise<number> {
    return Number(await this.ask(host, 'cat', '/proc/sys/net/netfilter/nf_conntrack_count'));
  }

  /** Ends a host's Envoy, which writes what it held back, and reads its access log. */
  async accessLog(host: string): Promise<readonly LoggedRequest[]> {
    const envoy = this.deployment.processes.get(`${host}.envoy`);
    assert.ok(envoy !== undefined);
    await envoy.signal('SIGTERM');
    await envoy.exited;
    const text = (await this.deployment.hosts.get(host)?.readFile(ACCESS_LOG)) ?? '';
    return text.split('\n').filter(Boolean).map(parseLine);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.deployment[Symbol.asyncDispose]();
  }
}

function parseLine(line: string): LoggedRequest {
  const fields = /"(?<host>[^"]*)" (?<cluster>\S+) (?<local>\S+) (?<down>\S+) (?<remote>\S+) \S+ \S+$/u.exec(
    line,
  )?.groups;
  assert.ok(fields !== undefined, line);
  return {
    upstreamHost: fields['host'] ?? '',
    cluster: fields['cluster'] ?? '',
    upstreamLocal: fields['local'] ?? '',
    downstreamLocal: fields['down'] ?? '',
    downstreamRemote: fields['remote'] ?? '',
  };
}
