import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { histogramLog, readRecord } from '../record/index.ts';
import {
  gateCsv,
  gateJunit,
  gatePaper,
  gatePrometheus,
  paperHtml,
  paperMarkdown,
  proofPaper,
  safeJson,
} from '../report/index.ts';
import type { GateDocument, ProofDocument } from '../verdict/index.ts';
import { createRunFolder } from './folder.ts';

/**
 * Writes every output of a gate to `<out>/gates/<scenario>/<time>-<id>` and returns that folder: gate.json, gate.html,
 * gate.md (which fits a job's summary and a comment), junit.xml, gate.csv, gate.prom, response.hlog.
 * @throws BenchError preflight when it cannot be written.
 */
export async function publishGate(document: GateDocument, out: string): Promise<string> {
  const folder = await createRunFolder(
    path.join(out, 'gates'),
    document.scenario,
    new Date(document.startedAt),
    document.gateId,
  );
  const paper = gatePaper(document);
  const texts: Readonly<Record<string, string>> = {
    'gate.json': safeJson(document),
    'gate.md': paperMarkdown(paper),
    'gate.html': await paperHtml(paper),
    'junit.xml': gateJunit(document),
    'gate.csv': gateCsv(document),
    'gate.prom': gatePrometheus(document),
  };
  for (const [name, text] of Object.entries(texts)) await writeFile(path.join(folder, name), text);
  const record = path.join(out, document.first.folder, 'record.jsonl');
  await pipeline(
    Readable.from(histogramLog(await readRecord(record))),
    createWriteStream(path.join(folder, 'response.hlog')),
  );
  return folder;
}

/** Writes proof.json, proof.html and proof.md to `<out>/proofs/<scenario>/<time>-<seed>` and returns that folder. */
export async function publishProof(document: ProofDocument, out: string): Promise<string> {
  const folder = await createRunFolder(
    path.join(out, 'proofs'),
    document.scenario,
    new Date(document.startedAt),
    String(document.seed),
  );
  const paper = proofPaper(document);
  await writeFile(path.join(folder, 'proof.json'), safeJson(document));
  await writeFile(path.join(folder, 'proof.md'), paperMarkdown(paper));
  await writeFile(path.join(folder, 'proof.html'), await paperHtml(paper));
  return folder;
}
