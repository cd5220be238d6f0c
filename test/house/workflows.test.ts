import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { ROOT } from '../support/root.ts';

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly permissions: Readonly<Record<string, string>>;
        readonly 'timeout-minutes': number;
        readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
      }
    >
  >;
}

const FOLDER = join(ROOT, '.github', 'workflows');
const document = readFileSync(join(ROOT, 'docs', 'dependencies.md'), 'utf8');

for (const file of readdirSync(FOLDER)) {
  describe(`the workflow ${file}`, () => {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    const workflow = parse(text) as Workflow;
    const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);

    test('may read the repository and nothing else, and is never started by a pull request', () => {
      assert.deepEqual(workflow.permissions, {});
      for (const { permissions } of Object.values(workflow.jobs)) assert.deepEqual(permissions, { contents: 'read' });
      assert.deepEqual(
        Object.keys(workflow.on).filter((trigger) => trigger.startsWith('pull_request')),
        [],
      );
    });

    test('pins every action by a commit that docs/dependencies.md names, with its version beside it', () => {
      for (const { uses } of steps.filter((step) => step.uses !== undefined)) {
        assert.match(uses ?? '', /^actions\/[\w/-]+@[0-9a-f]{40}$/u);
        assert.match(text, new RegExp(`${uses} # v\\d+\\.\\d+\\.\\d+$`, 'mu'));
        assert.ok(document.includes(uses?.split('@')[1] ?? ''), uses);
      }
    });

    test('puts no expression into a shell: what a variable holds is data', () => {
      for (const { run } of steps) assert.doesNotMatch(run ?? '', /\$\{\{/u);
    });

    test('ends by itself', () => {
      for (const job of Object.values(workflow.jobs)) assert.ok(job['timeout-minutes'] <= 240);
    });
  });
}
