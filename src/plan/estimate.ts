import { componentsOf, type Delay, type Settings, type Workload } from '../scenario/index.ts';
import { fromMillis, type Nanos, nanos } from '../units/index.ts';

/** Setting up and ending one trial, and starting each of its components: they share a processor. Measured on two cores. */
const TRIAL_OVERHEAD = fromMillis(425);
const COMPONENT_START = fromMillis(70);
/** The same with containers, each of which takes longer to make and to remove than the process in it to start. */
const CONTAINED_TRIAL_OVERHEAD = fromMillis(2000);
const CONTAINED_COMPONENT_START = fromMillis(700);

/**
 * A control plane reads its definitions and encodes what it will send, and Envoy takes that in: service by service, and
 * each listener is held against all that are there.
 */
const CONTROL_PLANE_START = fromMillis(1500);
const PER_SERVICE = fromMillis(2.1);
const PER_PAIR_OF_LISTENERS = fromMillis(0.000_05);
/** etcd, an API server and istiod, one after the other; and each object that is written. */
const ISTIOD_START = fromMillis(8000);
const PER_OBJECT = fromMillis(2.7);
/** A light client that joins, with few services. */
const PER_MEMBER = fromMillis(5);

/** Wall time that one trial should take: processes, warm-up, measurement, and the answers that are still due then. */
export function trialTime(settings: Settings, workloads: readonly Workload[]): Nanos {
  const { warmup, duration } = settings.load;
  const contained = settings.runtime.name === 'docker';
  const start = contained ? CONTAINED_COMPONENT_START : COMPONENT_START;
  const overhead = contained ? CONTAINED_TRIAL_OVERHEAD : TRIAL_OVERHEAD;
  const starts = componentsOf(workloads, settings.mesh, settings.controlPlane).length * start;
  return nanos(overhead + starts + configuration(settings) + warmup + duration + drain(settings));
}

function configuration({ controlPlane, services: { count, ports, lazy, visible } }: Settings): Nanos {
  if (controlPlane.kind === 'none') return nanos(0);
  const told = lazy ? Math.min(visible, count) : count;
  const listeners = ports === 'own' ? told : 1;
  const { kind, sidecars, crowd } = controlPlane;
  const start = kind === 'istiod' ? ISTIOD_START + PER_OBJECT * count : CONTROL_PLANE_START;
  const each = PER_SERVICE * told + PER_PAIR_OF_LISTENERS * listeners ** 2;
  return nanos(start + sidecars * each + PER_MEMBER * crowd);
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
