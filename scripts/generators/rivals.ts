import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { agentNode, cacheFolder } from '../../src/setup/index.ts';

/** Another load generator, at a pinned version; Debian's are those of the distribution. */
export interface Rival {
  readonly name: string;
  /** Undefined where the distribution decides. */
  readonly version: string | undefined;
  /** Of the distribution, where that decides. */
  readonly package?: string;
  /** The command that installs it, in the folder that is its own. */
  readonly install: (folder: string) => readonly [string, ...string[]];
  readonly env?: (folder: string) => Readonly<Record<string, string>>;
  /** What starts it, before its arguments. */
  readonly command: (folder: string) => readonly [string, ...string[]];
}

const debian = (name: string, from = name): Rival => ({
  name,
  version: undefined,
  package: from,
  install: () => ['apt-get', 'install', '--yes', '--no-install-recommends', from],
  command: () => [name],
});

const go = (name: string, module: string, version: string): Rival => ({
  name,
  version,
  install: () => ['go', 'install', `${module}@v${version}`],
  env: (folder) => ({ GOBIN: folder }),
  command: (folder) => [path.join(folder, name)],
});

export const RIVALS: readonly Rival[] = [
  debian('wrk'),
  debian('hey'),
  debian('h2load', 'nghttp2-client'),
  go('fortio', 'fortio.org/fortio', '1.63.7'),
  go('vegeta', 'github.com/tsenart/vegeta/v12', '12.13.0'),
  go('k6', 'go.k6.io/k6', '1.8.1'),
  {
    name: 'oha',
    version: '1.16.0',
    install: (folder) => [
      ...(['cargo', 'install', 'oha', '--version', '1.16.0', '--locked'] as const),
      ...['--no-default-features', '--features', 'rustls', '--root', folder],
    ],
    command: (folder) => [path.join(folder, 'bin', 'oha')],
  },
  {
    name: 'autocannon',
    version: '9.0.0',
    install: (folder) => ['npm', 'install', '--prefix', folder, '--save-exact', '--ignore-scripts', 'autocannon@9.0.0'],
    command: (folder) => [agentNode().path, path.join(folder, 'node_modules', 'autocannon', 'autocannon.js')],
  },
];

/** In the words of dpkg-query. */
const FORMAT = ['$', '{Version}'].join('');

/** Where a rival is installed; Debian's are the system's. */
export function folderOf({ name, version }: Rival): string {
  return path.join(cacheFolder(), 'rivals', version === undefined ? name : `${name}-${version}`);
}

/** What starts a rival; undefined where it is not installed. */
export function commandOf(rival: Rival): readonly [string, ...string[]] | undefined {
  const command = rival.command(folderOf(rival));
  return command.every(isThere) ? command : undefined;
}

/** Its version, asked of the distribution where that decides. */
export function versionOf(rival: Rival): string {
  if (rival.version !== undefined) return rival.version;
  try {
    return execFileSync('dpkg-query', ['-W', '-f', FORMAT, rival.package ?? rival.name], { encoding: 'utf8' });
  } catch {
    return 'of unknown version';
  }
}

function isThere(word: string): boolean {
  if (path.isAbsolute(word)) return existsSync(word);
  return (process.env['PATH'] ?? '').split(path.delimiter).some((folder) => isExecutable(path.join(folder, word)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
