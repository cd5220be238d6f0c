import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { openRecord, type RunRecord, readRecord, type Trial } from '../../src/record/index.ts';
import { BenchError, type BenchErrorKind } from '../../src/units/index.ts';
import { recordText, syntheticRecord } from '../support/record.ts';

let folder = '';
let record: RunRecord;
let text = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meshbench-record-'));
  record = await syntheticRecord({
    certificate: undefined,
    blocks: 2,
    vetoedIn: [1],
    errors: true,
    events: true,
    rate: 100,
    seconds: 1,
  });
  text = recordText(record);
});

after(() => rm(folder, { recursive: true }));

let files = 0;
async function fileOf(content: string | Buffer): Promise<string> {
  files += 1;
  const path = join(folder, `${files}.jsonl`);
  await writeFile(path, content);
  return path;
}

function raises(kind: BenchErrorKind, code: string, message: RegExp = /./u): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof BenchError, String(error));
    assert.deepEqual([error.kind, error.code], [kind, code]);
    assert.match(error.message, message);
    return true;
  };
}

function firstTrial(): Trial {
  const [trial] = record.trials;
  assert.ok(trial !== undefined);
  return trial;
}

/** Lines of the record, one of them replaced. */
function withLine(number: number, change: (line: Record<string, unknown>) => unknown): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line, at) => (at + 1 === number ? JSON.stringify(change(JSON.parse(line))) : line))
    .map((line) => `${line}\n`)
    .join('');
}

describe('writing a record', () => {
  test('puts every line on the disk before it resolves, and reading gives the same back', async () => {
    const path = join(folder, 'whole.jsonl');
    await using writer = await openRecord(path, record.header);
    for (const [at, trial] of record.trials.entries()) {
      await writer.append(trial);
      const read = await readRecord(path);
      assert.deepEqual(read, {
        header: record.header,
        certificate: undefined,
        trials: record.trials.slice(0, at + 1),
        end: undefined,
        damage: [],
      });
    }
    assert.ok(record.end !== undefined);
    await writer.close(record.end);
    assert.deepEqual(await readRecord(path), record);
  });

  test('keeps the order of calls that overlap', async () => {
    const path = join(folder, 'overlap.jsonl');
    await using writer = await openRecord(path, record.header);
    assert.ok(record.end !== undefined);
    await Promise.all([...record.trials.map((trial) => writer.append(trial)), writer.close(record.end)]);
    assert.deepEqual(await readRecord(path), record);
  });

  test('never touches a file that exists', async () => {
    const path = await fileOf('mine');
    await assert.rejects(openRecord(path, record.header), raises('usage', 'record-exists', /exists already/u));
    assert.equal(await readFile(path, 'utf8'), 'mine');
  });

  test('refuses a folder that is missing, by name', async () => {
    const path = join(folder, 'nowhere', 'record.jsonl');
    await assert.rejects(
      openRecord(path, record.header),
      raises('internal', 'record-write', /nowhere\/record\.jsonl/u),
    );
  });

  test('refuses a trial that it could not read back, and goes on', async () => {
    const path = join(folder, 'invalid.jsonl');
    await using writer = await openRecord(path, record.header);
    const broken = { ...firstTrial(), block: -1 };
    await assert.rejects(writer.append(broken), raises('internal', 'record-invalid', /block/u));
    await writer.append(firstTrial());
    assert.equal((await readRecord(path)).trials.length, 1);
  });

  test('closes without a closing line when it is disposed of', async () => {
    const path = join(folder, 'disposed.jsonl');
    {
      await using writer = await openRecord(path, record.header);
      await writer.append(firstTrial());
    }
    const read = await readRecord(path);
    assert.deepEqual([read.trials.length, read.end, read.damage], [1, undefined, []]);
  });

  test('takes back what a full disk left of a line, and names the file', async () => {
    const path = join(folder, 'full.jsonl');
    const input = await fileOf(text);
    const program = `
      const { openRecord, readRecord } = await import(${JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../src/record/index.js')).href)});
      const { header, trials } = await readRecord(${JSON.stringify(input)});
      const writer = await openRecord(${JSON.stringify(path)}, header);
      let written = 0;
      try {
        for (;;) { await writer.append(trials[0]); written += 1; }
      } catch (error) {
        console.log(JSON.stringify({ written, code: error.code, message: error.message, hint: error.hint }));
      }
      await writer[Symbol.asyncDispose]();`;
    // A limit on the size of files stops a write in its middle, as a full disk does; SIGXFSZ would end the process.
    const script = `trap '' XFSZ; ulimit -f 100; exec "$@"`;
    const argv = ['-c', script, 'bash', process.execPath, '--input-type=module', '-e', program];
    const { stdout } = await promisify(execFile)('bash', argv);
    const { written, code, message, hint } = JSON.parse(stdout);
    assert.ok(written > 0);
    assert.equal(code, 'record-write');
    assert.match(message, /full\.jsonl cannot be written \(EFBIG\)/u);
    assert.match(hint, /ulimit/u);
    assert.ok((await stat(path)).size < 100 * 1024, 'the torn line is still there');
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    assert.equal(lines.length, 1 + written);
  });
});

