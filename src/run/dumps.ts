import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { compareDumps } from '../istiod/index.ts';
import { canonicalJson, type Plan, type Variant } from '../plan/index.ts';
import { applyPatch, describeSettings } from '../scenario/index.ts';
import { configurationFolder } from './folder.ts';

/** Two variants that differ in who configures the sidecars, and in nothing else. */
interface Pair {
  readonly istiod: string;
  readonly xds: string;
}

const DUMP = 'client.config_dump.json.gz';
const DIFFERENCES = 'differences.json';
const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** What sidecars had of either control plane, where a plan has both: kept, and compared resource by resource. */
export class Dumps {
  private readonly folder: string;
  private readonly pairs: readonly Pair[];
  private readonly kept = new Set<string>();

  constructor(folder: string, plan: Pick<Plan, 'variants'>) {
    this.folder = folder;
    this.pairs = pairsOf(plan);
  }

  /** True where a variant's dump is compared with another's, and is not here yet. */
  wants(variant: string): boolean {
    return !this.kept.has(variant) && this.pairs.some(({ istiod, xds }) => variant === istiod || variant === xds);
  }

  /** Keeps it, and compares it as soon as the other of its pair is here: istiod's first. */
  async keep(variant: string, dump: string): Promise<void> {
    this.kept.add(variant);
    await mkdir(configurationFolder(this.folder, variant), { recursive: true });
    await writeFile(this.file(variant, DUMP), await compress(dump));
    for (const pair of this.pairs) {
      const { istiod, xds } = pair;
      if ((variant !== istiod && variant !== xds) || !this.kept.has(istiod) || !this.kept.has(xds)) continue;
      const compared = compareDumps(await this.read(istiod), await this.read(xds));
      const told = { first: istiod, second: xds, ...compared };
      await writeFile(this.file(istiod, DIFFERENCES), `${JSON.stringify(told, null, 2)}\n`);
    }
  }

  private file(variant: string, name: string): string {
    return path.join(configurationFolder(this.folder, variant), name);
  }

  private async read(variant: string): Promise<string> {
    return (await decompress(await readFile(this.file(variant, DUMP)))).toString('utf8');
  }
}

function pairsOf({ variants }: Pick<Plan, 'variants'>): readonly Pair[] {
  const of = (kind: 'istiod' | 'xds'): readonly Variant[] =>
    variants.filter(({ settings }) => settings.controlPlane.kind === kind);
  return of('istiod').flatMap((one) => {
    const other = of('xds').find((candidate) => alike(candidate) === alike(one));
    return other === undefined ? [] : [{ istiod: one.name, xds: other.name }];
  });
}

function alike({ settings }: Variant): string {
  return canonicalJson(describeSettings(applyPatch(settings, { controlPlane: { kind: 'xds' } })));
}
