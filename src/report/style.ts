/** @file The style sheet of the page: light, dark, on paper, from 360 px up. */

// Okabe and Ito's colours, in an order that keeps neighbours apart; some shifted in lightness for contrast.
const light = `
  --paper: #fdfdfc; --ink: #1c1c1a; --soft: #62625c; --line: #dededa; --wash: #f3f3f0; --link: #0059a0;
  --series-0: #0072b2; --series-1: #d55e00; --series-2: #008e67; --series-3: #b65c90;
  --series-4: #c08400; --series-5: #000000; --series-6: #4aa3dc; --series-7: #a89c00;
  --contour-low: #fdfbf1; --contour-mid: #cfdbe3; --contour-high: #7d93ad;`;
const dark = `
  --paper: #151618; --ink: #ecebe7; --soft: #a3a29b; --line: #36373a; --wash: #1f2023; --link: #7cc0f5;
  --series-0: #56b4e9; --series-1: #f07a2a; --series-2: #1fbf92; --series-3: #dd8fbb;
  --series-4: #e69f00; --series-5: #f4f4f2; --series-6: #3b8bd0; --series-7: #f0e442;
  --contour-low: #17181b; --contour-mid: #2b3642; --contour-high: #57697d;`;

const css = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "PingFang SC",
    "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  font-variant-numeric: tabular-nums;
}
main { max-width: 72rem; margin: 0 auto; padding: 1.25rem clamp(1rem, 4vw, 2.5rem) 4rem; }
h1, h2, .headline {
  font-family: ui-serif, "Iowan Old Style", "Palatino Linotype", Palatino, Charter, Georgia,
    "Songti SC", "Noto Serif CJK SC", serif;
  font-weight: 600; line-height: 1.2; text-wrap: balance; margin: 0;
}
h1 { font-size: clamp(1.6rem, 1.1rem + 2.4vw, 2.6rem); max-width: 24em; }
h2 { font-size: 1.4rem; margin: 3.25rem 0 .6rem; padding-top: 1.1rem; border-top: 1px solid var(--line); }
h3 { font-size: .95rem; font-weight: 600; margin: 0 0 .3rem; }
p { margin: .45rem 0; max-width: 46rem; text-wrap: pretty; }
a { color: var(--link); }
.option { white-space: nowrap; }
small, .note, figcaption .note { font-size: .84rem; color: var(--soft); }
.masthead { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem;
  flex-wrap: wrap; margin-bottom: 1.6rem; font-size: .88rem; color: var(--soft); }
.masthead p { margin: 0; overflow-wrap: anywhere; }
.findings { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 0 3rem; margin-top: 1rem; }
.findings.plain { display: block; }
.details { font-size: 1.12rem; margin: 0; padding: 0; list-style: none; grid-column: 1; }
.details li { margin: .2rem 0; max-width: 40rem; }
.facts { grid-column: 1; }
.facts, .cautions { margin: 1.2rem 0 0; font-size: .95rem; }
.facts h3, .cautions h3 { font-size: .8rem; color: var(--soft); font-weight: 600; }
.facts ul, .cautions ul { margin: .2rem 0; padding: 0; list-style: none; }
.facts li { max-width: 46rem; }
.facts li, .cautions li { margin: .4rem 0; text-wrap: pretty; }
.cautions { grid-column: 2; grid-row: 1 / span 2; align-self: start; margin-top: .2rem;
  padding: .7rem 1rem; background: var(--wash); border-radius: 6px; }
.banner { border-left: 3px solid var(--series-1); padding: .2rem .8rem; margin: 0 0 1rem; }

