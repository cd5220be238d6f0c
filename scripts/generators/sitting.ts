import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { initHistograms, monotonicNow, readMachine } from '../../src/metrics/index.ts';
import { availableCpus } from '../../src/run/index.ts';
import { agentNode, DEFAULT_ENVOY_VERSION } from '../../src/setup/index.ts';
import { median } from '../../src/stats/index.ts';
import { bound } from './bound.ts';
import type { OurJob } from './ours.ts';
import { runOurs } from './ours.ts';
import { CLOCK, type Machine, OURS, type Part, type Reading, type Run, SPIN } from './record.ts';
import { commandOf, RIVALS, versionOf } from './rivals.ts';
import { nginxVersion, startSpinning, type Target } from './targets.ts';
import { type Job, TOOLS } from './tools.ts';

/** What is asked of a generator in one run. */
export interface Ask {
  readonly round: number;
  readonly target: Target;
  readonly asked: Run['asked'];
}

/** The processors of a sitting. */
export interface Place {
  readonly load: number;
  readonly system: number;
}

/**
 * Where generators and targets run. This process is kept with the targets: whatever it does beside a generator, the
 * generator would be late by.
 * @throws Error where there is one processor: a generator beside its target on one would be measured with it.
 */
export async function takePlace(): Promise<Place> {
  const [load, system] = availableCpus();
  if (load === undefined || system === undefined) throw new Error('generators are compared on two processors at least');
  await initHistograms();
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(system), String(process.pid)], {
    stdio: 'ignore',
  });
  return { load, system };
}

/** How often the target's processor time is read, ms. */
const SAMPLE_MS = 500;
const SPIN_SOURCE = path.join(import.meta.dirname, '../../../scripts/generators/spin.c');
const RIVAL_TIMEOUT_MS = 60_000;

/**
 * A sitting: every generator on the first processor, targets and this process on the second, one run after the other.
 * What cannot take part is remembered with its reason and not tried again.
 */
