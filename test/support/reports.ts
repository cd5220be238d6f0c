import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunRecord } from '../../src/record/index.ts';
import { paperHtml, renderHtml, renderJson, safeJson } from '../../src/report/index.ts';
import { summarize } from '../../src/summary/index.ts';
import { gateFixture } from './gates.ts';
import { PAPERS } from './papers.ts';
import { type SyntheticOptions, syntheticRecord } from './record.ts';
import { CONTEXT } from './summary.ts';

/** A folder of reports as runs and gates leave it, which goes away with the test. */
export class Reports implements Disposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'meshbench-reports-'));

  /** A run that has ended, with its report; returns its id. */
  async ended(folder: string, options: SyntheticOptions = {}): Promise<string> {
    const record = await syntheticRecord(options);
    const id = this.begin(folder, record);
    for (const trial of record.trials) this.append(id, trial);
    if (record.end !== undefined) this.append(id, record.end);
    const summary = await summarize(record);
    writeFileSync(path.join(this.folder, id, 'summary.json'), renderJson(summary));
    writeFileSync(path.join(this.folder, id, 'report.html'), await renderHtml(summary, CONTEXT));
    return id;
  }

  /** A run that has written its header and nothing else; returns its id. */
  begin(folder: string, { header }: RunRecord): string {
    const id = `quickstart/${folder}`;
    mkdirSync(path.join(this.folder, id), { recursive: true });
    this.append(id, header);
    return id;
  }

  /** Adds a line to a run's record. */
  append(id: string, line: unknown): void {
    appendFileSync(path.join(this.folder, id, 'record.jsonl'), `${JSON.stringify(line)}\n`);
  }

  /** A gate with its page. */
  async gate(): Promise<void> {
    const folder = path.join(this.folder, 'gates', 'quickstart', '2026-11-20-100000-0123abcd');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'gate.json'), safeJson(gateFixture('regression')));
    const paper = await PAPERS['gate-regression']?.();
    if (paper !== undefined) writeFileSync(path.join(folder, 'gate.html'), await paperHtml(paper));
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
