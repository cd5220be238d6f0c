'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { SetupError, say } = require('./say.cjs');

/** For one file. A test that hangs must not hold up CI until that is ended from outside. */
const FILE_TIMEOUT_MS = { reduced: 300_000, full: 3_600_000 };

/** Rooms of pure code and of set-up: their tests measure no time and touch nothing that all share. */
const PURE =
  'compare generators house idl istiod mesh plan record report scenario schedule setup stats summary verdict wire';

/**
 * Files of real processes that count what these do and measure no time, and start no run, of which a machine has one at a
 * time. Every file that is in neither list runs alone: tests of times and of runs disturb each other.
 */
const COUNTING = [
  ...'app cli compose crowd gate serve services xds'.split(' '),
  ...'run/agents run/bypass run/control-plane run/docker-meshes run/http2-mesh run/interception.'.split(' '),
  ...'run/mutual-tls run/thrift-mesh run/thrift-python'.split(' '),
];

/**
 * How many files of real processes may run a second time. Such a test measures its machine too, and one that fails in a
 * neighbour's noise passes alone; where more fail, it is not the weather.
 */
const AGAIN_AT_MOST = 3;

/** The compiled test files whose path has one of the words, or all. */
function testFiles(root, filters) {
  const folder = path.join(root, 'dist', 'test');
  return fs
    .readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith('.test.js'))
    .filter((file) => filters.length === 0 || filters.some((word) => path.join('test', file).includes(word)))
    .map((file) => path.join(folder, file))
    .sort();
}

/** Files in the order in which they run, with how many do so at a time. With full counts limits of time are asserted: one. */
function phases(root, files, counts) {
  const isIn = (places) => (file) => {
    const own = path.relative(path.join(root, 'dist', 'test'), file);
    return places.some((place) => own.startsWith(place.includes('/') ? place : `${place}/`));
  };
  const [isPure, isCounting] = [isIn(PURE.split(' ')), isIn(COUNTING)];
  const atATime = counts === 'full' ? 1 : Math.min(2, os.availableParallelism());
  const again = counts !== 'full';
  return [
    { files: files.filter(isPure), atATime, again: false },
    { files: files.filter(isCounting), atATime, again },
    { files: files.filter((file) => !isPure(file) && !isCounting(file)), atATime: 1, again },
  ].filter((phase) => phase.files.length > 0);
}

