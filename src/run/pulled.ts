import type { Plan } from '../plan/index.ts';
import { envoyImage, type ImageList, imageList, nodeImage, type ProgramImage, pullProgram } from '../runtime/index.ts';
import { agentNode, cacheFolder, type EnvoyBinary, prepareRun, sha256Of } from '../setup/index.ts';
import { BenchError } from '../units/index.ts';
import type { Fingerprint } from './fingerprint.ts';
import { runtimesOf } from './worlds.ts';

/** How the images of containers are made: of this machine's binaries, or of public images. */
export const IMAGE_WAYS = ['pack', 'pull'] as const;
export type ImageWay = (typeof IMAGE_WAYS)[number];

/**
 * Programs that come out of public images, as far as a run needs them. What the user names is packed all the same: an Envoy
 * by --envoy-bin or an arm of a gate, a Node by AGENT_NODE.
 */
export class PulledPrograms {
  private readonly list: ImageList;
  private readonly say: (line: string) => void;
  private readonly images = new Map<string, ProgramImage>();
  private readonly facts: Record<string, string | boolean> = {};

  constructor(say: (line: string) => void) {
    this.list = imageList();
    this.say = say;
  }

  /** By path on this machine. */
  get byPath(): ReadonlyMap<string, ProgramImage> {
    return this.images;
  }

  get fingerprint(): Fingerprint {
    return this.facts;
  }

  /** The version that stands for one that nobody asked for: the newest. */
  versionOf(wanted: string | undefined): string {
    return envoyImage(this.list, wanted).version;
  }

  /** @throws BenchError usage or preflight where there is no image of it, or it cannot be had. */
  async envoy(version: string): Promise<EnvoyBinary> {
    const { image, path } = envoyImage(this.list, version);
    const copy = await pullProgram({ image, path }, cacheFolder(), this.say);
    const { envoys } = await prepareRun({ envoyBin: copy, envoyVersions: [version], sandbox: false, say: this.say });
    const envoy = envoys[version];
    if (envoy === undefined) throw new BenchError('internal', 'NO_ENVOY', `${image} was asked for and not prepared`);
    this.images.set(envoy.path, { image, path });
    this.facts[`docker.image.envoy.${version}`] = image;
    return { ...envoy, source: 'image' };
  }

  /** The agents' Node in containers. @throws BenchError preflight where it cannot be had. */
  async node(): Promise<void> {
    const { path: own, source } = agentNode();
    if (source === 'given') return;
    const inside = nodeImage(this.list);
    const copy = await pullProgram(inside, cacheFolder(), this.say);
    this.images.set(own, inside);
    this.facts['docker.image.node'] = inside.image;
    this.facts['docker.image.node.same'] = (await sha256Of(copy)) === (await sha256Of(own));
  }
}

/** Undefined where images are packed. @throws BenchError usage where no host lives in a container. */
export function pulledPrograms(way: ImageWay, plan: Plan, say: (line: string) => void): PulledPrograms | undefined {
  if (way === 'pack') return undefined;
  if (runtimesOf(plan).includes('docker')) return new PulledPrograms(say);
  throw new BenchError(
    'usage',
    'IMAGES_WITHOUT_DOCKER',
    '--images pull is for containers, and no variant runs in one',
    {
      hint: 'add --runtime docker',
    },
  );
}
