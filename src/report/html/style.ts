/**
 * The page's style sheet: a constant, nothing from a record. Series colours are those of Okabe and Ito, darkened on
 * white and lightened on black until each has a contrast of 3:1 with the paper; words have 4.5:1.
 */
export const STYLE = `
:root {
  color-scheme: light;
  --paper: #fff; --shade: #f4f6f8; --line: #d9dfe5; --ink: #17212b; --muted: #54616e; --link: #0b5394;
  --good: #17683a; --bad: #a8321c; --same: #2f5478; --unsure: #765200;
  --good-paper: #e6f4ec; --bad-paper: #fbeae5; --same-paper: #e8eff7; --unsure-paper: #fbf1d9;
  --v0: #0072b2; --v1: #c24e00; --v2: #00795b; --v3: #9c4080; --v4: #806000; --v5: #1b87bd; --v6: #5d52a8; --v7: #5a6672;
  --c0: #0b6e8a; --c1: #9c4080; --c2: #806000; --c3: #00795b; --c4: #5d52a8; --c5: #b04600;
  --on-colour: #fff;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    color-scheme: dark;
    --paper: #12181f; --shade: #1b232c; --line: #313c48; --ink: #e7ecf1; --muted: #a6b2be; --link: #86bdf2;
    --good: #7fd8a3; --bad: #ff9f8a; --same: #a6c8ee; --unsure: #edc46a;
    --good-paper: #16301f; --bad-paper: #3a1d17; --same-paper: #1c2c3d; --unsure-paper: #332a14;
    --v0: #56b4e9; --v1: #ff8f4f; --v2: #35c79d; --v3: #e493c8; --v4: #e8c547; --v5: #a5d8f7; --v6: #b5a9f5; --v7: #b4bec8;
    --c0: #62bfd6; --c1: #e493c8; --c2: #e8c547; --c3: #35c79d; --c4: #b5a9f5; --c5: #ff8f4f;
    --on-colour: #12181f;
  }
}
* { box-sizing: border-box; }
html { font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif; }
body { margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: anywhere; }
header, main, footer, nav { max-width: 67rem; margin: 0 auto; padding: 0 1.25rem; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
h1, h2, h3 { line-height: 1.25; margin: 0; text-wrap: balance; font-weight: 650; }
h1 { font-size: clamp(1.55rem, 1.15rem + 1.6vw, 2.15rem); letter-spacing: -0.015em; max-width: 58rem; }
h2 { font-size: 1.35rem; margin: 0 0 .5rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.02rem; margin: 1.75rem 0 .25rem; }
p { margin: .5rem 0; max-width: 46rem; text-wrap: pretty; }
section { margin-top: 2.75rem; }
small, .quiet { color: var(--muted); }
code { font: .9em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { background: var(--shade); padding: .75rem 1rem; margin: .5rem 0; border-radius: .4rem; white-space: pre-wrap; }
header { padding-top: 2rem; }
.eyebrow { color: var(--muted); margin: 0 0 .4rem; font-size: .92rem; }
.answer { text-wrap: pretty; font-size: clamp(1.1rem, 1rem + .6vw, 1.35rem); line-height: 1.5; max-width: 52rem; margin: 1rem 0; }
.badge { display: inline-block; font-weight: 650; font-size: .95rem; padding: .15rem .7rem; border-radius: 1rem; border: 1px solid currentColor; }
.verdict { display: flex; flex-wrap: wrap; gap: .3rem .8rem; align-items: baseline; margin-top: 1rem; }
.verdict p { margin: 0; }
.conclusions { list-style: none; padding: 0; margin: 1rem 0 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); gap: .2rem 2.5rem; font-size: .92rem; font-variant-numeric: tabular-nums; }
.conclusions strong, .conclusions small { white-space: nowrap; }
.conclusions span { font-weight: 600; display: inline-block; min-width: 5rem; }
.first { margin-top: 1.4rem; padding: .7rem 1rem .8rem; background: var(--shade); border-radius: .4rem; }
.first h2 { font-size: 1.02rem; border: 0; padding: 0; margin: 0; } .first p { margin: .2rem 0 0; } .first .doubts { margin: .25rem 0 0; max-width: none; } .first .doubts li { margin: .15rem 0; }
.facts { list-style: none; padding: 0; margin: 1rem 0 0; display: flex; flex-wrap: wrap; gap: .1rem 0; color: var(--muted); font-size: .92rem; }
.facts li:not(:last-child)::after { content: "·"; padding: 0 .55rem; }
.notice { border-left: 4px solid var(--unsure); background: var(--unsure-paper); padding: .55rem .9rem; margin: 1rem 0 0; }
.good { color: var(--good); } .bad { color: var(--bad); } .same { color: var(--same); } .unsure { color: var(--unsure); }
td .good, td .bad, td .same, td .unsure { font-weight: 600; white-space: nowrap; }
.badge.good { background: var(--good-paper); } .badge.bad { background: var(--bad-paper); }
.badge.same { background: var(--same-paper); } .badge.unsure { background: var(--unsure-paper); }
nav { margin-top: 1.25rem; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: 0; font-size: .92rem; }
.scroll { overflow-x: auto; margin: 1.6rem 0 0; }
.scroll + .notes { margin-top: .5rem; }
.pair { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 28rem), 1fr)); gap: 0 3rem; }
.pair > div { min-width: 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92rem; line-height: 1.4; overflow-wrap: normal; }
caption { caption-side: top; text-align: left; color: var(--muted); padding-bottom: .35rem; }
caption span { position: sticky; left: 0; display: inline-block; max-width: min(46rem, calc(100vw - 2.5rem)); }
th, td { padding: .45rem .9rem .45rem 0; vertical-align: top; text-align: left; border-bottom: 1px solid var(--line); max-width: 34rem; unicode-bidi: isolate; }
th.end, td.end { text-align: right; padding: .45rem 0 .45rem 1.1rem; white-space: nowrap; }
.end + .start { padding-left: 1.6rem; }
.few th[scope=row] { max-width: 24rem; }
.many { font-size: .84rem; } .many th.end, .many td.end { padding-left: .75rem; } .many thead th.end { min-width: 3.5rem; }
td.start { min-width: 6.5rem; overflow-wrap: anywhere; }
th[scope=row] { min-width: 6.5rem; max-width: 15rem; overflow-wrap: break-word; }
th:first-child { position: sticky; left: 0; background: var(--paper); }
thead th { color: var(--muted); font-weight: 600; vertical-align: bottom; border-bottom-color: var(--muted); }
thead th.end { white-space: normal; min-width: 4.2rem; max-width: 8.4rem; overflow-wrap: break-word; }
tbody th { font-weight: 600; }
.family th { padding-top: .8rem; max-width: none; } .family span { position: sticky; left: 0; }
.family ~ tr th { font-weight: 400; padding-left: .9rem; }
th.family { text-align: center; border-left: .6rem solid var(--paper); }
td small, th small { display: block; font-size: .84rem; }
sup { font-size: .72em; line-height: 0; padding-left: .15em; }
.notes { list-style: none; padding: 0; margin: .5rem 0 0; color: var(--muted); font-size: .86rem; max-width: 46rem; }
.paths { margin: .75rem 0 0; display: grid; gap: .3rem; max-width: 52rem; }
.paths > div { display: flex; gap: .6rem; align-items: baseline; }
.paths dt { font-weight: 600; max-width: 20rem; flex: none; }
.paths dd { margin: 0; }
.doubts { padding-left: 1.3rem; max-width: 46rem; } .doubts li { margin: .35rem 0; }
figure { margin: 1.75rem 0 0; }
figcaption p { margin: .15rem 0 0; color: var(--muted); font-size: .92rem; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .15rem 1.2rem; padding: 0; margin: .5rem 0; font-size: .92rem; }
.legend li { display: flex; gap: .4rem; align-items: center; }
.swatch { width: .85rem; height: .85rem; flex: none; }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); gap: 1rem 2.5rem; }
.panels.small { grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 1rem 1.25rem; align-items: end; }
h4 { font-size: .92rem; margin: .4rem 0 .3rem; font-weight: 600; }
.chart { display: block; max-width: 100%; height: auto; }
.chart text { font-family: inherit; font-variant-numeric: tabular-nums; }
.chart text[fill="var(--ink)"] { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
.narrow { display: none; }
@media (max-width: 46rem) { .wide { display: none; } .narrow { display: block; } section { margin-top: 2rem; } .paths > div { flex-wrap: wrap; gap: 0 .6rem; } .paths dt { max-width: 100%; } th[scope=row], .few th[scope=row] { max-width: 9rem; } }
details { margin-top: .75rem; }
summary { cursor: pointer; color: var(--link); font-size: .92rem; width: fit-content; }
.terms { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .4rem 1.5rem; max-width: 52rem; }
.terms dt { font-weight: 600; } .terms dd { margin: 0; }
@media (max-width: 34rem) { .terms { grid-template-columns: 1fr; gap: .1rem; } .terms dd { margin-bottom: .6rem; } }
footer { margin-top: 3rem; padding-top: 1rem; padding-bottom: 2.5rem; color: var(--muted); font-size: .88rem; }
.skip { position: absolute; left: -100vw; background: var(--paper); padding: .5rem 1rem; }
.skip:focus { left: 0; z-index: 1; }
@media print {
  @page { margin: 15mm; }
  html { font-size: 11px; } table { overflow-wrap: anywhere; } th.end, td.end { white-space: normal; padding-left: .6rem; }
  thead th.end, .many thead th.end, th[scope=row], td.start { min-width: 0; overflow-wrap: anywhere; } .many th.end, .many td.end { padding-left: .4rem; }
  nav, .skip { display: none; } .scroll { overflow: visible; }
  section { margin-top: 1.5rem; } .chart, tr, .verdict, .conclusions, .first, .paths > div { break-inside: avoid; }
  h2, h3, h4, caption, figcaption, thead, summary, .family { break-after: avoid; } thead { display: table-header-group; }
  summary { list-style: none; color: inherit; font-weight: 600; } pre { border: 1px solid var(--line); }
  details::details-content { content-visibility: visible; block-size: auto; }
  .wide { display: block; } .narrow { display: none; }
}
`;
