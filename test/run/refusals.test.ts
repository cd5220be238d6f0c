import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { canonicalJson, createPlan, type Plan, type Variant } from '../../src/plan/index.ts';
import {
  applyPatch,
  type EventSpec,
  endOf,
  listScenarios,
  readScenario,
  type Scenario,
  type Settings,
} from '../../src/scenario/index.ts';
import { fromMillis, nanos, perSecond } from '../../src/units/index.ts';
import { FULL } from '../support/counts.ts';
import { ROOT } from '../support/root.ts';
import { MeshPlace } from '../support/standing-mesh.ts';

const FOLDER = path.join(ROOT, 'scenarios');
/** What is refused is refused of the first service as of the ten thousandth. */
const MOST = { services: 40, rules: 3, endpoints: 20, crowd: 3 };
/** The scenarios' seconds, in which there is time to look at latencies, in tenths. */
const SHARE = 0.1;

/** Variants of a scenario that the built-in control plane configures, made small, those that then say the same once. */
interface Told {
  readonly name: string;
  readonly plan: Plan;
  readonly variants: readonly Variant[];
}

async function toldScenarios(): Promise<readonly Told[]> {
  const entries = await listScenarios(FOLDER);
  const all = await Promise.all(
    entries.map(async ({ name, path: file }) => ({ name, scenario: await readScenario(file) })),
  );
  return all.map(({ name, scenario }) => ({ name, ...small(scenario) })).filter(({ variants }) => variants.length > 0);
}

function small(scenario: Scenario): Omit<Told, 'name'> {
  const plan = createPlan(
    { ...scenario, needs: { cores: 1, memory: undefined } },
    { seed: 1 },
    { cpus: [0, 1], mayRealtime: false },
  );
  const scheduling = { ...plan.scheduling, system: 'normal', load: 'normal', awake: false } as const;
  const told = plan.variants
    .filter(({ settings }) => settings.controlPlane.kind === 'xds')
    .map((variant) => ({ ...variant, settings: shrunk(variant.settings) }));
  const distinct = [...new Map(told.map((one) => [canonicalJson(one.settings), one])).values()];
  return { plan: { ...plan, scheduling }, variants: FULL ? distinct : mostEventful(distinct) };
}

/** The last of those with the most events: scenarios begin with what is as usual. */
function mostEventful(variants: readonly Variant[]): readonly Variant[] {
  const most = Math.max(...variants.map(({ settings }) => settings.events.length));
  return variants.filter(({ settings }) => settings.events.length === most).slice(-1);
}

function shrunk(settings: Settings): Settings {
  const { services, controlPlane } = settings;
  const events = settings.events.map(quickened);
  const ends = events.map(endOf);
  return applyPatch(settings, {
    services: {
      count: Math.min(services.count, MOST.services),
      rules: Math.min(services.rules, MOST.rules),
      endpoints: Math.min(services.endpoints, MOST.endpoints),
    },
    controlPlane: {
      crowd: Math.min(controlPlane.crowd, MOST.crowd),
      fetchTimeout: nanos(controlPlane.fetchTimeout * SHARE),
    },
    load: {
      rate: perSecond(200),
      connections: Math.max(4, controlPlane.sidecars),
      warmup: nanos(0),
      duration: nanos(Math.max(0, ...ends) + fromMillis(300)),
    },
    events,
  });
}

function quickened(event: EventSpec): EventSpec {
  const [at, length] = [nanos(event.at * SHARE), nanos(event.for * SHARE)];
  if (event.kind !== 'push') return { ...event, at, for: length };
  const [watch, late] = [nanos(event.watch * SHARE), nanos(event.late * SHARE)];
  return {
    ...event,
    at,
    for: length,
    watch,
    late,
    every: nanos(event.every === 0 ? 0 : Math.max(event.every * SHARE, 50e6)),
  };
}

/** The oldest is the first to know less than it is told; all of them with full counts. */
async function versions(): Promise<readonly string[]> {
  const { variants } = await readScenario(path.join(FOLDER, 'envoy-versions.yaml'));
  const all = variants.flatMap(({ patch }) => patch.mesh?.envoy?.version ?? []);
  return FULL ? all : all.slice(0, 1);
}

const scenarios = await toldScenarios();

for (const version of await versions()) {
  describe(`Envoy ${version} refuses nothing that the control plane tells it`, async () => {
    for (const { name, plan, variants } of scenarios) {
      test(name, async () => {
        await using place = await MeshPlace.open('sandbox', version);
        for (const variant of variants) {
          const { controlPlane } = await place.trialOf(plan, variant);
          const refused = controlPlane?.streams.flatMap(({ refusals }) => refusals);
          assert.deepEqual(refused, [], variant.name);
          const unknown = controlPlane?.pushes?.filter(({ propagationNs }) => propagationNs.includes(null));
          assert.deepEqual(unknown, [], `${variant.name}: a push that not everybody acknowledged`);
        }
      });
    }
  });
}
