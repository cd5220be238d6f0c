// check-summary.cjs SUMMARY ALLOWED: fails where no test ran, or where one was skipped that the list does not allow.
'use strict';

const fs = require('node:fs');

const [summaryFile, allowedFile] = process.argv.slice(2);
const { passed, failed, skips } = JSON.parse(fs.readFileSync(summaryFile, 'utf8'));
const allowed = new Set(
  fs
    .readFileSync(allowedFile, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#')),
);
const forbidden = skips.filter(({ name, reason }) => !allowed.has(`${name}\t${reason}`));

for (const { name, reason } of forbidden) {
  process.stderr.write(`skipped, and not on the list of ${allowedFile}: ${name} (${reason})\n`);
}
if (passed + failed === 0) process.stderr.write('no test ran\n');
process.exitCode = failed > 0 || passed === 0 || forbidden.length > 0 ? 1 : 0;
