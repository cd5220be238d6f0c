'use strict';

/** One line about set-up, for a person; stdout is left to results. */
function say(line) {
  process.stderr.write(`meshbench: ${line}\n`);
}

/** Says how long a piece of set-up took. */
function sayDone(what, startedAt) {
  say(`${what} in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}

/** An end of set-up that a person can do something about: printed without a stack. */
class SetupError extends Error {
  constructor(message, exitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

module.exports = { SetupError, say, sayDone };
