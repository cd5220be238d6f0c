// `npm test`: set-up, then the tests. `--all` runs full counts; other words select test files whose path has one of them.
require('./launch/preflight.cjs').refuseIfUnfit();
require('./launch/commands.cjs').test(process.argv.slice(2));