.controls { display: flex; flex-wrap: wrap; gap: .5rem 1.4rem; margin: .8rem 0 .4rem; align-items: end; }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
legend, .legend-title { font-size: .78rem; color: var(--soft); padding: 0; margin-bottom: .15rem; }
.segments { display: inline-flex; flex-wrap: wrap; border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.segments label { position: relative; cursor: pointer; font-size: .88rem; }
.segments input { position: absolute; inset: 0; opacity: 0; margin: 0; cursor: pointer; }
.segments span { display: block; padding: .3rem .7rem; min-height: 2rem; }
.segments label + label span { border-left: 1px solid var(--line); }
.segments input:checked + span { background: var(--ink); color: var(--paper); }
.segments input:focus-visible + span { outline: 2px solid var(--link); outline-offset: -3px; }
.keys { display: flex; flex-wrap: wrap; gap: .15rem 1.1rem; margin: .4rem 0 .8rem; padding: 0; list-style: none; font-size: .88rem; }
.keys label, .keys li > span { display: inline-flex; align-items: center; gap: .4rem; min-height: 1.7rem; cursor: pointer; white-space: nowrap; }
.keys li > span { cursor: default; }
.keys input { accent-color: var(--ink); margin: 0; width: 1rem; height: 1rem; }
.keys input:not(:checked) ~ * { opacity: .4; }
.keys svg, th svg { display: inline-block; flex: none; vertical-align: middle; }

figure { margin: 0; min-width: 0; break-inside: avoid; }
figcaption { margin: 0 0 .3rem; }
.charts { display: grid; gap: 1.6rem 2rem; grid-template-columns: repeat(auto-fit, minmax(min(19rem, 100%), 1fr)); margin: .6rem 0; align-items: end; }
.charts.two { grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); }
.single { max-width: 46rem; }
.plane { display: grid; gap: 1.6rem 2.4rem; grid-template-columns: minmax(0, 7fr) minmax(0, 4fr); align-items: start; }
.chart svg { display: block; max-width: 100%; height: auto; overflow: visible; --plot-background: var(--paper); }
.chart .plot-figure { margin: 0; }
.empty { color: var(--soft); font-size: .88rem; padding: 2rem 0; }
.ramp { display: block; margin: .3rem 0 .6rem; max-width: 100%; height: auto; }
.per-run { margin: .6rem 0 0; padding: 0; list-style: none; font-size: .84rem; }
.per-run { columns: 17rem; column-gap: 2rem; }
.per-run li { margin: .15rem 0; break-inside: avoid; }
.per-run b { font-weight: 600; white-space: nowrap; margin-right: .5rem; }

.scroll { overflow-x: auto; margin: .8rem 0; border-block: 1px solid var(--line); }
.scroll:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .88rem; line-height: 1.3; }
.scroll table { min-width: 100%; }
th, td { padding: .36rem .9rem; text-align: right; vertical-align: baseline; font-weight: 400; white-space: nowrap; }
thead th { font-weight: 600; border-bottom: 1px solid var(--line); vertical-align: bottom; }
tbody tr + tr > * { border-top: 1px solid color-mix(in oklab, var(--line) 60%, transparent); }
tbody tr.part > * { border-top: 1px solid var(--line); }
th:first-child { text-align: left; position: sticky; left: 0; background: var(--paper); padding-left: 0;
  white-space: normal; min-width: 9.5rem; max-width: 17rem; z-index: 1; }
