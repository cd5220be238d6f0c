// A reporter of node:test: one JSON object when everything has ended.
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
  passed = 0;
  failed = 0;
  skips = [];
  failures = [];
  names = [];

  take({ type, data }) {
    if (type === 'test:start') this.names[data.nesting] = data.name;
    if (type === 'test:pass') this.pass(data);
    if (type === 'test:fail') this.fail(data);
  }

  pass(data) {
    if (isSkipped(data)) this.skips.push({ name: this.fullName(data), reason: String(data.skip) });
    else if (data.details?.type !== 'suite' && !isFile(data)) this.passed += 1;
  }

  fail(data) {
    // A suite or a test fails with those inside it, which have been counted.
    if (data.details?.error?.failureType === 'subtestsFailed') return;
    this.failed += 1;
    this.failures.push({ name: this.fullName(data), file: data.file });
  }

  fullName(data) {
    return [...this.names.slice(0, data.nesting), data.name].join(' > ');
  }
}

module.exports = async function* summaryReporter(source) {
  const summary = new Summary();
  for await (const event of source) summary.take(event);
  const { passed, failed, skips, failures } = summary;
  yield JSON.stringify({ passed, failed, skipped: skips.length, skips, failures }, undefined, 2);
};
