// A reporter of node:test: one JSON object when everything has ended, what happened by test file.
'use strict';

const path = require('node:path');

function isSkipped(data) {
  return data.skip !== undefined && data.skip !== false;
}

/** Files stand for themselves in the events where they hold no test: nothing was tested there. */
function isFile(data) {
  return data.file !== undefined && path.resolve(data.name) === data.file;
}

class Summary {
  /** By file, so that a file that runs again takes the place of what it was. */
  files = new Map();
  names = [];

  take({ type, data }) {
    if (type === 'test:start') this.names[data.nesting] = data.name;
    if (type === 'test:pass') this.pass(data);
    if (type === 'test:fail') this.fail(data);
  }

  of(file = '') {
    if (!this.files.has(file)) this.files.set(file, { passed: 0, failed: 0, skips: [], failures: [] });
    return this.files.get(file);
  }

  pass(data) {
    const file = this.of(data.file);
    if (isSkipped(data)) file.skips.push({ name: this.fullName(data), reason: String(data.skip) });
    else if (data.details?.type !== 'suite' && !isFile(data)) file.passed += 1;
  }

  fail(data) {
    // A suite or a test fails with those inside it, which have been counted.
    if (data.details?.error?.failureType === 'subtestsFailed') return;
    const file = this.of(data.file);
    file.failed += 1;
    file.failures.push({ name: this.fullName(data), file: data.file });
  }

  fullName(data) {
    return [...this.names.slice(0, data.nesting), data.name].join(' > ');
  }
}

module.exports = async function* summaryReporter(source) {
  const summary = new Summary();
  for await (const event of source) summary.take(event);
  yield JSON.stringify(Object.fromEntries(summary.files));
};
