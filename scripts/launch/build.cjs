'use strict';

const { spawnSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { SetupError, say, sayDone } = require('./say.cjs');

const STAMP = path.join('dist', '.stamp');

function isSource(file) {
  return !file.startsWith(`scripts${path.sep}`) || file.endsWith('.ts');
}

/** Every file that the compiler may read, relative to the root, sorted. */
function sources(root) {
  const folders = ['src', 'test', 'scripts'].filter((folder) => fs.existsSync(path.join(root, folder)));
  const files = folders.flatMap((folder) =>
    fs
      .readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name))),
  );
  return [...files.filter(isSource).sort(), 'tsconfig.json', 'package-lock.json'];
}

/** Path, size and time of every source: cheap to read, and different after every edit or checkout. */
function wantedStamp(root) {
  const hash = crypto.createHash('sha256');
  for (const file of sources(root)) {
    const { size, mtimeMs } = fs.statSync(path.join(root, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** Whether dist/ was built from the sources as they are. */
function isFresh(root) {
  try {
    return fs.readFileSync(path.join(root, STAMP), 'utf8') === wantedStamp(root);
  } catch {
    return false;
  }
}

/** Folders of builds that were interrupted. The caller holds the lock, so nobody is at work in them. */
function removeLeftovers(root) {
  for (const name of fs.readdirSync(root)) {
    if (name.startsWith('.dist-')) fs.rmSync(path.join(root, name), { recursive: true, force: true });
  }
}

function compile(root, target) {
  const tsc = path.join(root, 'node_modules', '.bin', 'tsc');
  const { error, status } = spawnSync(tsc, ['--outDir', target], { cwd: root, stdio: ['ignore', 2, 2] });
  if (error) throw error;
  if (status !== 0) throw new SetupError('the build failed, its reasons stand above.', 1);
}

/** Compiles everything into a folder beside dist/ and puts it in dist's place, so that dist/ is always whole. */
function build(root) {
  const startedAt = Date.now();
  say('building (tsc)');
  removeLeftovers(root);
  const stamp = wantedStamp(root);
  const next = path.join(root, `.dist-${process.pid}`);
  const previous = path.join(root, `.dist-${process.pid}-previous`);
  const current = path.join(root, 'dist');
  try {
    fs.mkdirSync(next);
    // Neither git nor the linter should see the folder while it is beside dist/.
    fs.writeFileSync(path.join(next, '.gitignore'), '*\n');
    compile(root, next);
    fs.writeFileSync(path.join(next, '.stamp'), stamp);
    if (fs.existsSync(current)) fs.renameSync(current, previous);
    fs.renameSync(next, current);
  } finally {
    removeLeftovers(root);
  }
  sayDone('built', startedAt);
}

module.exports = { build, isFresh };
