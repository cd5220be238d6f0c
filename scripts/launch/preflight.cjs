// What must hold before anything of this program can be installed, built or run.
// ES5 only, so that an old Node refuses with a sentence and not with a SyntaxError.
var fs = require('fs');
var os = require('os');
var path = require('path');

var ROOT = path.join(__dirname, '..', '..');
var OLDEST_NODE = [20, 20];
var WRITE_AND_ENTER = 3;
var EXIT_PREFLIGHT = 3;

function isOldNode(version) {
  var parts = version.split('.').map(Number);
  return parts[0] < OLDEST_NODE[0] || (parts[0] === OLDEST_NODE[0] && parts[1] < OLDEST_NODE[1]);
}

function nodeProblems(facts) {
  if (!isOldNode(facts.node)) return [];
  return [
    {
      what: 'Node ' + facts.node + ' is too old: ' + OLDEST_NODE.join('.') + ' or later is needed.',
      remedy:
        'Install Node 20 (20.20 or later), 22 or 24, see that `node --version` shows it, and run the same command again.',
    },
  ];
}

function machineProblems(facts) {
  var problems = [];
  if (facts.platform !== 'linux') {
    problems.push({
      what: 'This is ' + facts.platform + ': the sandbox is made of Linux namespaces.',
      remedy: 'Run it on Linux, for example in a virtual machine with Debian 12 or Ubuntu 24.04.',
    });
  }
  if (facts.arch !== 'x64') {
    problems.push({
      what: 'This processor is ' + facts.arch + ': the pinned Envoy binaries are for x86_64 only.',
      remedy: 'Run it on an x86_64 machine, with a Node for x64.',
    });
  }
  if (facts.platform === 'linux' && facts.glibc === null) {
    problems.push({
      what: 'This Node runs on another C library than glibc (musl, as on Alpine): Envoy needs glibc.',
      remedy: 'Use a distribution with glibc, such as Debian, Ubuntu or Fedora, and its Node.',
    });
  }
  return problems;
}

function refusedAccess(folder) {
  try {
    fs.accessSync(folder, WRITE_AND_ENTER);
    return undefined;
  } catch (error) {
    return error.code;
  }
}

function isFolder(file) {
  try {
    return fs.lstatSync(file).isDirectory();
  } catch (_) {
    return false;
  }
}

/** The checkout, the folders that set-up and runs write in, and the folders directly in those. */
function writtenFolders(root) {
  var parts = ['node_modules', 'dist', 'reports']
    .map(function (name) {
      return path.join(root, name);
    })
    .filter(isFolder);
  return parts.reduce(function (found, part) {
    if (refusedAccess(part)) return found;
    var inside = fs.readdirSync(part).map(function (name) {
      return path.join(part, name);
    });
    return found.concat(inside.filter(isFolder));
  }, [root].concat(parts));
}

function checkoutProblems(facts) {
  var refusals = {};
  var refused = writtenFolders(facts.root).filter(function (folder) {
    var code = refusedAccess(folder);
    if (code) refusals[code] = true;
    return code;
  });
  if (refused.length === 0) return [];
  var named = refused.slice(0, 3).join(', ') + (refused.length > 3 ? ' and ' + (refused.length - 3) + ' more' : '');
  return [
    {
      what: 'You (user ' + facts.uid + ') cannot write in ' + named + '.',
      remedy: refusals.EROFS
        ? 'The file system is read-only: clone the repository to a place that can be written.'
        : 'Where another user, such as root, made it: `sudo chown -R ' +
          facts.uid +
          ':' +
          facts.gid +
          ' ' +
          facts.root +
          '`; or clone the repository again as yourself.',
    },
  ];
}

function absolute(folder) {
  return folder && path.isAbsolute(folder) ? folder : undefined;
}

/** Whether a folder is there, or can be made, without making up the home folder itself. */
function canHold(folder, home) {
  var inHome = folder.indexOf(home + path.sep) === 0;
  if (inHome && !fs.existsSync(home)) return false;
  var ancestor = folder;
  while (!fs.existsSync(ancestor)) ancestor = path.dirname(ancestor);
  return refusedAccess(ancestor) === undefined;
}

function homeProblems(facts) {
  var env = facts.env;
  var needed = [path.join(absolute(env.XDG_CACHE_HOME) || path.join(facts.home, '.cache'), 'meshbench')];
  if (facts.npmMustRun) needed.push(env.npm_config_cache || env.NPM_CONFIG_CACHE || path.join(facts.home, '.npm'));
  var refused = needed.filter(function (folder) {
    return !canHold(folder, facts.home);
  });
  if (refused.length === 0) return [];
  var state = fs.existsSync(facts.home) ? '' : ', since the home folder ' + facts.home + ' does not exist';
  return [
    {
      what: 'You (user ' + facts.uid + ') cannot keep files in ' + refused.join(' and ') + state + '.',
      remedy:
        'Set HOME to a folder of yours, or XDG_CACHE_HOME (for Envoy) and npm_config_cache (for npm) to folders that you can write.',
    },
  ];
}

/** Everything that forbids a start, all at once: a list of {what, remedy}. */
function findProblems(facts) {
  return [nodeProblems, machineProblems, checkoutProblems, homeProblems].reduce(function (found, check) {
    return found.concat(check(facts));
  }, []);
}

/** The C library's version; null where it is not glibc; undefined where this Node cannot tell. */
function glibcVersion() {
  if (!process.report || !process.report.getReport) return undefined;
  process.report.excludeNetwork = true;
  var report = process.report.getReport();
  if (typeof report === 'string') report = JSON.parse(report);
  return report.header.glibcVersionRuntime || null;
}

function currentFacts() {
  var old = isOldNode(process.versions.node);
  return {
    node: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    glibc: glibcVersion(),
    root: ROOT,
    env: process.env,
    home: os.homedir(),
    uid: process.getuid ? process.getuid() : 0,
    gid: process.getgid ? process.getgid() : 0,
    npmMustRun: !old && !require('./dependencies.cjs').areInstalled(ROOT),
  };
}

/** Ends the process with exit code 3 and every remedy where this program cannot run here. */
function refuseIfUnfit() {
  var problems = findProblems(currentFacts());
  if (problems.length === 0) return;
  var lines = problems.map(function (problem) {
    return '  - ' + problem.what + '\n    ' + problem.remedy + '\n';
  });
  process.stderr.write('meshbench cannot start here:\n' + lines.join(''));
  process.exit(EXIT_PREFLIGHT);
}

module.exports = { findProblems: findProblems, refuseIfUnfit: refuseIfUnfit, writtenFolders: writtenFolders };
