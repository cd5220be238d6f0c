import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { divide, type RolloutUnit } from '../../src/xds/groups.ts';
import { NODE } from './support.ts';

/** Two pods of each of three services; the services are of two namespaces, and the pods of two clusters. */
const SIDECARS = [
  ['a', 'one'],
  ['b', 'one'],
  ['c', 'two'],
].flatMap(([app = '', namespace = '']) =>
  ['Kubernetes', 'Kubernetes-2'].map((cluster) => ({
    node: { ...NODE, id: `${app} in ${cluster}`, namespace, cluster, labels: { app } },
  })),
);

function told(groups: number | readonly number[], by?: RolloutUnit): readonly (readonly string[])[] {
  return divide(SIDECARS, groups, by).map(({ members }) => members.map(({ node }) => node.id));
}

describe('groups of sidecars', () => {
  test('are as even as can be, in the order of their names', () => {
    assert.deepEqual(
      told(4).map((group) => group.length),
      [2, 1, 2, 1],
    );
    assert.deepEqual(told(6).flat(), SIDECARS.map(({ node }) => node.id).toSorted());
  });

  test('hold what a share brings, one at least', () => {
    assert.deepEqual(
      told([0.01, 0.5, 1]).map((group) => group.length),
      [1, 2, 3],
    );
  });

  test('do not divide a service, a namespace or a cluster', () => {
    assert.deepEqual(told(2, 'service'), [
      ['a in Kubernetes', 'a in Kubernetes-2', 'b in Kubernetes', 'b in Kubernetes-2'],
      ['c in Kubernetes', 'c in Kubernetes-2'],
    ]);
    assert.deepEqual(
      told([0.5, 1], 'namespace').map((group) => group.length),
      [4, 2],
    );
    const [first, second] = divide(SIDECARS, 2, 'cluster');
    assert.deepEqual([first?.units, second?.units], [['Kubernetes'], ['Kubernetes-2']]);
    assert.deepEqual(second?.members.map(({ node }) => node.labels['app']).toSorted(), ['a', 'b', 'c']);
  });

  test('may be empty where there are fewer units, and are one at least', () => {
    assert.deepEqual(
      told(3, 'namespace').map((group) => group.length),
      [4, 2, 0],
    );
    assert.throws(() => told(0), RangeError);
  });
});
