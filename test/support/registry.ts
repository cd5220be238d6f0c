import type { ChildProcess } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { noDocker, type TestDocker } from './dockerd.ts';
import { until } from './processes.ts';

/** Dockerd takes a registry on loopback without TLS. */
const ADDRESS = '127.0.0.1:5000';
const ROOT = 'docker/registry/v2';

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** Why tests of pulled images are skipped; false where they run. */
export const noRegistry: string | false =
  noDocker || (hasCommand('docker-registry') ? false : 'this machine has no docker-registry');

function hasCommand(name: string): boolean {
  return (process.env['PATH'] ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, name)));
}

/** A registry on the loopback of a test's daemon, with its files below `folder`. */
export class TestRegistry implements AsyncDisposable {
  private readonly storage: string;
  private readonly child: ChildProcess;

  private constructor(storage: string, child: ChildProcess) {
    this.storage = storage;
    this.child = child;
  }

  static async start(daemon: TestDocker, folder: string): Promise<TestRegistry> {
    const storage = path.join(folder, 'registry');
    const config = path.join(folder, 'registry.yml');
    mkdirSync(storage);
    const lines = ['version: 0.1', 'storage:', '  filesystem:', `    rootdirectory: ${storage}`];
    writeFileSync(config, [...lines, 'http:', `  addr: ${ADDRESS}`].join('\n'));
    const child = daemon.startInside('docker-registry', 'serve', config);
    await until('a registry', 10, () => {
      try {
        daemon.get(`http://${ADDRESS}/v2/`);
        return true;
      } catch {
        return child.exitCode !== null;
      }
    });
    return new TestRegistry(storage, child);
  }

  /** Keeps an image of some layers, each a tar. Returns the reference to pull it by. */
  publish(name: string, layers: readonly Buffer[]): string {
    const rootfs = { type: 'layers', diff_ids: layers.map(digestOf) };
    const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', config: {}, rootfs }));
    const part = (mediaType: string, content: Buffer) => {
      return { mediaType: `application/vnd.docker.${mediaType}`, size: content.length, digest: digestOf(content) };
    };
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
        config: part('container.image.v1+json', config),
        // Not compressed: packing and unpacking would take longer than all that is asked here.
        layers: layers.map((layer) => part('image.rootfs.diff.tar', layer)),
      }),
    );
    for (const blob of [config, ...layers]) this.keep(name, '_layers', blob);
    this.keep(name, '_manifests/revisions', manifest);
    return `${ADDRESS}/${name}:test@${digestOf(manifest)}`;
  }

  /** As the registry's own driver lays it out. */
  private keep(name: string, kind: string, blob: Buffer): void {
    const digest = digestOf(blob);
    const link = path.join(this.storage, ROOT, 'repositories', name, kind, digest.replace(':', '/'));
    const file = this.blobFile(digest);
    for (const folder of [link, path.dirname(file)]) mkdirSync(folder, { recursive: true });
    writeFileSync(file, blob);
    writeFileSync(path.join(link, 'link'), digest);
  }

  private blobFile(digest: string): string {
    const hex = digest.slice('sha256:'.length);
    return path.join(this.storage, ROOT, 'blobs/sha256', hex.slice(0, 2), hex, 'data');
  }

  /** Changes what the registry keeps under a digest, by a character that means nothing. */
  tamper(reference: string): void {
    const file = this.blobFile(reference.slice(reference.indexOf('@') + 1));
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('close', resolve));
    this.child.kill('SIGKILL');
    await ended;
  }
}

/** A tar of some files of this machine as they lie in /usr/local/bin of an image. */
export function tarOfPrograms(files: readonly string[]): Buffer {
  const places = files.flatMap((file) => ['-C', path.dirname(file), path.basename(file)]);
  const args = ['--create', '--transform=s,^,usr/local/bin/,', '--owner=0', '--group=0', '--mode=0755', ...places];
  return execFileSync('tar', args, { maxBuffer: 1e9 });
}
