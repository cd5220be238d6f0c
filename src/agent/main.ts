import readline from 'node:readline';
import type { Served } from '../app/index.ts';
import type { Crowd } from '../crowd/index.ts';
import type { ClosedLoop, LoadPlan, OpenLoop, Surroundings } from '../load/index.ts';
import { initHistograms, monotonicNow } from '../metrics/index.ts';
import { BenchError } from '../units/index.ts';
import type { ControlPlaneAgent } from './control-plane.ts';
import type { IstiodObjects } from './istiod.ts';
import { LineOutput } from './output.ts';
import type { AgentCommand, AgentEvent } from './protocol.ts';

const output = new LineOutput(1, () => process.exit(0));

function say(event: AgentEvent): void {
  output.write(JSON.stringify(event));
}

let load: OpenLoop | ClosedLoop | undefined;
let app: Served | undefined;
let controlPlane: ControlPlaneAgent | undefined;
let crowd: Crowd | undefined;
let objects: IstiodObjects | undefined;

async function obey(command: AgentCommand): Promise<void> {
  if (isOf(OF_ISTIOD, command)) return await obeyForIstiod(command);
  if (isOf(OF_CROWD, command)) return await obeyAsCrowd(command);
  switch (command.do) {
    case 'serve': {
      // Each role loads its own code alone: what an application does not need is not part of its memory.
      const { serve } = await import('../app/index.ts');
      app = await serve(command);
      say({ event: 'serving', port: app.port, node: process.version });
      return;
    }
    case 'control': {
      const { ControlPlaneAgent } = await import('./control-plane.ts');
      controlPlane = await ControlPlaneAgent.start(command.component, command.seed, command.serves);
      say({ event: 'controlling', prepared: controlPlane.prepared, node: process.version });
      return;
    }
    case 'report':
      say({ event: 'traffic', traffic: controlPlane?.traffic() ?? [] });
      return;
    case 'propose': {
      const proposal = controlPlane?.propose(command.change, command.plan);
      if (proposal !== undefined) say({ event: 'proposed', proposal });
      return;
    }
    case 'advance':
    case 'roll-back': {
      const pushed = await controlPlane?.carryOn(command.do);
      if (pushed !== undefined) say({ event: 'pushed', pushed });
      return;
    }
    case 'load':
      load = await prepareLoad(command.plan);
      say({ event: 'ready', node: process.version });
      return;
    case 'start':
      app?.measureFrom(command.measureFrom);
      if (load !== undefined) say({ event: 'done', total: await load.run(command.at) });
      return;
    case 'stop':
      load?.stop();
      return;
  }
}

/** A load that has its connections. */
async function prepareLoad(plan: LoadPlan): Promise<ClosedLoop | OpenLoop> {
  const { ClosedLoop, OpenLoop, practise, restOf, tcpDialer } = await import('../load/index.ts');
  await initHistograms();
  const rest = restOf(plan.wait ?? 'spin');
  const world: Surroundings = {
    clock: monotonicNow,
    dial: tcpDialer(),
    soon: setImmediate,
    ...(rest === undefined ? {} : { rest }),
    later: (ms, action) => void setTimeout(action, ms),
  };
  const closed = plan.loop === 'closed';
  if (!closed) await practise(plan, world);
  const Loop = closed ? ClosedLoop : OpenLoop;
  const prepared = new Loop(plan, world, (interval) => say({ event: 'interval', interval }));
  await prepared.connect();
  return prepared;
}

const OF_ISTIOD = ['write', 'change', 'change-back', 'await-istiod', 'ask-istiod'] as const;
const OF_CROWD = ['join', 'ask-crowd', 'await-told'] as const;

type CommandOf<Name extends AgentCommand['do']> = Extract<AgentCommand, { readonly do: Name }>;

function isOf<Name extends AgentCommand['do']>(
  names: readonly Name[],
  command: AgentCommand,
): command is CommandOf<Name> {
  return names.some((name) => name === command.do);
}

/** Beside a real istiod: writes what it is to know, and asks it. */
async function obeyForIstiod(command: CommandOf<(typeof OF_ISTIOD)[number]>): Promise<void> {
  switch (command.do) {
    case 'write': {
      const { IstiodObjects } = await import('./istiod.ts');
      objects = await IstiodObjects.write(command);
      say({ event: 'written', written: objects.written, node: process.version });
      return;
    }
    case 'change':
      await objects?.change(command.change);
      say({ event: 'changed' });
      return;
    case 'change-back':
      await objects?.changeBack();
      say({ event: 'changed' });
      return;
    case 'await-istiod': {
      const { awaitIstiod } = await import('./istiod.ts');
      await awaitIstiod();
      say({ event: 'istiod-ready' });
      return;
    }
    case 'ask-istiod': {
      const { askIstiod } = await import('./istiod.ts');
      say({ event: 'istiod', figures: await askIstiod() });
      return;
    }
  }
}

/** Many light clients of a control plane. */
async function obeyAsCrowd(command: CommandOf<(typeof OF_CROWD)[number]>): Promise<void> {
  switch (command.do) {
    case 'join': {
      const { joinCrowd } = await import('./control-plane.ts');
      crowd = await joinCrowd(command.crowd);
      say({ event: 'joined', node: process.version });
      return;
    }
    case 'ask-crowd':
      if (crowd !== undefined) say({ event: 'crowd', figures: crowd.figures() });
      return;
    case 'await-told':
      if (crowd !== undefined) say({ event: 'pushed', pushed: await crowd.told(command.since) });
      return;
  }
}

function fail(error: unknown): void {
  const known = error instanceof BenchError ? error : undefined;
  const message = error instanceof Error ? error.message : String(error);
  say({ event: 'failed', code: known?.code ?? 'AGENT_FAILED', message, hint: known?.hint ?? '' });
}

const commands = readline.createInterface({ input: process.stdin });
commands.on('line', (line) => {
  obey(JSON.parse(line) as AgentCommand).catch(fail);
});
// The conductor is gone: so is the reason to run.
commands.on('close', () => process.exit(0));
