import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeFromCompressedBase64, HistogramLogReader, initWebAssembly } from 'hdr-histogram-js';
import { histogramLog } from '../../src/record/index.ts';
import { syntheticRecord } from '../support/record.ts';

test("the log of response times is read by HdrHistogram's own reader, second by second", async () => {
  await initWebAssembly();
  const record = await syntheticRecord();
  const text = [...histogramLog(record)].join('');
  const reader = new HistogramLogReader(text);
  let read = 0;
  let counted = 0;
  for (let next = reader.nextIntervalHistogram(); next != null; next = reader.nextIntervalHistogram()) {
    read += 1;
    counted += next.totalCount;
    assert.match(String(next.tag), /^(?:direct|outbound)$/u);
  }
  const intervals = record.trials.flatMap(({ load }) => load.intervals);
  assert.equal(read, intervals.length);
  const expected = intervals.reduce(
    (sum, { histograms }) => sum + decodeFromCompressedBase64(histograms.response).totalCount,
    0,
  );
  assert.equal(counted, expected);
});

test('a tag holds nothing that means something in a log', async () => {
  const record = await syntheticRecord({
    variants: [{ name: 'a,b\n#c "d"', medianNs: 60_000, sidecar: false }],
    blocks: 1,
  });
  const lines = [...histogramLog(record)].join('').split('\n');
  for (const line of lines.slice(3, -1)) assert.match(line, /^Tag=[\w.=/-]+,[\d.]+,1\.000,[\d.]+,[A-Za-z0-9+/=]+$/u);
});

test('seconds stand where they were measured, and vetoed trials are left out', async () => {
  const record = await syntheticRecord({ blocks: 1, vetoedIn: [0] });
  const from = Date.parse(record.header.startedAt);
  const trials = record.trials.map((trial, at) => ({
    ...trial,
    startedAt: new Date(from + 10_000 * at).toISOString(),
    ...(at === 1 ? { measuredAt: new Date(from + 10_000 * at + 2500).toISOString() } : {}),
  }));
  const [vetoed, second, third] = trials;
  assert.ok(vetoed !== undefined && vetoed.vetoes.length > 0 && second !== undefined && third !== undefined);
  const lines = [...histogramLog({ ...record, trials })].slice(3).map((line) => line.split(','));
  assert.equal(lines.length, second.load.intervals.length + third.load.intervals.length);
  assert.equal(lines[0]?.[1], '12.500', 'after its components were started and warmed up');
  assert.equal(lines[second.load.intervals.length]?.[1], '20.000', 'a record of an earlier version does not say');
});
