import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { runText } from '../../run-text.ts';
import { extensionFolder, librariesOf } from './libraries.ts';

/** Commands that hosts run: packet rules, certificates, files, and what starts a process where it belongs. */
const COMMANDS = [
  'sh',
  'cat',
  'chmod',
  'nice',
  'sleep',
  'taskset',
  'chrt',
  'ip',
  'iptables',
  'iptables-save',
  'openssl',
];

/**
 * Every file of this machine that goes into an image, by absolute path: what `readable` names, the commands of a host, the
 * libraries of both. A folder that holds a Node program counts as that program with the packages that agents import.
 */
export async function filesToPack(readable: readonly string[]): Promise<readonly string[]> {
  const named = readable.flatMap((entry) => (statSync(entry).isDirectory() ? filesOfFolder(entry) : [entry]));
  const commands = COMMANDS.flatMap((name) => commandFile(name) ?? []);
  const programs = [...named.filter(isProgram), ...commands];
  const libraries = await librariesOf(programs);
  const extensions = filesBelow(extensionFolder(libraries, (file) => realpathSync(file)));
  const more = await librariesOf(extensions);
  return [...new Set([...named, ...commands, ...libraries, ...extensions, ...more, ...(await opensslFiles())])].sort();
}

/** Files of a folder; of one that holds a Node program, those of it that run. */
export function filesOfFolder(folder: string): readonly string[] {
  if (!existsSync(path.join(folder, 'package.json'))) return filesBelow(folder);
  const program = path.join(folder, 'dist', 'src');
  return [
    path.join(folder, 'package.json'),
    ...filesBelow(program).filter((file) => file.endsWith('.js')),
    ...filesBelow(path.join(folder, 'generated')),
    ...packageFolders(folder, AGENT_PACKAGES).flatMap(filesBelow).filter(isRead),
  ];
}

/** What agents import; a test starts one from the image. */
const AGENT_PACKAGES = ['@grpc/grpc-js', '@grpc/grpc-js-xds', 'autocannon', 'hdr-histogram-js', 'protobufjs', 'thrift'];

/** Half of the files of a package are for those who write programs. */
function isRead(file: string): boolean {
  return !/\.(?:[cm]?ts|map|md)$/u.test(file);
}

/** Folders of npm packages and of those that they depend on. */
function packageFolders(root: string, names: readonly string[], found = new Set<string>()): readonly string[] {
  for (const name of names) {
    const folder = path.join(root, 'node_modules', name);
    if (found.has(folder) || !existsSync(folder)) continue;
    found.add(folder);
    const { dependencies = {} } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>;
    };
    packageFolders(root, Object.keys(dependencies), found);
  }
  return [...found];
}

function filesBelow(folder: string | undefined): readonly string[] {
  if (folder === undefined || !existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);
}

function isProgram(file: string): boolean {
  return (statSync(file).mode & 0o111) !== 0 && !file.endsWith('.js');
}

function commandFile(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.map((folder) => path.join(folder, name)).find((file) => path.isAbsolute(file) && existsSync(file));
}

/** openssl refuses to make requests without its configuration. */
async function opensslFiles(): Promise<readonly string[]> {
  const folder = /"(.+)"/u.exec(await runText('openssl', ['version', '-d']))?.[1];
  const file = path.join(folder ?? '/', 'openssl.cnf');
  return existsSync(file) ? [file] : [];
}
