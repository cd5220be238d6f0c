/**
 * Which room may import which, as data. The linter enforces it by scripts/lint/imports.json, which follows from this file
 * (`UPDATE_GOLDEN=1 npm test -- house` writes it again). `plan types` allows types and constants of plan, no functions.
 */
export const IMPORTS: Readonly<Record<string, readonly string[]>> = {
  units: [],
  wire: ['units'],
  idl: ['wire types', 'units'],
  scenario: ['services', 'units'],
  services: ['units'],
  xds: ['services', 'units'],
  crowd: ['xds', 'units'],
  istiod: ['services', 'units'],
  schedule: ['units'],
  plan: ['scenario', 'schedule', 'units'],
  mesh: ['scenario', 'plan types', 'services', 'units'],
  metrics: ['load types', 'units'],
  runtime: ['mesh types', 'metrics', 'scenario types', 'units'],
  load: ['schedule', 'scenario types', 'metrics', 'wire', 'units'],
  app: ['scenario types', 'metrics', 'wire', 'units'],
  agent: [
    'load',
    'app',
    'crowd',
    'istiod',
    'metrics',
    'mesh types',
    'scenario types',
    'services',
    'setup',
    'xds',
    'units',
  ],
  compose: ['load types', 'mesh types', 'runtime', 'units'],
  record: ['load types', 'metrics', 'plan types', 'scenario', 'units'],
  stats: [],
  gate: ['stats', 'record types', 'summary types', 'units'],
  summary: ['record', 'stats', 'gate', 'metrics', 'load', 'scenario', 'units'],
  compare: ['record', 'stats', 'gate', 'summary', 'units'],
  verdict: ['record', 'stats', 'gate types', 'summary', 'units'],
  report: ['verdict types', 'compare types', 'summary', 'record types', 'stats', 'gate types', 'units'],
  serve: ['compare', 'metrics', 'record', 'report', 'summary', 'verdict types', 'units'],
  setup: ['runtime', 'units'],
};

/** Rooms that bring the others together: all rooms but those named here. */
export const CONDUCTORS: Readonly<Record<string, readonly string[]>> = { run: ['cli'], cli: [] };

export const ROOMS: readonly string[] = [...Object.keys(IMPORTS), ...Object.keys(CONDUCTORS)];

/** Room names as a person writes them in {@link IMPORTS}: whole, or its types only. */
interface Allowance {
  readonly room: string;
  readonly typesOnly: boolean;
}

interface Pattern {
  readonly group: readonly string[];
  readonly importNamePattern?: string;
  readonly message: string;
}

function allowancesOf(room: string): readonly Allowance[] {
  const excluded = CONDUCTORS[room];
  if (excluded !== undefined) {
    const others = ROOMS.filter((other) => other !== room && !excluded.includes(other));
    return others.map((other) => ({ room: other, typesOnly: false }));
  }
  return (IMPORTS[room] ?? []).map((entry) => {
    const [name = '', types] = entry.split(' ');
    return { room: name, typesOnly: types === 'types' };
  });
}

/** The restrictions on imports in one room, in the form that Biome's noRestrictedImports wants them. */
function patternsOf(room: string): readonly Pattern[] {
  const allowed = allowancesOf(room);
  const forbidden = ROOMS.filter((other) => other !== room && !allowed.some((one) => one.room === other));
  const refusal: Pattern = {
    group: forbidden.map((other) => `**/${other}/**`),
    message: `src/${room} may not import this room: see test/house/import-table.ts.`,
  };
  const doors: Pattern = {
    group: allowed.flatMap((one) => [`**/${one.room}/**`, `!**/${one.room}/index.ts`]),
    message: "Import another room's index.ts, not its inside.",
  };
  const types: Pattern = {
    group: allowed.filter((one) => one.typesOnly).map((one) => `**/${one.room}/index.ts`),
    // Types and constants begin with a capital, functions do not.
    importNamePattern: '[^A-Z].*',
    message: `src/${room} may import only types and constants of this room: see test/house/import-table.ts.`,
  };
  return [refusal, doors, types].filter((pattern) => pattern.group.length > 0);
}

/** The text of scripts/lint/imports.json, which biome.json extends: one override of the linter per room and line. */
export function linterRules(): string {
  const overrides = ROOMS.map((room) => {
    const noRestrictedImports = { level: 'error', options: { patterns: patternsOf(room) } };
    return JSON.stringify({ includes: [`src/${room}/**`], linter: { rules: { style: { noRestrictedImports } } } });
  });
  return `{ "overrides": [\n  ${overrides.join(',\n  ')}\n] }\n`;
}
