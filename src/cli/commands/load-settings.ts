import {
  type AppSettings,
  applyPatch,
  DEFAULT_SETTINGS,
  type LoadSettings,
  readArrivals,
  readSetting,
  type Schedule,
  type Settings,
  settingsProblems,
} from '../../scenario/index.ts';
import { BenchError, bytes, type Nanos, type Rate } from '../../units/index.ts';

/** Flags that say how much is sent, and when. */
export interface TimingFlags {
  readonly loop: 'open' | 'closed';
  readonly wait: 'spin' | 'hybrid' | 'sleep';
  readonly rate: Rate;
  readonly connections: number;
  readonly stagger: Nanos;
  readonly warmup: Nanos;
  readonly duration: Nanos;
  readonly timeout: Nanos;
  readonly schedule?: string;
  readonly poisson?: boolean;
}

/** The server is not ours: nothing is known of its answers. */
const APP: AppSettings = { ...DEFAULT_SETTINGS.app, payload: bytes(0) };

/** A load by its flags and by settings that are written as in a scenario. @throws BenchError usage, with everything that is wrong. */
export async function loadSettings(
  flags: TimingFlags,
  written: Readonly<Record<string, string | undefined>>,
  protocol: Settings['protocol'] = 'http',
): Promise<LoadSettings> {
  if (flags.poisson === true && flags.schedule !== undefined) {
    throw new BenchError('usage', 'FLAGS_AT_ODDS', '--poisson and --schedule are both there; one of them says when');
  }
  const { loop, wait, rate, connections, stagger, warmup, duration, timeout } = flags;
  const schedule = flags.poisson === true ? 'poisson' : flags.schedule;
  const settings = patched(
    { ...written, 'load.schedule': schedule },
    { loop, wait, rate, connections, stagger, warmup, duration, timeout },
  );
  const problems = settingsProblems({ ...settings, ...(loop === 'closed' ? { protocol } : {}) }, []).map(
    ({ at: [path], message }) => `${path?.join('.')}: ${message}`,
  );
  refuse(problems);
  return { ...settings.load, schedule: await withInstants(settings.load.schedule) };
}

function patched(written: Readonly<Record<string, string | undefined>>, given: Partial<LoadSettings>): Settings {
  const problems: string[] = [];
  let settings: Settings = { ...DEFAULT_SETTINGS, app: APP, load: { ...DEFAULT_SETTINGS.load, ...given } };
  for (const [path, text] of Object.entries(written)) {
    if (text === undefined) continue;
    const read = readSetting(path, text);
    if (read.ok) settings = applyPatch(settings, read.point.patch);
    else problems.push(read.problem);
  }
  refuse(problems);
  return settings;
}

function refuse(problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new BenchError('usage', 'REQUEST_REFUSED', problems.join('; '), {
    hint: '`meshbench load --help` shows every flag; docs/scenarios.md has the values',
  });
}

/** A file is looked for below the folder in which the command runs. */
async function withInstants(schedule: Schedule): Promise<Schedule> {
  if (typeof schedule === 'string' || schedule.kind !== 'replay') return schedule;
  return { ...schedule, instants: await readArrivals(schedule.file, '.') };
}
