// `npm run build`: installs the npm packages and builds, each where it has to be done.
require('./launch/preflight.cjs').refuseIfUnfit();
require('./launch/commands.cjs').build();
