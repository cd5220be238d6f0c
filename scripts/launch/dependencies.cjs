'use strict';

const { spawnSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { environmentForNpm } = require('./npm-flags.cjs');
const { SetupError, say, sayDone } = require('./say.cjs');

const STAMP = path.join('node_modules', '.meshbench-stamp');

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** What node_modules must be made of. */
function wantedStamp(root) {
  const hash = crypto.createHash('sha256').update(fs.readFileSync(path.join(root, 'package-lock.json')));
  return `${hash.digest('hex')} ${process.platform}-${process.arch}\n`;
}

/** Whether node_modules was made from this package-lock.json. */
function areInstalled(root) {
  return read(path.join(root, STAMP)) === wantedStamp(root);
}

/** npm's own program where npm started us, so that it is the same npm; else the one on the PATH. */
function npmCommand(env) {
  const started = env.npm_execpath;
  const known = started && path.basename(started) === 'npm-cli.js' && fs.existsSync(started);
  return known ? [process.execPath, started] : ['npm'];
}

// Spelt out, since a command line wins over every npmrc and environment.
const CI = ['ci', '--include=dev', '--include=optional', '--ignore-scripts', '--no-audit', '--no-fund'].concat([
  '--dry-run=false',
  '--json=false',
  '--global=false',
]);

/** Installs the packages of package-lock.json by `npm ci`. Their install scripts are never run. */
function install(root) {
  const startedAt = Date.now();
  say('installing the npm packages of package-lock.json (npm ci)');
  const [program, ...before] = npmCommand(process.env);
  // stdout of npm goes to stderr: ours is for results.
  const options = { cwd: root, env: environmentForNpm(process.env), stdio: ['ignore', 2, 2] };
  const { error, status } = spawnSync(program, [...before, ...CI], options);
  if (error?.code === 'ENOENT') {
    throw new SetupError('npm is not on the PATH: install it (it comes with Node) and run the same command again.', 3);
  }
  if (error) throw error;
  if (status !== 0) {
    throw new SetupError(
      'npm ci failed, its reason stands above. Where the registry cannot be reached, set a proxy or a mirror for npm.',
      3,
    );
  }
  fs.writeFileSync(path.join(root, STAMP), wantedStamp(root));
  sayDone('npm packages installed', startedAt);
}

module.exports = { areInstalled, install, wantedStamp };
