import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { quietness } from '../../src/report/quiet.ts';

describe('placement and scheduling in words', () => {
  test('of a run that was kept quiet', () => {
    const fingerprint = {
      'placement.load': '0',
      'placement.system': '1,2,3',
      'placement.shared': false,
      'scheduling.system': 'realtime',
      'scheduling.load': 'raised',
      'scheduling.awake': true,
    };
    assert.deepEqual(quietness({ fingerprint }), [
      'The load ran on processor 0, the system under test on processors 1, 2, 3.',
      'Applications and proxies ran under SCHED_RR: nothing of normal priority held them up.',
      'The load ran at nice −10, before what else ran on its processor.',
      'The system’s processors were kept awake: no request waited for one to wake up.',
    ]);
  });

  test('of a machine as it comes, with one processor', () => {
    const fingerprint = {
      'placement.load': '0',
      'placement.system': '0',
      'placement.shared': true,
      'scheduling.system': 'normal',
      'scheduling.load': 'normal',
      'scheduling.awake': false,
    };
    assert.deepEqual(quietness({ fingerprint }), [
      'Load and system under test shared processor 0.',
      'Applications and proxies ran at normal priority.',
      'The load ran at normal priority.',
      'The system’s processors slept when nothing was to be done, as they do on an idle machine.',
    ]);
  });

  test('of a harness on the system’s processor', () => {
    const fingerprint = { 'placement.load': '0', 'placement.harness': '1', 'placement.system': '1' };
    assert.deepEqual(quietness({ fingerprint }), [
      'The load ran on processor 0, the system under test on processor 1 with the harness, which gave way to it.',
    ]);
  });

  test('of a record that does not say', () => assert.deepEqual(quietness({ fingerprint: { runtime: 'x' } }), []));
});
