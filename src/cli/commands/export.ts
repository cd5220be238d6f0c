import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { composeFile, LOCAL_IMAGE } from '../../compose/index.ts';
import { createPlan } from '../../plan/index.ts';
import { buildMeshes, loadPlan } from '../../run/index.ts';
import { packImages } from '../../runtime/index.ts';
import { findScenario, readScenario } from '../../scenario/index.ts';
import { agentNode, DEFAULT_ENVOY_VERSION, prepareRun } from '../../setup/index.ts';
import { BenchError, EXIT_CODE, fromSeconds, nanos } from '../../units/index.ts';
import { type Context, userPath } from '../context.ts';

/** Of the schedule in the file: a file that is written again is the same. */
const SEED = 1;
/** Processors, more than any scenario needs. */
const MANY = 4096;
/** A line is said after so long. */
const ROUND = fromSeconds(10);

/** `export compose <scenario>`: a variant's topology as a docker-compose.yml. */
export function addExport(program: Command, context: Context): void {
  program
    .command('export')
    .summary('write a scenario for another program')
    .command('compose')
    .summary("a variant's topology as a docker-compose.yml, to look into")
    .argument('<scenario>', 'name of a file in scenarios/, or path of a .yaml file')
    .option('--variant <name>', 'the variant; without it the last')
    .option('--out <file>', 'write to this file instead of stdout')
    .action(async (scenario: string, flags: { variant?: string; out?: string }) => {
      const text = await compose(scenario, flags.variant, context);
      if (flags.out === undefined) context.terminal.out(text);
      else await writeFile(userPath(flags.out), text);
    });
}

/** `images`: the image that such a file names. */
export function addImages(program: Command, context: Context): void {
  program
    .command('images')
    .summary(`make the image ${LOCAL_IMAGE} of the binaries on this machine`)
    .action(async () => {
      const { terminal, root } = context;
      const say = (line: string): void => terminal.say(line);
      const { envoys } = await prepareRun({ envoyVersions: [DEFAULT_ENVOY_VERSION], sandbox: false, say });
      const envoy = envoys[DEFAULT_ENVOY_VERSION]?.path ?? '';
      const env = { MESHBENCH_NODE: agentNode().path, MESHBENCH_ROOT: root, MESHBENCH_ENVOY: envoy };
      await packImages([root, process.execPath, agentNode().path, envoy], env, LOCAL_IMAGE);
      say(`made the image ${LOCAL_IMAGE}`);
      context.exit(EXIT_CODE.done);
    });
}

async function compose(name: string, wanted: string | undefined, { root }: Context): Promise<string> {
  const file = /\.ya?ml$/u.test(name) ? userPath(name) : name;
  const scenario = await readScenario(await findScenario(file, path.join(root, 'scenarios')));
  // Nothing is run here: what a scenario needs is asked where it is brought up.
  const machine = { cpus: Array.from({ length: MANY }, (_, cpu) => cpu), mayRealtime: false };
  const named = scenario.variants.some(({ patch }) => patch.runtime?.name !== undefined);
  const plan = createPlan(scenario, named ? { seed: SEED } : { seed: SEED, runtime: 'docker' }, machine);
  const variant = wanted === undefined ? plan.variants.at(-1) : plan.variants.find((one) => one.name === wanted);
  const mesh = buildMeshes(plan, undefined).get(variant?.name ?? '');
  if (variant === undefined || mesh === undefined) {
    const names = plan.variants.map((one) => one.name).join(', ');
    throw new BenchError('usage', 'VARIANT_UNKNOWN', `${name} has no variant ${wanted}`, { hint: `it has ${names}` });
  }
  const load = { ...variant.settings.load, warmup: nanos(0), duration: ROUND };
  const round = { ...variant, settings: { ...variant.settings, load } };
  return composeFile({
    scenario: scenario.name,
    variant: variant.name,
    mesh,
    load: loadPlan({ variant: round, mesh, seed: SEED }, 0, 1),
    seed: SEED,
  });
}
