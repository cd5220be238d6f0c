import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Complaint, parseScenario, type Scenario, ScenarioError } from '../../src/scenario/index.ts';

/** Root of the checkout, from wherever the tests were built to. */
export const ROOT = findRoot(import.meta.dirname);

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'biome.json'))) return folder;
  return dirname(folder) === folder ? process.cwd() : findRoot(dirname(folder));
}

/** What a text is refused for; empty where it is a scenario. Any other error than the promised one goes through. */
export function complaintsOf(text: string): readonly Complaint[] {
  try {
    parseScenario(text, 'test.yaml');
    return [];
  } catch (error) {
    if (error instanceof ScenarioError) return error.complaints;
    throw error;
  }
}

/** A whole scenario from its settings only. */
export function scenarioWith(rest: string): Scenario {
  return parseScenario(withHead(rest), 'test.yaml');
}

/** The two fields that a file must have, and two variants, in lines 1 to 4; what is tested begins in line 5. */
export function withHead(rest: string): string {
  return `question: What?\nvariants:\n  direct: {}\n  outbound: { mesh: { outbound: listener } }\n${rest}`;
}