tbody th { color: var(--soft); }
td.words { white-space: normal; min-width: 6rem; max-width: 11rem; }
td small { display: block; }
td small { font-size: .88em; }
td.best { font-weight: 700; }
td.best small { font-weight: 400; }
.heads thead th { white-space: normal; max-width: 10rem; text-wrap: balance; }
tr.chosen > * { background: var(--wash); }
.main-chart { max-width: 58rem; margin-bottom: 1.6rem; }
.examples { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: 1.2rem; margin: 1rem 0; padding: 0; list-style: none; font-size: .88rem; }
.examples li { display: flex; flex-direction: column; break-inside: avoid; overflow-wrap: anywhere; }
.examples b { font-weight: 600; }
.examples span { color: var(--soft); }
.examples canvas { width: 7rem; aspect-ratio: auto; image-rendering: pixelated; margin-bottom: .4rem; border: 1px solid var(--line); border-radius: 3px; }
.examples dl { grid-template-columns: max-content minmax(0, 1fr); gap: 0 .8rem; margin: .3rem 0 0; font-size: .8rem; }
.examples dd { margin: 0; font-variant-numeric: tabular-nums; }
.wide th, .wide td { padding-inline: .55rem; }
.wide th:first-child { padding-left: 0; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .3rem 1.6rem; margin: 1rem 0; font-size: .92rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
code { font: .88em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
footer { margin-top: 2.5rem; font-size: .84rem; color: var(--soft); }

.claim { margin-top: 2.6rem; padding-top: 1rem; border-top: 1px solid var(--line); }
.claim h2 { margin: .2rem 0 .5rem; padding: 0; border: 0; }
.claim .body { display: grid; gap: 1.2rem 2.4rem; grid-template-columns: minmax(0, 4fr) minmax(0, 5fr); align-items: start; }
.claim .body.alone { grid-template-columns: minmax(0, 1fr); }
.claim details { margin-top: .6rem; }
summary { cursor: pointer; font-size: .88rem; color: var(--soft); }
.verdict { display: inline-flex; align-items: center; gap: .45rem; padding: .15rem .7rem .15rem .55rem; border: 1.5px solid currentColor; border-radius: 999px; font-size: .88rem; font-weight: 600; white-space: nowrap; }
.verdict.holds { color: var(--series-2); }
.verdict.not { color: var(--series-1); }
.verdict.unknown { color: var(--soft); border-style: dashed; }
.contents { margin: 1rem 0 0; padding: 0; list-style: none; }
.contents li { display: flex; gap: .9rem; align-items: baseline; padding: .3rem 0; border-top: 1px solid var(--line); }
.contents li > .verdict { flex: none; width: 9.4rem; }

@media (max-width: 48rem) {
  .claim .body { grid-template-columns: minmax(0, 1fr); }
  .findings, .plane { grid-template-columns: minmax(0, 1fr); }
  .cautions { grid-column: 1; grid-row: auto; margin-top: 1.2rem; }
  th, td { padding-inline: .6rem; }
  .heads thead th { hyphens: auto; overflow-wrap: break-word; min-width: 4.6em; }
  th:first-child { min-width: 7.5rem; max-width: 8.5rem; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin-bottom: .5rem; }
}
@media (max-width: 32rem) {
  .contents li { flex-direction: column; gap: .25rem; }
  .contents li > .verdict { width: auto; }
  .controls { gap: .5rem .8rem; }
  .controls fieldset { flex: 1 1 auto; }
  .controls .segments { display: flex; }
  .controls .segments label { flex: 1 1 auto; text-align: center; }
  .segments span { padding: .3rem .35rem; }
  .keys { gap: .1rem .9rem; }
}
@media print {
  :root { color-scheme: light; ${light} --paper: #fff; }
  @page { margin: 14mm 13mm; }
  html { font-size: 9.5pt; }
  section.together, .keys { break-inside: avoid; }
  .charts { orphans: 1; widows: 1; }
  main { max-width: none; padding: 0; }
  .switch, .screen { display: none !important; }
  h1 { font-size: 20pt; }
  h2 { font-size: 13pt; margin: 1.4rem 0 .4rem; padding-top: .6rem; break-after: avoid; }
  figure, .cautions, tr, dl > * { break-inside: avoid; }
  .charts, .charts.two { display: block; }
  .charts figure { display: inline-block; width: 48%; margin: 0 1% .6rem 0; vertical-align: top; }
  .controls, .keys, fieldset, figcaption { break-after: avoid; }
  .findings { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 0 1.5rem; }
  .cautions { grid-column: 2; grid-row: 1 / span 2; margin-top: .2rem; border: 1px solid var(--line); }
  .details { font-size: 1.05em; }
  .plane { grid-template-columns: minmax(0, 7fr) minmax(0, 4fr); gap: 1rem; break-inside: avoid; }
  .per-run { columns: 2; }
  .scroll { overflow: visible; }
  table { font-size: 8pt; }
  .wide table { font-size: 6pt; table-layout: fixed; width: 100%; }
  .wide th, .wide td { white-space: normal; }
  .wide th svg { width: 100%; }
  .claim .body:not(.alone) { grid-template-columns: minmax(0, 1fr) 370px; }
  details:not([open]) { display: none; }
  section > h2 + p { break-after: avoid; }
  th, td { padding: 2pt 3.5pt; }
  th { white-space: normal; }
  .wide th, .wide td { padding: 1.5pt 2pt; }
  th:first-child { position: static; min-width: 0; }
  dl { grid-template-columns: max-content minmax(0, 1fr); gap: .15rem 1.2rem; }
  dd { margin: 0; }
  .keys { font-size: 8.5pt; }
  .keys input { display: none; }
  a { color: inherit; text-decoration: none; }
}
`;

/** CSS of the report. */
export const style: string = css.trim();
