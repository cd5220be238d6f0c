// `npm run bench quickstart --trials 3` gives `--trials` to npm, which keeps it as npm_config_trials and passes on the `3`.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

/** Our flags that people may write before the `--`, and whether a value follows. */
const FLAGS = {
  trials: true,
  duration: true,
  warmup: true,
  rate: true,
  connections: true,
  variants: true,
  seed: true,
  runtime: true,
  out: true,
  'envoy-bin': true,
  'istiod-bin': true,
  'mesh-config': true,
  objects: true,
  images: true,
  bootstrap: true,
  'config-dump': true,
  'replay-listener': true,
  'replay-authority': true,
  'allow-target': true,
  baseline: true,
  candidate: true,
  metric: true,
  tolerance: true,
  guard: true,
  blocks: true,
  history: true,
  prove: false,
  quick: false,
  insist: false,
  'no-calibration': false,
  quiet: false,
  json: false,
  'dry-run': false,
  all: false,
};

function variableOf(flag) {
  return `npm_config_${flag.replaceAll('-', '_')}`;
}

/** What npm made of a flag; undefined where it was not given. npm keeps `--no-x` as an `x` that is empty. */
function givenValue(name, env) {
  if (!name.startsWith('no-')) return env[variableOf(name)];
  return env[variableOf(name.slice('no-'.length))] === '' ? 'true' : undefined;
}

/** The keys that an .npmrc sets, as flags are spelt. */
function keysOf(file) {
  let text = '';
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  return text
    .split('\n')
    .map((line) => /^\s*([a-z][a-z_-]*)/iu.exec(line)?.[1])
    .filter((key) => key !== undefined)
    .map((key) => key.toLowerCase().replaceAll('_', '-'));
}

function configuredKeys(env) {
  const project = env.npm_config_local_prefix && path.join(env.npm_config_local_prefix, '.npmrc');
  // npm sets the variables in lower case, and leaves one alone that the person has set in upper case.
  const user = env.npm_config_userconfig ?? env.NPM_CONFIG_USERCONFIG;
  const machine = env.npm_config_globalconfig ?? env.NPM_CONFIG_GLOBALCONFIG;
  const files = [user, machine, project].filter(Boolean);
  return new Set(files.flatMap(keysOf));
}

/** npm turns `--quiet` into `--loglevel=warn`. */
function quietWasSwallowed(env, configured) {
  return env.npm_config_loglevel === 'warn' && !env.NPM_CONFIG_LOGLEVEL && !configured.has('loglevel');
}

function swallowedFlags(env) {
  const configured = configuredKeys(env);
  const found = Object.keys(FLAGS)
    .map((name) => ({ name, value: givenValue(name, env) }))
    .filter(({ name, value }) => value && !configured.has(name) && !env[variableOf(name).toUpperCase()]);
  return quietWasSwallowed(env, configured) ? [...found, { name: 'quiet', value: 'true' }] : found;
}

/** The words before the first flag, and the rest. */
function splitWords(args) {
  const firstFlag = args.findIndex((word) => word.startsWith('-'));
  const end = firstFlag === -1 ? args.length : firstFlag;
  return { words: args.slice(0, end), rest: args.slice(end) };
}

/** The value of a flag whose value npm passed on as a word: certain only where there is one such flag and one such word. */
function strayValue(flags, words) {
  const waiting = flags.filter(({ name, value }) => FLAGS[name] && value === 'true');
  const stray = words.length === 2 ? words.findIndex((word, i) => i === 1 || /^\d/u.test(word)) : -1;
  return waiting.length === 1 && stray !== -1 ? { index: stray, value: words[stray] } : { index: -1, value: '…' };
}

function spelling(flags, { words, rest }, script) {
  const stray = strayValue(flags, words);
  const spelt = flags.map(({ name, value }) => {
    if (!FLAGS[name]) return `--${name}`;
    return `--${name} ${value === 'true' ? stray.value : value}`;
  });
  const kept = stray.value === '…' ? words.slice(0, 1) : words.filter((_, i) => i !== stray.index);
  return ['npm run', script, ...kept, '--', ...spelt, ...rest].join(' ');
}

/**
 * What to say where npm swallowed flags of ours, or undefined.
 * `args` are the words after those that the npm script itself passes.
 */
function swallowedMessage(env, args) {
  const script = env.npm_lifecycle_event;
  if (!script) return undefined;
  const flags = swallowedFlags(env);
  if (flags.length === 0) return undefined;
  const names = flags.map(({ name }) => `--${name}`).join(', ');
  const variables = flags.map(({ name }) => (name === 'quiet' ? 'npm_config_loglevel' : variableOf(name))).join(', ');
  return [
    `npm kept ${names} for itself: flags of meshbench stand after a \`--\`.`,
    `  Write: ${spelling(flags, splitWords(args), script)}`,
    `  If you did not write ${names}, it comes from your environment: unset ${variables}.`,
  ].join('\n');
}

/** Options that would make set-up's own `npm ci` do something else. */
const FOREIGN = ['global', 'location', 'omit', 'only', 'production', 'dev', 'include', 'workspace', 'workspaces'];

/** The environment for set-up's own npm: without flags that were meant for us, and without what redirects `npm ci`. */
function environmentForNpm(env) {
  const unwanted = new Set([...Object.keys(FLAGS), ...FOREIGN].map(variableOf));
  return Object.fromEntries(Object.entries(env).filter(([key]) => !unwanted.has(key.toLowerCase())));
}

module.exports = { FLAGS, swallowedMessage, environmentForNpm };