function argumentsFor({ files, atATime }, counts, summaryFile) {
  return [
    '--enable-source-maps',
    '--test',
    `--test-concurrency=${atATime}`,
    `--test-timeout=${FILE_TIMEOUT_MS[counts]}`,
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${path.join(__dirname, 'summary-reporter.cjs')}`,
    `--test-reporter-destination=${summaryFile}`,
    ...files,
  ];
}

function runNode(args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit', ...options });
    // Ctrl-C reaches the tests too, being in the same process group; they end first.
    let interrupted = false;
    const wait = () => {
      interrupted = true;
    };
    process.on('SIGINT', wait);
    child.on('error', reject);
    child.on('close', (code) => {
      process.off('SIGINT', wait);
      resolve({ code: code ?? 1, interrupted });
    });
  });
}

/** The line that CI systems read stands alone and last. */
function printSummary({ passed, failed, skipped, skips, failures, again }) {
  const lines = [
    ...again.map(({ name, file }) => `failed at first, and its file ran again: ${name} (${file})`),
    ...failures.map(({ name, file }) => `failed: ${name} (${file})`),
    ...skips.map(({ name, reason }) => `skipped: ${name} (${reason})`),
    `${passed} passed, ${failed} failed, ${skipped} skipped`,
  ];
  process.stdout.write(`\n${lines.join('\n')}\n`);
}

function readSummary(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    throw new SetupError('the test runner ended without a summary.', 1);
  }
}

/** Runs test files. @returns what happened, by file, and the runner's own code */
async function runFiles(phase, { counts, root, folder }) {
  const env = { ...process.env, MESHBENCH_TEST_COUNTS: counts };
  const summaryFile = path.join(folder, 'summary.json');
  fs.rmSync(summaryFile, { force: true });
  const ended = await runNode(argumentsFor(phase, counts, summaryFile), { cwd: root, env });
  return { ...ended, byFile: byCompiledFile(readSummary(summaryFile), root) };
}

/** By the files that are run: the runner names a test by its source, and a file that ended by itself. */
function byCompiledFile(summary, root) {
  const sources = `${path.join(root, 'test')}${path.sep}`;
  const byFile = new Map();
  for (const [file, { passed, failed, skips, failures }] of Object.entries(summary)) {
    const own = file.startsWith(sources) ? file.slice(sources.length).replace(/\.ts$/u, '.js') : undefined;
    const key = own === undefined ? file : path.join(root, 'dist', 'test', own);
    const known = byFile.get(key) ?? { passed: 0, failed: 0, skips: [], failures: [] };
    byFile.set(key, {
      passed: known.passed + passed,
      failed: known.failed + failed,
      skips: [...known.skips, ...skips],
      failures: [...known.failures, ...failures],
    });
  }
  return byFile;
}

/** The files to run again: those in which a test failed, where these are few. */
function filesToRunAgain({ again }, { byFile, interrupted }) {
  const failed = [...byFile].filter(([, { failed }]) => failed > 0).map(([file]) => file);
  const known = failed.every((file) => file !== '');
  return again && !interrupted && known && failed.length <= AGAIN_AT_MOST ? failed : [];
}

/** Runs a phase, and what failed in it once more where that may tell a bug from the weather: the second time counts. */
async function runPhase(phase, where) {
  const first = await runFiles(phase, where);
  const files = filesToRunAgain(phase, first);
  if (files.length === 0) return { ...first, again: [] };
  say(`${files.length} test file(s) of real processes failed; run again, alone:`);
  const second = await runFiles({ ...phase, files, atATime: 1 }, where);
  const again = files.flatMap((file) => first.byFile.get(file).failures);
  return { ...second, byFile: new Map([...first.byFile, ...second.byFile]), again };
}

/** Runs the phases one after the other. @returns their summaries as one, and the first code that is not 0 */
async function runPhases(all, where) {
  const results = [];
  for (const phase of all) {
    results.push(await runPhase(phase, where));
    if (results.at(-1).interrupted) break;
  }
  const files = results.flatMap(({ byFile }) => [...byFile.values()]);
  const sum = (name) => files.reduce((total, file) => total + file[name], 0);
  const skips = files.flatMap((file) => file.skips);
  const failures = files.flatMap((file) => file.failures);
  const again = results.flatMap((result) => result.again);
  const code = results.find((result) => result.code !== 0)?.code ?? 0;
  return {
    code,
    summary: { passed: sum('passed'), failed: sum('failed'), skipped: skips.length, skips, failures, again },
  };
}

/**
 * Runs the compiled tests, and prints what was skipped and why.
 * MESHBENCH_TEST_SUMMARY names a file that gets the summary as JSON.
 * @returns the exit code: 0 only where at least one test ran and none failed
 */
async function runTests(root, { all, filters }) {
  const files = testFiles(root, filters);
  if (files.length === 0) throw new SetupError(`no test file matches ${filters.join(' ')}.`, 2);
  const counts = all ? 'full' : 'reduced';
  if (all) say('tests with full counts: this takes long');
  else say('tests with reduced counts (fewer repetitions); `npm run test:all` runs the full ones');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'meshbench-tests-'));
  try {
    const { code, summary } = await runPhases(phases(root, files, counts), { counts, root, folder });
    printSummary(summary);
    const copy = process.env.MESHBENCH_TEST_SUMMARY;
    if (copy) fs.writeFileSync(copy, JSON.stringify(summary, undefined, 2));
    if (summary.passed + summary.failed === 0) throw new SetupError('no test ran.', 1);
    return code === 0 && summary.failed > 0 ? 1 : code;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

module.exports = { runTests };
