import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { gateCsv, gateJunit, gatePrometheus } from '../../src/report/index.ts';
import { gateFixture } from '../support/gates.ts';
import { assertGolden } from '../support/golden.ts';
import { poisoned } from '../support/hostile.ts';
import { WORDS } from '../support/papers.ts';

const FORMATS = { 'junit.xml': gateJunit, csv: gateCsv, prom: gatePrometheus } as const;
const OBEYED = /[^\P{Cc}\r\n]|[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

describe('what a gate writes for other programs', () => {
  for (const [name, render] of Object.entries(FORMATS)) {
    for (const verdict of ['pass', 'regression', 'inconclusive'] as const) {
      test(`${name} of a ${verdict} is as it was`, () =>
        assertGolden(`gate/${verdict}.${name}`, render(gateFixture(verdict))));
    }
    test(`${name} holds nothing that is obeyed, and stays small`, () => {
      const text = render(poisoned(gateFixture('regression'), WORDS));
      assert.doesNotMatch(text, OBEYED);
      assert.ok(text.length < 200_000, `${text.length} characters`);
    });
  }

  test('junit.xml is well-formed, whatever it is told', () => {
    const hostile = gateJunit(poisoned(gateFixture('regression'), WORDS));
    for (const text of [hostile, gateJunit(gateFixture('pass'))]) {
      const parser =
        "import sys, xml.etree.ElementTree as t; print(len(t.fromstring(sys.stdin.buffer.read()).findall('.//testcase')))";
      const { stdout, status, stderr } = spawnSync('python3', ['-c', parser], { input: text, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      assert.equal(stdout.trim(), '5');
    }
    assert.doesNotMatch(hostile, /<script|<img/u);
  });

  test('junit.xml: a regression is a failure, what cannot be told an error, and a pass neither', () => {
    const counts = (verdict: 'pass' | 'regression' | 'inconclusive') =>
      /failures="(\d+)" errors="(\d+)"/u
        .exec(gateJunit(gateFixture(verdict)))
        ?.slice(1)
        .map(Number);
    assert.deepEqual(counts('pass'), [0, 0]);
    assert.ok((counts('regression')?.[0] ?? 0) >= 2);
    assert.equal(counts('inconclusive')?.[0], 0);
    assert.ok((counts('inconclusive')?.[1] ?? 0) >= 2);
  });

  test('csv: every row has the columns of the head, and no cell begins a formula', () => {
    const gate = gateFixture('regression');
    const evil = {
      ...gate,
      first: {
        ...gate.first,
        decision: gate.first.decision && {
          ...gate.first.decision,
          findings: gate.first.decision.findings.map((one) => ({
            ...one,
            metric: "=cmd|'/c calc'!A1",
            why: '+1,"x"\n@y',
          })),
        },
      },
    };
    const rows = gateCsv(evil)
      .split('\r\n')
      .filter((row) => row !== '');
    const cells = rows.map((row) => row.match(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/gu)?.length);
    assert.deepEqual([...new Set(cells)].length, 1);
    assert.doesNotMatch(rows.join('\n'), /(^|,)"?[=+@]/mu);
  });

  test('prom: every line is a comment or a sample', () => {
    for (const line of gatePrometheus(poisoned(gateFixture('pass'), WORDS))
      .trimEnd()
      .split('\n')) {
      assert.match(
        line,
        /^(?:# (?:HELP|TYPE) meshbench_gate_\w+ .+|meshbench_gate_\w+\{(?:\w+="(?:[^"\\\n]|\\["\\n])*",?)+\} -?[\d.e+-]+)$/u,
      );
    }
  });
});
