import { type Command, Option } from 'commander';
import type { LoadPlan } from '../../load/index.ts';
import { scheduleOf } from '../../plan/index.ts';
import { bareLoad, bareRecord, checkTarget, programVersion, refuseRecord, saveRecord } from '../../run/index.ts';
import type { LoadSettings } from '../../scenario/index.ts';
import { prepareAgentNode } from '../../setup/index.ts';
import { summarize } from '../../summary/index.ts';
import { EXIT_CODE, nanos, perSecond } from '../../units/index.ts';
import { type Context, userPath } from '../context.ts';
import { onInterrupt } from '../interrupt.ts';
import { countOption, durationOption, rateOption, seedOption, sizeOption } from '../options.ts';
import { failureReasons } from './load-failures.ts';
import { type RequestFlags, requestTo, writtenFor } from './load-request.ts';
import { loadSettings, type TimingFlags } from './load-settings.ts';
import { describeLoad, farTail, secondLine } from './load-text.ts';

interface Flags extends RequestFlags, TimingFlags {
  readonly seed: number;
  readonly allowTarget: readonly string[];
  readonly save?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `load <url>`: the bare generator on a running server. */
export function addLoad(program: Command, context: Context): void {
  program
    .command('load')
    .summary('offer load to a running server: the bare generator')
    .description(
      'Sends requests at their intended times, whatever the server does (open loop), and measures from those times.\n' +
        'Only this machine is loaded, unless --allow-target says more.',
    )
    .argument(
      '<url>',
      'for example http://127.0.0.1:8080/, http2://…, grpc://127.0.0.1:9090 or thrift://127.0.0.1:9090',
    )
    .addOption(
      new Option(
        '--loop <kind>',
        'open sends requests when they are due; closed the next when one is answered, to find what saturates (HTTP)',
      )
        .choices(['open', 'closed'])
        .default('open'),
    )
    .addOption(
      new Option('--wait <how>', 'for what is due: spin takes a whole processor and is the most exact')
        .choices(['spin', 'hybrid', 'sleep'])
        .default('spin'),
    )
    .option('--rate <rate>', 'offered rate over all connections', rateOption, perSecond(1000))
    .option('--connections <n>', 'connections, opened beforehand', countOption, 32)
    .option('--warmup <time>', 'sent, not counted', durationOption, nanos(1e9))
    .option('--duration <time>', 'measurement', durationOption, nanos(10e9))
    .option('--timeout <time>', 'an answer later than this is a timeout', durationOption, nanos(10e9))
    .option('--stagger <time>', 'over which the connections are opened', durationOption, nanos(0))
    .option(
      '--schedule <words>',
      "load.schedule as a scenario writes it: constant, poisson, '{ramp: {from: 10%, to: 100%}}' …",
    )
    .option('--poisson', 'short for --schedule poisson: random gaps')
    .option(
      '--method <method>',
      'HTTP: GET (default), POST, PUT, DELETE or HEAD; gRPC: package.Service/Method; Thrift: a method of the IDL',
    )
    .option('--payload <size>', 'HTTP: size of the request body', sizeOption)
    .option('--body <text>', 'HTTP: text of the request body')
    .option(
      '--targets <words>',
      "HTTP: load.targets as a scenario writes it: '[{weight: 9, path: /a}, {weight: 1, path: /b}]'",
    )
    .addOption(
      new Option('--transport <name>', 'Thrift: how messages are cut').choices(['framed', 'unframed', 'header']),
    )
    .addOption(new Option('--protocol <name>', 'Thrift: how values are written').choices(['binary', 'compact']))
    .option('--idl <file>', 'Thrift: the IDL file that has the method')
    .option('--service <name>', 'Thrift: the service of the method, where several have it')
    .option('--multiplexed', "Thrift: calls name the service, as a multiplexed server's do")
    .option('--args <json>', 'Thrift: the arguments by name, as JSON')
    .option('--streams <n>', 'HTTP/2, gRPC: requests under way on a connection at a time', countOption)
    .option('--proto <file>', 'gRPC: the file that has the method')
    .option('--data <json>', 'gRPC: the message by field, as JSON')
    .option('--header <key=value...>', 'HTTP: request headers; gRPC: metadata; Thrift: keys and values of the header')
    .option('--pipeline <n>', 'Thrift: calls under way on a connection at a time', countOption)
    .option('--seed <n>', 'seed of random gaps', seedOption, 1)
    .option('--allow-target <cidr...>', 'networks beyond this machine that are yours to load', [])
    .option('--save <folder>', 'keep the record in a folder of its own, for meshbench report and compare')
    .option('--quiet', 'no line per second')
    .option('--json', 'print one object, with the names of a variant in summary.json, and why requests failed')
    .action(async (url: string, flags: Flags) => {
      context.exit(await load(url, flags, context));
    });
}

async function load(url: string, flags: Flags, context: Context): Promise<number> {
  const { terminal } = context;
  const { plan, settings } = await loadPlan(url, flags);
  const save = flags.save === undefined ? undefined : userPath(flags.save);
  if (save !== undefined) await refuseRecord(save);
  await prepareAgentNode((line) => terminal.say(line));
  using interrupt = onInterrupt(terminal);
  const startedAt = new Date();
  const result = await bareLoad(plan, interrupt.signal, {
    onSecond: (interval) => {
      if (flags.quiet !== true) terminal.say(secondLine(interval));
    },
  });
  const record = bareRecord(plan, result, { startedAt, version: programVersion(context.root), load: settings });
  if (save !== undefined) await saveRecord(record, save);
  const summary = summarize(record);
  const [variant] = summary.variants;
  if (variant === undefined) return EXIT_CODE.internal;
  const failures = failureReasons(result.total);
  const far = farTail(result.total.histograms.response);
  if (flags.json === true) terminal.out(`${JSON.stringify({ ...variant, farTailNs: far, failures }, null, 2)}\n`);
  else terminal.out(describeLoad(variant, { far, failures, notes: summary.notes }));
  if (save !== undefined) terminal.say(`saved: ${save} (meshbench report and compare read it)`);
  if (interrupt.signal.aborted) return EXIT_CODE.interrupted;
  return (variant.outcomes['ok'] ?? 0) === 0 ? EXIT_CODE.component : EXIT_CODE.done;
}

async function loadPlan(url: string, flags: Flags): Promise<{ plan: LoadPlan; settings: LoadSettings }> {
  const target = await checkTarget(url, flags.allowTarget);
  const settings = await loadSettings(flags, writtenFor(target, flags), target.protocol);
  const plan: LoadPlan = {
    ...(settings.loop === 'closed' ? { loop: settings.loop } : {}),
    ...(settings.wait === 'spin' ? {} : { wait: settings.wait }),
    endpoints: [{ address: target.address, port: target.port }],
    connections: settings.connections,
    stagger: settings.stagger,
    schedule: scheduleOf(settings, flags.seed, { index: 0, of: 1 }),
    warmup: settings.warmup,
    duration: settings.duration,
    timeout: settings.timeout,
    request: await requestTo(target, settings, flags),
    session: { kind: 'none' },
    endpoint: { kind: 'fixed' },
    hedge: { kind: 'none' },
  };
  return { plan, settings };
}
