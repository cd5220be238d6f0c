// From a fresh clone to the program itself. Loaded only after launch/preflight.cjs has let this Node pass.
'use strict';

const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { build, isFresh } = require('./launch/build.cjs');
const dependencies = require('./launch/dependencies.cjs');
const { alone } = require('./launch/lock.cjs');
const { swallowedMessage } = require('./launch/npm-flags.cjs');
const { SetupError } = require('./launch/say.cjs');

const ROOT = path.join(__dirname, '..');
const EXIT_USAGE = 2;

// ip and iptables are there, which are not on the PATH of Debian's ordinary users.
process.env.PATH = [process.env.PATH, '/usr/local/sbin', '/usr/sbin', '/sbin'].filter(Boolean).join(path.delimiter);

/**
 * Refuses flags that npm kept for itself. `args` are the words that the person wrote, without those of the npm script.
 * @throws SetupError
 */
function refuseSwallowedFlags(args) {
  const message = swallowedMessage(process.env, args);
  if (message !== undefined) throw new SetupError(message, EXIT_USAGE);
}

/** Installs the npm packages where that has to be done. */
async function install() {
  if (dependencies.areInstalled(ROOT)) return;
  await alone(ROOT, () => {
    if (!dependencies.areInstalled(ROOT)) dependencies.install(ROOT);
  });
}

/** Installs the npm packages and builds, each only where it has to be done; quiet where nothing has. */
async function setUp() {
  if (dependencies.areInstalled(ROOT) && isFresh(ROOT)) return;
  await alone(ROOT, () => {
    if (!dependencies.areInstalled(ROOT)) dependencies.install(ROOT);
    if (!isFresh(ROOT)) build(ROOT);
  });
}

/** Imports a compiled module of this program; `file` is relative to the root's dist/. */
function importBuilt(file) {
  return import(pathToFileURL(path.join(ROOT, 'dist', file)).href);
}

/** Runs `command` to its exit code; an end that a person can do something about is printed without a stack. */
async function end(command) {
  try {
    process.exitCode = await command();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`meshbench: ${error.message}\n`);
    process.exitCode = error.exitCode;
  }
}

/** The program: set-up where needed, then the command line of src/cli. */
function launch(argv) {
  return end(async () => {
    refuseSwallowedFlags(['run', 'gate'].includes(argv[0]) ? argv.slice(1) : argv);
    await setUp();
    const { main } = await importBuilt('src/cli/main.js');
    return main(argv);
  });
}

module.exports = { ROOT, end, importBuilt, install, launch, refuseSwallowedFlags, setUp };
