import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eds, type Json, OTHER, SERVER } from './istio.ts';
import { bootstrapOf, named, replayDump, resources } from './support.ts';

describe('the bootstrap', () => {
  test('has no control plane, and an admin of the run', () => {
    const bootstrap = bootstrapOf(replayDump());
    assert.equal(bootstrap['dynamic_resources'], undefined);
    assert.deepEqual(bootstrap['admin'], {
      address: { pipe: { path: '/run/meshbench/client/admin.sock', mode: 0o660 } },
    });
    assert.deepEqual(Object.keys(bootstrap['node'] as Json), ['id', 'cluster', 'metadata']);
    assert.deepEqual(bootstrap['layered_runtime'], {
      layers: [
        { name: 'global config', static_layer: {} },
        { name: 'admin', admin_layer: {} },
      ],
    });
    assert.ok(!/"(?:rds|ads|sds_config|eds_config)"/u.test(JSON.stringify(bootstrap)), JSON.stringify(bootstrap));
  });

  test('writes access logs to the folder of the host', () => {
    assert.match(JSON.stringify(bootstrapOf(replayDump())), /"path":"\/run\/meshbench\/client\/log_dev_stdout"/u);
  });

  test("marks Envoy's connections where rules tell them so, on top of a cluster's own binding", () => {
    const mark = [{ description: 'SO_MARK', level: 1, name: 36, int_value: 1337, state: 'STATE_PREBIND' }];
    const clusters = [eds(SERVER), eds(OTHER, { upstream_bind_config: { source_address: { address: '127.0.0.6' } } })];
    const by = (exempt: 'mark' | 'uid') => replayDump({ clusters }, { mesh: { outbound: 'redirect', exempt } });
    const manager_ = bootstrapOf(by('mark'))['cluster_manager'];
    assert.deepEqual(manager_, {
      upstream_bind_config: { source_address: { address: '0.0.0.0', port_value: 0 }, socket_options: mark },
    });
    assert.deepEqual(named(resources(by('mark')).clusters, OTHER)['upstream_bind_config'], {
      source_address: { address: '127.0.0.6' },
      socket_options: mark,
    });
    assert.equal(bootstrapOf(by('uid'))['cluster_manager'], undefined);
  });

  const counters = ['http.outbound_0.0.0.0_80;.downstream_rq_', `cluster.${SERVER}.upstream_rq_`].map((prefix) => ({
    prefix,
  }));
  for (const [what, matcher, expected] of [
    [
      'an inclusion list is extended',
      { inclusion_list: { patterns: [{ prefix: 'x' }] } },
      { inclusion_list: { patterns: [{ prefix: 'x' }, ...counters] } },
    ],
    ['nothing but the proof is counted', { reject_all: true }, { inclusion_list: { patterns: counters } }],
    [
      'an exclusion list loses what hides it',
      { exclusion_list: { patterns: [{ prefix: 'http.' }, { prefix: 'x' }] } },
      { exclusion_list: { patterns: [{ prefix: 'x' }] } },
    ],
    [
      'an exclusion list that hides nothing of it stays',
      { exclusion_list: { patterns: [{ prefix: 'x' }] } },
      { exclusion_list: { patterns: [{ prefix: 'x' }] } },
    ],
    ['no exclusion is left', { exclusion_list: { patterns: [{ suffix: '_total' }] } }, { reject_all: false }],
  ] as const) {
    test(`stats_matcher: ${what}`, () => {
      const mesh = replayDump({ bootstrap: { stats_config: { stats_matcher: matcher } } });
      assert.deepEqual(bootstrapOf(mesh)['stats_config'], { stats_matcher: expected });
      assert.equal(
        mesh.notes.some((note) => note.includes('stats_matcher')),
        !what.endsWith('stays'),
      );
    });
  }

  test("the path is proved by counters of the user's own names", () => {
    const clusters = [eds(SERVER, { alt_stat_name: 'outbound|80||server:v1' })];
    assert.deepEqual(replayDump({ clusters }).hosts[0]?.sidecar?.passes, [
      { counters: ['http.outbound_0.0.0.0_80;.downstream_rq_total'], times: 1 },
      { counters: ['cluster.outbound|80||server_v1.upstream_rq_total'], times: 1 },
    ]);
  });

  test('every change is said, with few names of many', () => {
    const many = Array.from({ length: 50 }, (_, index) => eds(`cluster-${index}`));
    const { notes } = replayDump({ clusters: [eds(SERVER), ...many] });
    assert.ok(
      notes.includes(
        'replay: clusters without an endpoint, since the file has none for them: cluster-0, cluster-1, cluster-2 and 47 more',
      ),
      notes.join('\n'),
    );
    assert.ok(notes.includes('replay: left out of the bootstrap: dynamic_resources'));
  });
});
