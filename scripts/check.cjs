// `npm run check`: the linter, the types, the tests.
require('./launch/preflight.cjs').refuseIfUnfit();
require('./launch/commands.cjs').check(process.argv.slice(2));
