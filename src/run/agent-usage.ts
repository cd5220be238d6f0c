import {
  measureUsage,
  monotonicNow,
  openProcess,
  type ProcessReader,
  readMachine,
  type Usage,
  type UsageSample,
} from '../metrics/index.ts';
import { nanos } from '../units/index.ts';

const SECOND_MS = 1000;

/** What a load agent outside any runtime uses over its measurement, second by second. */
export class AgentUsage {
  private readonly reader: ProcessReader;
  private readonly samples: UsageSample[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(pid: number) {
    this.reader = openProcess(pid);
  }

  /** Reads at the instant at which the measurement starts, and every second from then on. */
  begin(measureFrom: number): void {
    this.samples.push(this.take(false));
    const first = (): void => {
      // The one of before stands only where the load is stopped in its warm-up.
      this.samples.splice(0, 1, this.take(false));
      this.timer = setInterval(() => this.samples.push(this.take(false)), SECOND_MS);
    };
    this.timer = setTimeout(first, (measureFrom - monotonicNow()) / 1e6);
  }

  /** Reads once more, memory too. @throws RangeError before {@link begin}. */
  end(): Usage {
    clearTimeout(this.timer);
    this.samples.push(this.take(true));
    return measureUsage(this.samples);
  }

  /** Reads no more. Call it once, however the load ended. */
  close(): void {
    clearTimeout(this.timer);
    this.reader.close();
  }

  /** Memory that the kernel has to walk every page for is read at the end alone: reading it holds up the agent. */
  private take(memory: boolean): UsageSample {
    const at = monotonicNow();
    const times = this.reader.read(true);
    const counters = times === undefined ? undefined : { ...times, ...(memory ? this.reader.readMemory() : {}) };
    return {
      at,
      took: nanos(monotonicNow() - at),
      machine: readMachine(),
      processes: counters === undefined ? {} : { load: counters },
    };
  }
}
