import { componentsOf, type Delay, type Settings, type Workload } from '../scenario/index.ts';
import { fromMillis, type Nanos, nanos } from '../units/index.ts';

/** Setting up and ending one trial, and starting each of its components: they share a processor. Measured on two cores. */
const TRIAL_OVERHEAD = fromMillis(425);
const COMPONENT_START = fromMillis(70);
/** The same with containers, each of which takes longer to make and to remove than the process in it to start. */
const CONTAINED_TRIAL_OVERHEAD = fromMillis(2000);
const CONTAINED_COMPONENT_START = fromMillis(700);

/** Wall time that one trial should take: processes, warm-up, measurement, and the answers that are still due then. */
export function trialTime(settings: Settings, workloads: readonly Workload[]): Nanos {
  const { warmup, duration } = settings.load;
  const contained = settings.runtime.name === 'docker';
  const start = contained ? CONTAINED_COMPONENT_START : COMPONENT_START;
  const overhead = contained ? CONTAINED_TRIAL_OVERHEAD : TRIAL_OVERHEAD;
  const starts = componentsOf(workloads, settings.mesh).length * start;
  return nanos(overhead + starts + warmup + duration + drain(settings));
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
