import { mkdirSync, rmSync } from 'node:fs';
import { Children } from '../inside/children.ts';
import { describeFailure, exec } from '../inside/commands.ts';
import { openMouth, serve } from '../inside/serve.ts';
import { type Observed, observe } from '../observer.ts';
import { bootId } from '../process-start.ts';
import { inGroup } from './cgroup.ts';
import type { Requests, SupervisorOptions } from './messages.ts';
import { addHost, inHost, joinHost, removeHost } from './network.ts';
import { prepareNamespaces } from './prepare.ts';

/**
 * The first process of the sandbox's PID namespace. When it ends, for whatever reason, the kernel ends everything
 * else in there and takes the namespaces down; it ends when the command line's pipe closes.
 */
const say = openMouth(() => process.exit(0));

const children = new Children(say);
/** cpu.stat of the group of each limited process. */
const groups = new Map<string, string>();
const started = new Map<string, number>();
const folders = new Map<string, string>();
/** The index of the interface of each host that has one. */
const interfaces = new Map<string, number>();
let hosts = 0;

/** Keys are made here and read here. */
const FILE_MODE = 0o600;

function observed(): ReadonlyMap<string, Observed> {
  const known = new Map<string, Observed>([['harness', { pids: [process.pid], cpuStat: undefined }]]);
  for (const [name, pid] of started) {
    if (children.get(name)?.pid === pid) known.set(name, { pids: [pid], cpuStat: groups.get(name) });
  }
  return known;
}

try {
  const options = JSON.parse(process.argv[2] ?? '{}') as SupervisorOptions;
  process.chdir('/');
  prepareNamespaces(options.readable);
  serve<Requests>(
    {
      ...children.handlers(FILE_MODE),
      host: async ({ name, address, folder, sysctls, joins }) => {
        if (joins === undefined) {
          addHost(name, hosts, address, sysctls);
          interfaces.set(name, hosts);
        } else joinHost(name, joins, address);
        hosts += 1;
        mkdirSync(folder, { recursive: true });
        folders.set(name, folder);
        return null;
      },
      dropHost: async ({ host }) => {
        await children.end(`${host}.`);
        removeHost(host, interfaces.get(host));
        interfaces.delete(host);
        rmSync(folders.get(host) ?? '', { recursive: true, force: true });
        folders.delete(host);
        return null;
      },
      start: async ({ host, spec, group }) => {
        const name = `${host}.${spec.name}`;
        const limited = group === undefined ? [] : inGroup(group);
        const { pid = 0 } = children.start(name, [...inHost(host), ...limited], spec);
        started.set(name, pid);
        if (group === undefined) groups.delete(name);
        else groups.set(name, group.stat);
        return { pid };
      },
      exec: ({ host, argv, timeoutMs }) => exec([...inHost(host), ...argv], timeoutMs),
      observe: (request) => observe(request, observed),
    },
    say,
    () => process.exit(0),
  );
  say({ notice: 'up', bootId: bootId() });
} catch (error) {
  say({ notice: 'broken', reason: describeFailure(error) });
}
