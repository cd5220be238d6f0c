import { parseScenario, type Scenario } from '../../src/scenario/index.ts';

/** A scenario with the variants `direct` and `outbound`, and what else a test needs, as YAML. */
export function scenario(rest = '', name = 'test.yaml'): Scenario {
  return parseScenario(
    `question: What?\nvariants:\n  direct: {}\n  outbound: { mesh: { outbound: listener } }\n${rest}`,
    name,
  );
}
