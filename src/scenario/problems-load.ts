import { formatDuration, fromSeconds, nanos, printBytes, toSeconds } from '../units/index.ts';
import { MOST_REQUESTS } from './bounds.ts';
import type { Path } from './finding.ts';
import { messagesOf } from './messages.ts';
import type { Breach, Rule } from './rule.ts';
import type { Schedule, Settings } from './scenario.ts';

const METHOD: Path = ['load', 'method'];
const SCHEDULE: Path = ['load', 'schedule'];
const LOOP: Path = ['load', 'loop'];

/** What cannot be sent, or not at these times. */
export const LOAD_RULES: readonly Rule[] = [
  {
    rule: 'request-body',
    reads: ['protocol', 'load.payload', 'load.body', 'load.method', 'load.targets'],
    problems: requestBody,
  },
  { rule: 'answer-body', reads: ['load.method', 'load.targets', 'app.payload'], problems: answerBody },
  {
    rule: 'requests',
    reads: ['load.rate', 'load.warmup', 'load.duration', 'load.schedule'],
    problems: ({ load }) => requests(load),
  },
  {
    rule: 'closed-loop',
    reads: ['protocol', 'load.loop', 'load.schedule', 'load.targets', 'load.stagger', 'load.timeout'],
    problems: closedLoop,
  },
  { rule: 'schedule', reads: ['load.schedule', 'load.duration'], problems: ({ load }) => cycle(load) },
];

function requestBody({ protocol, load }: Settings): readonly Breach[] {
  if (protocol !== 'http') return [];
  return messagesOf(load).flatMap(({ method, payload, body }, index): Breach[] => {
    const target: Path = load.targets.length === 0 ? ['load'] : ['load', 'targets', index];
    if (payload > 0 && body !== '') return [{ at: [[...target, 'body']], message: 'is given beside a payload' }];
    if (method === 'POST' || method === 'PUT' || (payload === 0 && body === '')) return [];
    const [field, what, none] =
      body === ''
        ? ['payload', `the payload is ${printBytes(payload)}`, 'payload: 0']
        : ['body', 'it holds text', "body: ''"];
    const message = `a ${method} request has no body, but ${what}; use POST or PUT, or ${none}`;
    return [{ at: [[...target, field], [...target, 'method'], ['load', field], METHOD], message }];
  });
}

/** A mixture may hold a HEAD: who sends HEAD alone is told that its answers have no body. */
function answerBody({ load, app }: Settings): readonly Breach[] {
  if (load.targets.length > 0 || load.method !== 'HEAD' || app.payload === 0) return [];
  const size = printBytes(app.payload);
  const message = `an answer to HEAD has no body, but app.payload is ${size}; set app.payload: 0`;
  return [{ at: [METHOD, ['app', 'payload']], message }];
}

function requests({ rate, warmup, duration, schedule }: Settings['load']): readonly Breach[] {
  const count = rate * (toSeconds(warmup) + meanShare(schedule) * toSeconds(duration));
  if (count <= MOST_REQUESTS) return [];
  const [are, most] = [count, MOST_REQUESTS].map((number) =>
    number.toLocaleString('en-US', { maximumFractionDigits: 0 }),
  );
  const message = `rate × (warmup + duration) makes ${are} requests in one trial; the limit is ${most}`;
  return [
    {
      at: [
        ['load', 'rate'],
        ['load', 'duration'],
        ['load', 'warmup'],
      ],
      message,
    },
  ];
}

/** autocannon takes no shorter time-out. */
const LEAST_CLOSED_TIMEOUT = fromSeconds(1);

/** What autocannon does not do, or what has no meaning where nothing is due. */
function closedLoop({ protocol, load }: Settings): readonly Breach[] {
  if (load.loop === 'open') return [];
  const { schedule, targets, stagger, timeout } = load;
  const refused = (field: string, isSo: boolean, message: string): readonly Breach[] =>
    isSo ? [{ at: [['load', field], LOOP], message }] : [];
  return [
    ...(protocol === 'http' ? [] : [{ at: [LOOP, ['protocol']], message: 'can be closed for http alone' }]),
    ...refused('schedule', schedule !== 'constant', 'means nothing in a closed loop: no request is due at a time'),
    ...refused('targets', targets.length > 0, 'needs an open loop: a closed one sends one request over and over'),
    ...refused('stagger', stagger > 0, 'needs an open loop: a closed one opens its connections at once'),
    ...refused(
      'timeout',
      timeout < LEAST_CLOSED_TIMEOUT,
      `is ${formatDuration(timeout)}, but that of a closed loop is ${formatDuration(LEAST_CLOSED_TIMEOUT)} at least`,
    ),
  ];
}

/** The mean of a schedule over the measurement, as a share of the rate; a replay has no more than its file may hold. */
function meanShare(schedule: Schedule): number {
  if (typeof schedule === 'string') return 1;
  switch (schedule.kind) {
    case 'ramp':
      return (schedule.from + schedule.to) / 2;
    case 'steps':
      return schedule.shares.reduce((sum, share) => sum + share, 0) / schedule.shares.length;
    case 'bursts':
    case 'onOff':
      return 1;
    case 'replay':
      return 0;
  }
}

/** Over less than one cycle the mean is not the rate that was asked for. */
function cycle({ schedule, duration }: Settings['load']): readonly Breach[] {
  if (typeof schedule === 'string') return [];
  const length =
    schedule.kind === 'bursts' ? schedule.every : schedule.kind === 'onOff' ? nanos(schedule.on + schedule.off) : 0;
  if (length <= duration) return [];
  const message = `repeats every ${formatDuration(nanos(length))}, but the measurement takes ${formatDuration(duration)}`;
  return [{ at: [SCHEDULE, ['load', 'duration']], message }];
}
