import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { findScenario, readScenario, ScenarioError } from '../../src/scenario/index.ts';
import { BenchError } from '../../src/units/index.ts';
import { FULL } from '../support/counts.ts';
import { complaintsOf, withHead } from './support.ts';

/** The promise of refusals is a second; what does harm takes minutes, which a busy machine cannot be mistaken for. */
const WITHIN_MS = FULL ? 1000 : 10_000;

function timed<T>(work: () => T): T {
  const start = performance.now();
  const result = work();
  const took = performance.now() - start;
  assert.ok(took < WITHIN_MS, `took ${took.toFixed(0)} ms`);
  return result;
}

/** Ten levels of ten aliases each: ten thousand million values when expanded. */
function laughs(): string {
  const levels = Array.from({ length: 10 }, (_, level) => {
    const items = Array.from({ length: 10 }, () => (level === 0 ? 'ha' : `*l${level - 1}`));
    return `l${level}: &l${level} [${items.join(', ')}]`;
  });
  return `${levels.join('\n')}\nvariants: *l9\n`;
}

const SIZE = 250_000;
const fill = (part: string): string => part.repeat(Math.floor(SIZE / part.length));

describe('a text that was made to do harm is refused in a moment', () => {
  const texts: readonly (readonly [what: string, text: string, words: RegExp])[] = [
    ['an alias bomb', laughs(), /anchor or an alias/],
    ['an alias of itself', 'variants: &a [*a]', /anchor or an alias/],
    ['a merge of many', 'a: &a { b: 1 }\nvariants: { <<: [*a, *a] }', /anchor or an alias|merge key/],
    ['lists in lists', fill('['), /nested too deep/],
    ['lists in lists, closed', '['.repeat(SIZE / 2) + ']'.repeat(SIZE / 2), /nested too deep/],
    ['mappings in mappings', fill('{a: '), /nested too deep/],
    ['dashes on one line', `${fill('- ')}a`, /nested too deep/],
    ['question marks on one line', fill('? '), /nested too deep/],
    ['colons on one line', fill('a: '), /nested too deep/],
    ['steps to the right', Array.from({ length: 700 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), /nested too deep/],
    ['thirty levels', `${'{a: '.repeat(30)}1${'}'.repeat(30)}`, /nested too deep/],
    ['many keys', Array.from({ length: 30_000 }, (_, i) => `k${i}: 1`).join('\n'), /too long/],
    ['one key many times', fill('a: 1\n'), /too long/],
    ['many commas', `[${fill(',')}`, /too long/],
    ['many closing brackets', fill('}\n'), /too long/],
    ['many quotes', fill('"" '), /too long/],
    ['many documents', fill('---\n'), /too long/],
    ['many events', withHead(`events: [${fill('{}, ').slice(0, 15_000)}]`), /at most 100 entries/],
    ['a long key', `${fill('a')}: 1`, /is not YAML|not a field/],
    ['a long number', withHead(`trials: ${fill('1')}`), /whole number|at most 1000/],
    ['a rate out of all measure', withHead('load: { rate: 1e9/s }'), /above the limit of 1000000\/s/],
    ['a long path of escapes', withHead(`load: { path: "${'\\x41'.repeat(50_000)}" }`), /start with|characters/],
    [
      'an object that cannot be compared',
      'question: { length: [{ toString: 0 }] }',
      /"toString", which is not allowed/,
    ],
    ['an alias that cannot be compared', 'question: { length: *a }', /anchor or an alias/],
    ['zero bytes', fill('\u0000'), /mapping|YAML|control/],
  ];
  for (const [what, text, words] of texts) {
    test(what, () => {
      const complaints = timed(() => complaintsOf(text));
      assert.ok(
        complaints.some(({ message }) => words.test(message)),
        JSON.stringify(complaints.slice(0, 5)),
      );
    });
  }

  test('a bomb is complained about once', () => {
    const aliases = complaintsOf(laughs()).filter(({ message }) => message.includes('alias'));
    assert.equal(aliases.length, 1);
  });

  test('nothing of it reaches the terminal as it is, or without end', () => {
    const text = `"\\e[31m\u202e${'x'.repeat(5000)}": 1\n"\\u0007": 2\n`;
    assert.throws(
      () => complaintsOfMessage(text),
      (error: unknown) => {
        assert.ok(error instanceof ScenarioError);
        assert.doesNotMatch(error.message.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
        assert.ok(error.message.length < 2000, `${error.message.length} characters`);
        return true;
      },
    );
  });

  test('thousands of mistakes are counted, and a hundred printed', () => {
    const text = Array.from({ length: 2000 }, (_, index) => `k${index}: 1`).join('\n');
    assert.throws(
      () => timed(() => complaintsOfMessage(text)),
      (error: unknown) => {
        assert.ok(error instanceof ScenarioError);
        assert.equal(error.complaints.length, 2002);
        assert.match(error.message, /has 2002 mistakes/);
        assert.match(error.message, /and 1902 more$/);
        return true;
      },
    );
  });
});

function complaintsOfMessage(text: string): never {
  const complaints = complaintsOf(text);
  throw new ScenarioError('test.yaml', complaints);
}

describe('a file that was made to do harm is refused in a moment', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'meshbench-scenarios-'));
    await mkdir(join(folder, 'inside'));
  });
  after(() => rm(folder, { recursive: true }));

  async function refusal(path: string): Promise<BenchError> {
    const start = performance.now();
    const error = await readScenario(path).then(
      () => assert.fail(`${path} was read`),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof BenchError, String(error));
    assert.equal(error.kind, 'usage');
    assert.ok(performance.now() - start < WITHIN_MS);
    return error;
  }

  test('100 MB', async () => {
    const path = join(folder, 'large.yaml');
    await using file = await open(path, 'w');
    await file.truncate(100e6);
    const error = await refusal(path);
    assert.equal(error.code, 'SCENARIO_TOO_LARGE');
    assert.match(error.message, /100000000 bytes/);
  });

  test('a file that grows without saying so', async () => {
    // Files of /proc claim to have no size.
    const error = await refusal('/proc/self/environ');
    assert.notEqual(error.code, 'SCENARIO_TOO_LARGE');
  });

  test('a pipe that nobody writes to', async () => {
    const path = join(folder, 'pipe.yaml');
    execFileSync('mkfifo', [path]);
    assert.equal((await refusal(path)).code, 'SCENARIO_NOT_A_FILE');
  });

  test('a folder', async () => assert.equal((await refusal(join(folder, 'inside'))).code, 'SCENARIO_NOT_A_FILE'));

  test('a file that is not there', async () => {
    assert.match((await refusal(join(folder, 'none.yaml'))).message, /does not exist/);
  });

  test('a link out of its folder', async () => {
    const outside = join(folder, 'outside.yaml');
    await writeFile(outside, withHead(''));
    const link = join(folder, 'inside', 'link.yaml');
    await symlink(outside, link);
    assert.equal((await refusal(link)).code, 'SCENARIO_OUTSIDE');
    const secret = join(folder, 'inside', 'secret.yaml');
    await symlink('/etc/passwd', secret);
    assert.equal((await refusal(secret)).code, 'SCENARIO_OUTSIDE');
  });

  test('a link that leads to itself', async () => {
    const link = join(folder, 'loop.yaml');
    await symlink(link, link);
    assert.match((await refusal(link)).message, /leads to itself/);
  });

  test('a link inside its folder is fine', async () => {
    await writeFile(join(folder, 'real.yaml'), withHead(''));
    await symlink('real.yaml', join(folder, 'alias.yaml'));
    assert.equal((await readScenario(join(folder, 'alias.yaml'))).name, 'alias');
  });

  test('bytes that are no text', async () => {
    const path = join(folder, 'bytes.yaml');
    await writeFile(path, Buffer.from([0x71, 0xff, 0xfe, 0x00]));
    const error = await refusal(path);
    assert.ok(error instanceof ScenarioError);
    assert.match(error.message, /not UTF-8/);
  });

  for (const name of [
    '../../etc/passwd',
    '/etc/passwd',
    '..',
    'a/b',
    '',
    '.',
    '~',
    'Quickstart',
    `x${'y'.repeat(50)}`,
  ]) {
    test(`the name "${name}" reaches no file`, async () => {
      await assert.rejects(findScenario(name, folder), { kind: 'usage', code: 'SCENARIO_NAME' });
    });
  }
});