describe('reading a record', () => {
  test('that was cut at any byte gives every whole trial before the cut, and says what was lost', async () => {
    const bytes = Buffer.from(text);
    const ends = [...bytes.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at);
    const path = await fileOf('');
    const check = async (cut: number) => {
      await writeFile(path, bytes.subarray(0, cut));
      const whole = ends.filter((end) => end <= cut).length;
      if (whole === 0) {
        await assert.rejects(readRecord(path), raises('usage', 'record-header'));
        return;
      }
      const read = await readRecord(path);
      assert.deepEqual(read.header, record.header);
      assert.deepEqual(read.trials, record.trials.slice(0, whole - 1));
      assert.equal(read.end !== undefined, whole === ends.length);
      const torn = cut > (ends[whole - 1] ?? 0) + 1 && whole < ends.length;
      assert.equal(read.damage.length, torn ? 1 : 0);
      if (torn) assert.match(read.damage[0] ?? '', new RegExp(`^Line ${whole + 1} is cut off`, 'u'));
    };
    for (const end of ends)
      for (const cut of [end - 1, end, end + 1, end + 2]) await check(Math.min(cut, bytes.length));
    await fc.assert(fc.asyncProperty(fc.nat(bytes.length), check), { numRuns: 150 });
  });

  test('that a crash of the file system left with zeroes at its end keeps what is whole', async () => {
    const path = await fileOf(text.split('\n').slice(0, 3).join('\n').concat('\n'));
    await truncate(path, (await stat(path)).size + 5000);
    const read = await readRecord(path);
    assert.equal(read.trials.length, 2);
    assert.match(read.damage[0] ?? '', /^Line 4 is cut off/u);
  });

  test('ignores fields that it does not know, wherever they are', async () => {
    const added = withLine(2, (line) => {
      const load = line['load'];
      assert.ok(typeof load === 'object');
      return { ...line, phases: [1], load: { ...load, retries: 3 } };
    });
    assert.deepEqual(await readRecord(await fileOf(added)), record);
  });

  test('refuses one of a later version and says so', async () => {
    const later = withLine(1, (line) => ({ type: 'header', schemaVersion: 2, runId: line['runId'] }));
    const path = await fileOf(later);
    await assert.rejects(readRecord(path), raises('usage', 'record-version', /schemaVersion 2.*reads up to 1/u));
  });

  for (const [what, content] of [
    ['an empty file', ''],
    ['another text', 'hello\nworld\n'],
    ['a JSON that is no object', '[]\n'],
    ['a line of another program', '{"type":"metric","value":1}\n'],
    ['a header without a plan', '{"type":"header","schemaVersion":1}\n'],
    ['a deep nesting', `${'['.repeat(1_000_000)}\n`],
  ] as const) {
    test(`refuses ${what}`, async () => {
      await assert.rejects(readRecord(await fileOf(content)), raises('usage', 'record-header'));
    });
  }

  test('refuses a file that begins with a trial', async () => {
    const path = await fileOf(text.slice(text.indexOf('\n') + 1));
    await assert.rejects(readRecord(path), raises('usage', 'record-header', /not a header/u));
  });

  test('refuses a missing file by name', async () => {
    await assert.rejects(readRecord(join(folder, 'none.jsonl')), raises('usage', 'record-missing', /none\.jsonl/u));
  });

  for (const [what, change, problem] of [
    ['junk', () => 17, /^Line 3 is not a JSON object; it was left out\.$/u],
    ['an unknown type', (line: object) => ({ ...line, type: 'phase' }), /^Line 3 is of the unknown type "phase"/u],
    ['a field of another kind', (line: object) => ({ ...line, block: 'x' }), /^Line 3 is not valid at "block"/u],
    [
      'a variant that is not planned',
      (line: object) => ({ ...line, variant: 'x\n' }),
      /^Line 3 is a trial of "x\\n", which/u,
    ],
    ['a trial that is there already', () => firstTrial(), /^Line 3 is a second unvetoed trial of ".*" in block 0/u],
    ['a second header', () => record.header, /^Line 3 is a second header/u],
    [
      'a histogram that is none',
      (line: object) => withHistogram(line, '<script>'),
      /^Line 3 is not valid at "load\.histograms/u,
    ],
    [
      'a histogram of 1 MB',
      (line: object) => withHistogram(line, 'A'.repeat(1e6)),
      /^Line 3 is not valid at "load\.histograms/u,
    ],
    [
      'a number that is a text',
      (line: object) => ({ ...line, index: '9'.repeat(400) }),
      /^Line 3 is not valid at "index"/u,
    ],
    [
      'millions of values, each of them wrong',
      (line: object) => ({ ...line, vetoes: Array.from({ length: 2_100_000 }, () => 0) }),
      /^Line 3 holds more than 2 million values; it was left out\.$/u,
    ],
  ] as const) {
    test(`leaves out a line with ${what} and names it`, async () => {
      const read = await readRecord(await fileOf(withLine(3, change)));
      assert.deepEqual(read.trials, record.trials.toSpliced(1, 1));
      assert.deepEqual(read.end, record.end);
      assert.equal(read.damage.length, 1);
      assert.match(read.damage[0] ?? '', problem);
    });
  }

  test('tells of so many lines that it left out, and of more how many they are', async () => {
    const read = await readRecord(await fileOf(`${text}${'x\n'.repeat(100_000)}`));
    assert.deepEqual(read.trials, record.trials);
    assert.equal(read.damage.length, 1001);
    assert.equal(read.damage.at(-1), '99000 more lines were left out.');
  });

  test('keeps a vetoed trial wherever it stands in its block', async () => {
    const vetoed = {
      ...record.trials[0],
      vetoes: [{ signal: 'steal', value: 1, limit: 0.1, unit: 'share', text: 'x' }],
    };
    const lines = text.split('\n').toSpliced(4, 0, JSON.stringify(vetoed));
    const read = await readRecord(await fileOf(lines.join('\n')));
    assert.deepEqual(read.damage, []);
    assert.equal(read.trials.length, record.trials.length + 1);
  });

  test('leaves out what comes after the closing line', async () => {
    const read = await readRecord(await fileOf(text + JSON.stringify(firstTrial())));
    assert.deepEqual(read.trials, record.trials);
    assert.match(read.damage[0] ?? '', /comes after the closing line/u);
  });

  test('leaves out a line of more than 64 MB without holding it, and goes on', async () => {
    const [header, ...rest] = text.split('\n');
    const path = await fileOf(`${header}\n`);
    await truncate(path, 400_000_000);
    await appendFile(path, `\n${rest.join('\n')}`);
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }, 2);
    const read = await readRecord(path).finally(() => clearInterval(watch));
    assert.deepEqual(read.trials, record.trials);
    assert.deepEqual(read.damage, ['Line 2 is longer than 64 MB; it was left out.']);
    assert.ok(most > 0 && most < 250e6, `${most} bytes were held`);
  });

  test('does not let a name reach the prototype of anything', async () => {
    const raw = withLine(2, (line) => line).replace('"ready":{', '"ready":{"__proto__":1,"constructor":2,');
    const read = await readRecord(await fileOf(raw));
    assert.equal(read.trials.length, record.trials.length);
    assert.equal(Object.getPrototypeOf(read.trials[0]?.ready), Object.prototype);
  });
});

function withHistogram(line: object, histogram: string): object {
  const { load } = firstTrial();
  return { ...line, load: { ...load, histograms: { ...load.histograms, response: histogram } } };
}