export class Sitting implements Disposable {
  readonly seconds: number;
  readonly connections = 32;
  readonly loadCpu: number;
  readonly systemCpu: number;
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'meshbench-generators-'));
  private readonly startedAt = new Date().toISOString();
  private readonly runs: Run[] = [];
  private readonly missing = new Map<string, string>();
  private readonly say: (line: string) => void;
  private readonly removeFolder = (): void => rmSync(this.folder, { recursive: true, force: true });

  constructor(seconds: number, { load, system }: Place, say: (line: string) => void) {
    this.seconds = seconds;
    this.loadCpu = load;
    this.systemCpu = system;
    this.say = say;
    process.once('exit', this.removeFolder);
  }

  /** Runs ours. */
  async ours({ round, target, asked }: Ask, job: Pick<OurJob, 'request' | 'rate'>): Promise<Run> {
    const place = { port: target.port, cpu: this.loadCpu };
    const whole = { ...job, ...place, connections: this.connections, seconds: this.seconds };
    return this.keep({
      round,
      tool: OURS,
      target: target.name,
      asked,
      ...(await this.watch(target, () => runOurs(whole))),
    });
  }

  /** Runs a rival; undefined where it cannot do what is asked, or is not there. */
  async rival(tool: string, { round, target, asked }: Ask): Promise<Run | undefined> {
    const job: Job = {
      url: `http://127.0.0.1:${target.port}/`,
      connections: this.connections,
      seconds: this.seconds,
      rate: typeof asked === 'number' ? asked : undefined,
      folder: this.folder,
    };
    if (this.missing.has(tool) || TOOLS[tool]?.ask(job) === undefined) return undefined;
    try {
      const reading = await this.watch(target, () => this.runRival(tool, job));
      return this.keep({ round, tool, target: target.name, asked, ...reading });
    } catch (error) {
      this.missing.set(tool, error instanceof Error ? error.message.slice(0, 300) : String(error));
      return undefined;
    }
  }

  /** Runs anything else that is compared. */
  async other(tool: string, { round, target, asked }: Ask, run: () => Promise<Reading>): Promise<Run> {
    return this.keep({ round, tool, target: target.name, asked, ...(await this.watch(target, run)) });
  }

  /** How soon an answer can be read at all, where there is a compiler. */
  async soonest({ round, target, asked }: Ask & { readonly asked: number }): Promise<void> {
    const program = path.join(this.folder, 'spin');
    if (this.missing.has(SPIN)) return;
    try {
      if (!existsSync(program)) await promisify(execFile)('cc', ['-O2', '-o', program, SPIN_SOURCE]);
      const args = [target.port, this.connections, asked, this.seconds].map(String);
      await this.other(SPIN, { round, target, asked }, async () => {
        const [mean = Number.NaN, p50 = Number.NaN, p99 = Number.NaN] = (await this.outputOf([program, ...args]))
          .split(' ')
          .map(Number);
        return { rate: asked, mean, p50, p99 };
      });
    } catch (error) {
      this.missing.set(SPIN, error instanceof Error ? error.message.slice(0, 300) : String(error));
    }
  }

  /** How late anything on the generators' processor is at least, while the targets' is busy with nothing. */
  async floor(round: number): Promise<Run> {
    using target = startSpinning(this.systemCpu);
    const program = path.join(import.meta.dirname, 'floor.js');
    // Awaited here: the target goes when this function ends.
    return await this.other(CLOCK, { round, target, asked: 'floor' }, async () => ({
      ...{ rate: 0, mean: null, p50: null },
      p99: Number(await this.outputOf([agentNode().path, program, String(this.seconds)])),
    }));
  }

  /** What a program prints that runs as generators do; it is ended where it does not end by itself. */
  async outputOf(argv: readonly string[]): Promise<string> {
    const [program, ...args] = bound(this.loadCpu, argv);
    const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 64e6, timeout: RIVAL_TIMEOUT_MS });
    return stdout;
  }

  /** What was measured so far. */
  part(): Part {
    const took = new Set(this.runs.map(({ tool }) => tool));
    const tools = RIVALS.filter(({ name }) => took.has(name)).map((rival) => [rival.name, versionOf(rival)]);
    return {
      startedAt: this.startedAt,
      seconds: this.seconds,
      connections: this.connections,
      machine: thisMachine(),
      tools: Object.fromEntries(tools),
      missing: Object.fromEntries(this.missing),
      runs: this.runs,
    };
  }

  [Symbol.dispose](): void {
    this.removeFolder();
    process.off('exit', this.removeFolder);
  }

  private async watch<T extends Reading>(target: Target, run: () => Promise<T>) {
    using busy = new BusySamples(target);
    const [from, before] = [monotonicNow(), this.stolen()];
    const reading = await run();
    const steal = (this.stolen() - before) / (2 * (monotonicNow() - from));
    return { ...reading, targetBusy: busy.middle(), steal };
  }

  /** What the hypervisor has taken of the two processors, ns. */
  private stolen(): number {
    const { cpus } = readMachine();
    return (cpus[this.loadCpu]?.steal ?? 0) + (cpus[this.systemCpu]?.steal ?? 0);
  }

  private async runRival(name: string, job: Job): Promise<Reading> {
    const tool = TOOLS[name];
    const rival = RIVALS.find((one) => one.name === name);
    const command = rival === undefined ? undefined : commandOf(rival);
    if (tool === undefined || command === undefined) throw new Error('it is not installed: npm run rivals');
    for (const [file, text] of Object.entries(tool.files?.(job) ?? {}))
      writeFileSync(path.join(job.folder, file), text);
    const said = await this.outputOf([...command, ...(tool.ask(job) ?? [])]);
    return tool.read(tool.report === undefined ? said : await this.outputOf([...command, ...tool.report(job)]));
  }

  private keep(run: Run): Run {
    this.runs.push(run);
    this.say(inWords(run));
    return run;
  }
}

/** Of the machine on which this runs. */
export function thisMachine(): Machine {
  return {
    processor: os.cpus()[0]?.model.trim() ?? 'unknown',
    processors: os.cpus().length,
    kernel: os.release(),
    node: agentNode().version ?? 'unknown',
    nginx: nginxVersion(),
    envoy: DEFAULT_ENVOY_VERSION,
  };
}

/** The target's share of its processor by half seconds: a generator's start, which loads nothing, does not count. */
class BusySamples implements Disposable {
  private readonly shares: number[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(target: Target) {
    let [at, was] = [performance.now(), target.busy()];
    this.timer = setInterval(() => {
      const [now, is] = [performance.now(), target.busy()];
      this.shares.push((1e3 * (is - was)) / (now - at));
      [at, was] = [now, is];
    }, SAMPLE_MS);
  }

  middle(): number {
    return median(this.shares) ?? 0;
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
  }
}

function inWords({ tool, target, asked, rate, p50, p99, targetBusy, steal, ours }: Run): string {
  const told = Object.entries({ p50, p99 }).filter(([, us]) => us !== null);
  const times = told.map(([name, us]) => `, ${name} ${us?.toFixed(0)} µs`).join('');
  const own =
    ours === undefined ? '' : `, achieved ${(100 * ours.achieved).toFixed(2)} %, lag p99 ${ours.lagP99.toFixed(0)} µs`;
  const busy = `target busy ${(100 * targetBusy).toFixed(0)} %, steal ${(100 * steal).toFixed(1)} %`;
  const spoiled = ours?.vetoes.map((text) => `; vetoed: ${text}`).join('') ?? '';
  return `${target}, ${asked}: ${tool} ${rate.toFixed(0)}/s${times}${own}; ${busy}${spoiled}`;
}
