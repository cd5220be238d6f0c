import { parse as parsePath } from 'node:path';
import { checkKnee, KNEE_TRIALS, kneeOf } from './check-knee.ts';
import { checkMatrix } from './check-matrix.ts';
import { checkSettings } from './check-settings.ts';
import { checkThresholds } from './check-thresholds.ts';
import { checkTopology } from './check-topology.ts';
import { type Complaint, ScenarioError } from './complaint.ts';
import { DEFAULT_SETTINGS, DEFAULT_TIME_LIMIT, DEFAULT_TOLERANCE, DEFAULTS } from './defaults.ts';
import { type Document, readDocument } from './document.ts';
import { type Draft, draft } from './draft.ts';
import { NAME } from './fields.ts';
import type { Finding } from './finding.ts';
import type { Scenario } from './scenario.ts';
import { type ScenarioFile, scenarioSchema } from './schema.ts';
import { applyPatch } from './settings.ts';
import { translate } from './translate.ts';

/**
 * Reads a scenario's text. `file` is its name for messages, and gives the scenario its name.
 * @throws ScenarioError with every mistake that can be known, and nothing else whatever the text is.
 */
export function parseScenario(text: string, file: string): Scenario {
  const name = parsePath(file).name;
  const document = readDocument(text);
  const known = draft(document.value);
  const result = scenarioSchema.safeParse(document.value);
  const findings = [
    ...(result.success ? [] : translate(result.error.issues, document.value)),
    ...(document.whole ? crossChecks(known, document) : []),
  ];
  const complaints = [
    ...checkName(name),
    ...document.complaints,
    ...findings.filter((finding) => document.believes(finding)).map((finding) => document.place(finding)),
  ].toSorted((one, other) => one.line - other.line || one.column - other.column);
  if (complaints.length > 0 || !result.success) throw new ScenarioError(file, complaints);
  return build(name, text, result.data, known);
}

function checkName(name: string): readonly Complaint[] {
  if (NAME.test(name)) return [];
  const message = `"${name}" cannot name a scenario: the file's name must be lower-case letters, digits and dashes`;
  return [{ line: 1, column: 1, path: '', message, suggestion: undefined }];
}

function crossChecks(known: Draft, document: Document): readonly Finding[] {
  return [
    ...checkTopology(known),
    ...checkThresholds(known),
    ...checkKnee(known),
    ...checkMatrix(known),
    ...checkSettings(known, (path) => document.has(path)),
  ];
}

function build(name: string, source: string, file: ScenarioFile, known: Draft): Scenario {
  return {
    name,
    question: file.question,
    description: file.description,
    workloads: [...(known.workloads?.values() ?? [])].filter((workload) => workload !== undefined),
    base: applyPatch(DEFAULT_SETTINGS, known.base.patch),
    variants: (known.variants ?? []).map((variant) => ({ name: variant.name, patch: variant.patch })),
    matrix: known.axes.map(({ path, points }) => ({ path, points: points.filter((point) => point !== undefined) })),
    trials: file.trials ?? (file.find === undefined ? DEFAULTS.trials : KNEE_TRIALS),
    knee: kneeOf(file),
    placement: {
      load: file.placement?.load ?? DEFAULTS.placement.load,
      system: file.placement?.system ?? DEFAULTS.placement.system,
    },
    scheduling: {
      system: file.scheduling?.system ?? DEFAULTS.scheduling.system,
      load: file.scheduling?.load ?? DEFAULTS.scheduling.load,
      awake: file.scheduling?.awake ?? DEFAULTS.scheduling.awake,
    },
    needs: { cores: file.needs?.cores ?? DEFAULTS.needs.cores, memory: file.needs?.memory },
    limits: { time: file.limits?.time ?? DEFAULT_TIME_LIMIT },
    thresholds: file.thresholds ?? DEFAULTS.thresholds,
    tolerance: file.tolerance ?? DEFAULT_TOLERANCE,
    source,
  };
}
