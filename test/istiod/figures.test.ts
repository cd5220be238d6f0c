import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFigures } from '../../src/istiod/index.ts';

/** As istiod 1.31 answers, cut. */
const METRICS = `# HELP pilot_xds_pushes Pilot build and send errors for lds, rds, cds and eds.
# TYPE pilot_xds_pushes counter
pilot_xds_pushes{type="cds"} 2
pilot_xds_pushes{type="eds"} 3
# TYPE pilot_debounce_time histogram
pilot_debounce_time_bucket{le="0.01"} 0
pilot_debounce_time_bucket{le="+Inf"} 4
pilot_debounce_time_sum 0.5
pilot_debounce_time_count 4
pilot_push_triggers{type="endpoint"} 1
pilot_push_triggers{type="service \\"quoted\\""} 2
pilot_xds_config_size_bytes_sum{type="type.googleapis.com/envoy.config.cluster.v3.Cluster"} 1.5e+06
pilot_xds_config_size_bytes_sum{type="type.googleapis.com/envoy.config.listener.v3.Listener"} 500000
pilot_xds_push_time_sum{type="cds"} 0.25
pilot_xds_push_time_sum{type="lds"} 0.5
pilot_xds_push_time_count{type="cds"} 1
pilot_xds_push_time_count{type="lds"} 1
`;

test('what istiod says of itself is read from its metrics, over all kinds, and what it never counted is 0', () => {
  const figures = readFigures(METRICS);
  assert.deepEqual(figures.pushes, { cds: 2, eds: 3 });
  assert.deepEqual(figures.debounce, { count: 4, totalNs: 5e8 });
  assert.deepEqual(figures.push, { count: 2, totalNs: 75e7 });
  assert.equal(figures.bytes, 2e6);
  assert.equal(figures.rejected, 0);
  assert.deepEqual(figures.convergence, { count: 0, totalNs: 0 });
  assert.equal(figures.triggers['endpoint'], 1);
});
