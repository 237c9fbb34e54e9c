/// The page's style: light and dark, phone and paper. Colors are variables, so that their contrasts can be computed.
package let styleSheet = """
  \(palette)
  * { box-sizing: border-box; }
  html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
  body {
    margin: 0 auto; padding: 1.5rem 1.25rem 2rem; max-width: 58rem; background: var(--paper); color: var(--ink);
    font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", sans-serif;
    overflow-wrap: break-word;
  }
  :lang(zh) body, body:lang(zh) { line-height: 1.7; }
  header { border-bottom: 3px solid var(--accent); margin-bottom: 1.5rem; padding-bottom: .75rem; }
  h1 { font-size: 2rem; line-height: 1.2; margin: 0; letter-spacing: -.01em; }
  main > h1 { margin-bottom: 1rem; }
  h2 { font-size: 1.4rem; line-height: 1.3; margin: 1.9rem 0 .5rem; letter-spacing: -.005em; }
  h3 { font-size: 1.12rem; line-height: 1.35; margin: 1.2rem 0 .35rem; }
  p, ul, ol { margin: .55rem 0; }
  .subtitle { color: var(--soft); margin: .5rem 0 0; }
  a { color: var(--link); text-underline-offset: .15em; overflow-wrap: anywhere; }
  a:focus-visible, summary:focus-visible, button:focus-visible, [tabindex]:focus-visible {
    outline: 3px solid var(--accent); outline-offset: 2px;
  }
  .skip { position: absolute; left: -100rem; }
  .skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem 1rem; }
  nav { background: var(--tint); border-radius: .5rem; padding: .9rem 1.25rem; }
  nav h2 { font-size: .8rem; text-transform: uppercase; letter-spacing: .08em; color: var(--soft); margin: 0 0 .25rem; }
  nav ul { list-style: none; margin: 0; padding: 0; }
  nav a { display: inline-block; padding: .1rem 0; min-height: 1.5rem; }
  nav .level3 { padding-left: 1.25rem; font-size: .95em; }
  nav .verdicts { display: block; color: var(--soft); font-size: .85em; line-height: 1.3; }
  @media screen and (min-width: 80rem) {
    body { margin-left: max(17rem, calc(50vw - 28rem)); }
    nav {
      position: fixed; left: max(1rem, calc(50vw - 45rem)); top: 1.5rem; width: 15.5rem; max-height: calc(100vh - 3rem);
      overflow-y: auto; font-size: .88rem; line-height: 1.4;
    }
    nav li { margin: .3rem 0; }
    nav .level3 { display: none; }
    figure.table .scroll {
      width: max-content; min-width: 100%;
      max-width: calc(100% + max(0rem, 100vw - max(17rem, 50vw - 28rem) - 59rem));
    }
  }
  code, pre { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .86em; }
  code { background: var(--tint); border-radius: .25rem; padding: .1em .3em; overflow-wrap: anywhere; }
  pre {
    background: var(--tint); border: 1px solid var(--line); border-radius: .5rem; padding: .9rem 1rem; overflow-x: auto;
    line-height: 1.5; margin: 1rem 0; tab-size: 4;
  }
  pre code { background: none; padding: 0; font-size: 1em; overflow-wrap: normal; }
  blockquote { margin: 1rem 0; padding: .1rem 1.1rem; border-left: 4px solid var(--accent); background: var(--tint); }
  .alert { margin: 1rem 0; padding: .1rem 1.1rem; border-left: 4px solid var(--link); background: var(--tint); }
  .alert.tip { border-color: var(--good); }
  .alert.warning, .alert.important, .alert.todo { border-color: var(--open); }
  .alert.caution { border-color: var(--bad); }
  .alert-title { font-weight: 650; }
  p img { max-width: 100%; height: auto; }
  math[display=block] { overflow-x: auto; overflow-y: hidden; }
  .scroll { overflow-x: auto; position: relative; }
  table { border-collapse: collapse; font-size: .9rem; line-height: 1.45; width: 100%; font-variant-numeric: tabular-nums; }
  figcaption b, summary b { color: var(--ink); }
  th, td { padding: .16rem .5rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
  thead th { border-bottom: 2px solid var(--soft); vertical-align: bottom; }
  tbody th { font-weight: 500; white-space: nowrap; }
  th.number, td.number { text-align: right; }
  td.number { white-space: nowrap; }
  .prose th[align=right], .prose td[align=right] { text-align: right; }
  .prose th[align=center], .prose td[align=center] { text-align: center; }
  figure { margin: .8rem 0; }
  figure img {
    display: block; width: 100%; height: auto; background: var(--figure); border: 1px solid var(--line); border-radius: .5rem;
    padding: .5rem;
  }
  picture { display: block; }
  figure.chart img { max-width: 60.75rem; }
  figcaption { display: inline; color: var(--soft); font-size: .93rem; }
  details { margin-top: .25rem; font-size: .88rem; color: var(--soft); }
  figure > details:not(.long, .printed, [open]) { display: inline-block; margin: 0 0 0 .9rem; }
  figure > .scroll { margin: .2rem 0 .35rem; }
  figure.printout { margin: .5rem 0; }
  details.long > summary { font-size: 1.05em; }
  summary { cursor: pointer; padding: .15rem 0; min-height: 1.5rem; }
  details table, details pre, details dd { color: var(--ink); }
  .otherwise { border-left: 4px solid var(--accent); background: var(--tint); padding: .5rem 1rem; }
  .claim {
    --verdict: var(--open); margin: .45rem 0; padding: .3rem .9rem; background: var(--tint);
    border-left: 5px solid var(--verdict); border-radius: 0 .4rem .4rem 0;
  }
  .claim.supported { --verdict: var(--good); }
  .claim.refuted { --verdict: var(--bad); }
  .claim p { margin: .1rem 0; }
  .claim.supported > .verdict, .claim > .measured { display: inline; }
  .claim > details:not([open]) { display: inline-block; margin: 0 0 0 .6rem; }
  .claim > details summary { padding: 0; min-height: 0; line-height: 1.5; }
  .claim s { text-decoration-color: var(--verdict); text-decoration-thickness: .1em; }
  .badge {
    display: inline-block; color: var(--verdict); border: 1.5px solid currentColor; border-radius: 1rem; font-weight: 650;
    font-size: .85em; line-height: 1.4; padding: 0 .6rem; margin: 0 .2rem;
  }
  .said, .measured { color: var(--soft); font-size: .92rem; }
  td .verdicts { color: var(--soft); font-size: .93em; }
  .lit { border-bottom: 1px dotted var(--soft); }
  .references { padding-left: 1.25rem; }
  .references { font-size: .92rem; }
  .references li { margin: .2rem 0; }
  dt { float: left; clear: left; min-width: 5rem; padding-right: 1rem; color: var(--ink); }
  dd { margin: 0 0 .25rem 6rem; }
  data { font-variant-numeric: tabular-nums; }
  .footnotes, footer { margin-top: 1.5rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .9rem; }
  :target { outline: 2px solid var(--accent); outline-offset: .3rem; }
  @media screen and (max-width: 45rem) {
    figure.chart img { max-width: 30.4rem; }
    figure.chart .wide img { max-width: none; min-width: 35rem; }
  }
  @media (max-width: 30rem) {
    body { padding: 1.5rem 1rem 3rem; font-size: 1rem; }
    h1 { font-size: 1.6rem; }
    figure img { padding: 0; border-radius: .25rem; }
    .claim { padding: .6rem .8rem; }
  }
  @media print {
    :root {
      --paper: #fff; --ink: #000; --soft: #333; --line: #999; --tint: #f4f4f4; --link: #000; --accent: #666;
      --good: #000; --bad: #000; --open: #000; --figure: #fff;
    }
    @page { margin: 18mm 15mm; @bottom-center { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }
    html { font-size: 9.5pt; }
    body { max-width: none; padding: 0; font-size: 1rem; }
    figure.chart img { max-width: 15cm; }
    nav, .skip, details { display: none; }
    details.constants, details.ledger, details.proof, details.printed, details.long { display: block; }
    details.proof > pre, details.proof > summary { display: none; }
    .claim > details.proof:not([open]) { display: block; margin: 0; }
    details.constants::details-content, details.ledger::details-content, details.proof::details-content,
    details.printed::details-content, details.long::details-content { content-visibility: visible; block-size: auto; }
    table { font-size: 7.5pt; }
    th, td, td.number, tbody th { padding: .15rem .3rem; white-space: normal; overflow-wrap: anywhere; }
    figure.chart .scroll img { min-width: 0; }
    figure, tr, pre, .claim { break-inside: avoid; }
    figure.table { break-inside: auto; }
    thead { display: table-header-group; }
    h2, h3 { break-after: avoid; }
    pre { white-space: pre-wrap; }
    .scroll { overflow: visible; }
    .lit::after { content: " [" attr(title) "]"; font-size: .85em; }
    :target { outline: none; }
  }
  """

/// The colors of the page, light and dark; other pages of vgglab have the same.
package let palette = """
  :root {
    --paper: #fdfdfb; --ink: #1d2330; --soft: #4f596b; --line: #d9dde5; --tint: #f3f5f9; --link: #0b57a4;
    --accent: #a8480a; --good: #14632f; --bad: #9d1c1c; --open: #6a4c00; --figure: #ffffff;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --paper: #14171d; --ink: #e4e8ef; --soft: #a9b2c3; --line: #363d4a; --tint: #1d222b; --link: #84b9f5;
      --accent: #f0a45d; --good: #86d9a0; --bad: #ffa29b; --open: #e9c76c; --figure: #14171d;
    }
  }
  """
