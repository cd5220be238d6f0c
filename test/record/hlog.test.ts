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
