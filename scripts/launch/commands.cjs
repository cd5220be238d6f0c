// What the npm scripts do besides running the program.
'use strict';

const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { ROOT, end, importBuilt, install, refuseSwallowedFlags, setUp } = require('../bootstrap.cjs');
const { runTests } = require('./run-tests.cjs');
const { SetupError, say } = require('./say.cjs');

const EXIT_PREFLIGHT = 3;

function build() {
  return end(async () => {
    await setUp();
    say('dist/ is up to date');
    return 0;
  });
}

/** Errors of src/setup that are meant for a person, as SetupError. */
async function prepareTests() {
  const { prepareTests: prepare } = await importBuilt('src/setup/index.js');
  try {
    return await prepare(say);
  } catch (error) {
    if (error.name !== 'BenchError') throw error;
    throw new SetupError([error.message, error.hint].filter(Boolean).join('\n'), EXIT_PREFLIGHT);
  }
}

async function testSteps(args) {
  const all = args.includes('--all');
  const filters = args.filter((word) => word !== '--all');
  const unknown = filters.find((word) => word.startsWith('-'));
  if (unknown !== undefined)
    throw new SetupError(`unknown option ${unknown}; there is --all, and words of file names`, 2);
  await setUp();
  await prepareTests();
  return runTests(ROOT, { all, filters });
}

function test(args) {
  return end(async () => {
    refuseSwallowedFlags(args);
    return testSteps(args);
  });
}

function succeeds(name, args) {
  say(`${name} ${args.join(' ')}`);
  const program = path.join(ROOT, 'node_modules', '.bin', name);
  const { error, status } = spawnSync(program, args, { cwd: ROOT, stdio: 'inherit' });
  if (error) throw error;
  return status === 0;
}

function check(args) {
  return end(async () => {
    refuseSwallowedFlags(args);
    await install();
    const results = [succeeds('biome', ['ci', '.']), succeeds('tsc', ['--noEmit'])];
    return results.every(Boolean) ? testSteps(args) : 1;
  });
}

module.exports = { build, check, test };
