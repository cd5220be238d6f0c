import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Site, SitePaper, SiteRun } from '../report/index.ts';
import type { Summary } from '../summary/index.ts';
import type { GateVerdict } from '../verdict/index.ts';
import { asObject, numberIn, parse, type RecordHead, readHead, textIn } from './head.ts';
import { partsOf } from './paths.ts';

/** What an index lists of runs, and of papers. */
const MOST_LISTED = 500;
/** A summary or a gate's document larger than this is not read for an index. */
const MOST_BYTES = 8_000_000;
/** Folders of reports/ that hold no runs. */
const PAPERS = { gates: 'gate', proofs: 'proof', history: 'history' } as const;
/** A run writes after every trial; beside that it may wait for calm this long. */
const PATIENCE_MS = 150_000;

/** What stands below a folder of reports. What did not change since it was last asked is not read again. */
export class Catalog {
  readonly #root: string;
  readonly #known = new Map<string, { readonly stamp: string; readonly run: SiteRun | undefined }>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Everything that is there now, newest first. */
  async list(): Promise<Site> {
    const ids = await foldersBelow(this.#root, (name) => !Object.hasOwn(PAPERS, name));
    const { papers, left } = await this.#papers();
    const runs: SiteRun[] = [];
    for (const id of ids.slice(0, MOST_LISTED)) {
      const run = await this.run(id);
      if (run !== undefined) runs.push(run);
    }
    return {
      runs: runs.toSorted((one, other) => (one.startedAt < other.startedAt ? 1 : -1)),
      papers,
      left: Math.max(0, ids.length - MOST_LISTED) + left,
    };
  }

  /** A run by `<scenario>/<run>`; undefined where there is no record. */
  async run(id: string): Promise<SiteRun | undefined> {
    const folder = path.join(this.#root, id);
    const [record, summary] = await Promise.all(
      ['record.jsonl', 'summary.json'].map((name) => stat(path.join(folder, name)).catch(() => undefined)),
    );
    if (record?.isFile() !== true) return undefined;
    const stamp = [record, summary].map((file) => `${file?.size} ${file?.mtimeMs}`).join(' ');
    const known = this.#known.get(id);
    // Whether it still runs depends on the clock as well.
    if (known?.stamp === stamp && known.run?.state !== 'running') return known.run;
    const run = await readRun(id, folder, record.mtimeMs, summary?.size);
    if (this.#known.size > 2 * MOST_LISTED) this.#known.clear();
    this.#known.set(id, { stamp, run });
    return run;
  }

  /** The newest papers, and how many there are besides. */
  async #papers(): Promise<{ readonly papers: readonly SitePaper[]; readonly left: number }> {
    const [gates, proofs, history] = await Promise.all([
      foldersBelow(path.join(this.#root, 'gates'), () => true),
      foldersBelow(path.join(this.#root, 'proofs'), () => true),
      readdir(path.join(this.#root, 'history')).catch(() => []),
    ]);
    const papers: SitePaper[] = history
      .filter((name) => name.endsWith('.html') && partsOf(name) !== undefined)
      .map((name) => ({
        kind: 'history',
        scenario: name.slice(0, -'.html'.length),
        startedAt: null,
        verdict: null,
        path: `history/${name}`,
      }));
    for (const id of gates.slice(0, MOST_LISTED)) papers.push(await this.#paper('gates', id, 'gate'));
    for (const id of proofs.slice(0, MOST_LISTED)) papers.push(await this.#paper('proofs', id, 'proof'));
    const all = papers.length + [gates, proofs].reduce((sum, ids) => sum + Math.max(0, ids.length - MOST_LISTED), 0);
    const newest = papers.toSorted((one, other) => ((one.startedAt ?? '~') < (other.startedAt ?? '~') ? 1 : -1));
    const shown = newest.slice(0, MOST_LISTED);
    return { papers: shown, left: all - shown.length };
  }

  async #paper(folder: keyof typeof PAPERS, id: string, kind: 'gate' | 'proof'): Promise<SitePaper> {
    const document = await readObject(path.join(this.#root, folder, id, `${kind}.json`));
    const startedAt = document === undefined ? '' : textIn(document, 'startedAt');
    return {
      kind,
      scenario: id.split('/')[0] ?? '',
      startedAt,
      verdict: document === undefined ? null : oneOf(GATE_VERDICTS, document['verdict']),
      path: `${folder}/${id}/${kind}.html`,
    };
  }
}

async function readRun(
  id: string,
  folder: string,
  mtimeMs: number,
  summaryBytes: number | undefined,
): Promise<SiteRun | undefined> {
  const head = await readHead(path.join(folder, 'record.jsonl'));
  if (head === undefined) return undefined;
  const summary = summaryBytes === undefined ? undefined : await readObject(path.join(folder, 'summary.json'));
  const [blocks, trials] = ['blocks', 'trials'].map((part) => asObject(summary?.[part]));
  return {
    id,
    scenario: head.scenario,
    question: head.question,
    startedAt: head.startedAt,
    runtime: head.runtime,
    state: stateOf(head, mtimeMs),
    verdict: oneOf(VERDICTS, summary?.['verdict']),
    blocks: blocks === undefined ? null : numberIn(blocks, 'measured'),
    vetoed: trials === undefined ? 0 : numberIn(trials, 'vetoed'),
    hasReport: await stat(path.join(folder, 'report.html')).then(
      (file) => file.isFile(),
      () => false,
    ),
  };
}

/** A record without a closing line is written still, or its run was killed: then nothing was written for long. */
function stateOf({ end, blocks, variants, estimateNs }: RecordHead, mtimeMs: number): SiteRun['state'] {
  if (end !== undefined) return end;
  const perTrialMs = estimateNs / 1e6 / Math.max(1, blocks * variants.length);
  return Date.now() - mtimeMs < PATIENCE_MS + 2 * perTrialMs ? 'running' : 'killed';
}

const VERDICTS = [
  'none',
  'pass',
  'regression',
  'inconclusive',
  'invalid',
] as const satisfies readonly Summary['verdict'][];
const GATE_VERDICTS = [
  'pass',
  'regression',
  'inconclusive',
  'invalid',
  'failed',
  'interrupted',
] as const satisfies readonly GateVerdict[];

function oneOf<Word extends string>(words: readonly Word[], value: unknown): Word | null {
  return words.find((word) => word === value) ?? null;
}

async function readObject(file: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true || found.size > MOST_BYTES) return undefined;
  return asObject(parse(await readFile(file, 'utf8').catch(() => '')));
}

/** `<scenario>/<run>` of everything two folders below, the newest run folders first; links such as `latest` are none. */
async function foldersBelow(root: string, wanted: (name: string) => boolean): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const scenario of await folders(root)) {
    if (!wanted(scenario)) continue;
    for (const run of await folders(path.join(root, scenario))) ids.push(`${scenario}/${run}`);
  }
  return ids.toSorted((one, other) => (lastPart(one) < lastPart(other) ? 1 : -1));
}

async function folders(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory() && partsOf(entry.name) !== undefined).map(({ name }) => name);
}

function lastPart(id: string): string {
  return id.split('/').at(-1) ?? '';
}
