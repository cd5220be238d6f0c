import type { Delay, Settings } from '../scenario/index.ts';
import { fromMillis, type Nanos, nanos } from '../units/index.ts';

/** Starting and ending the processes of one trial, and waiting until they are ready: measured on two cores. */
export const TRIAL_OVERHEAD: Nanos = fromMillis(600);

/** Wall time that one trial should take: processes, warm-up, measurement, and the answers that are still due then. */
export function trialTime(settings: Settings): Nanos {
  const { warmup, duration } = settings.load;
  return nanos(TRIAL_OVERHEAD + warmup + duration + drain(settings));
}

/** The last answers come a delay after the measurement's end, or never. */
function drain({ load, app }: Settings): Nanos {
  return nanos(Math.min(load.timeout, longest(app.delay)));
}

/** The longest delay to reckon with; of an exponential one in a hundred is longer. */
function longest(delay: Delay): Nanos {
  switch (delay.kind) {
    case 'constant':
      return delay.value;
    case 'exponential':
      return nanos(delay.mean * Math.log(100));
    case 'uniform':
      return delay.to;
  }
}
