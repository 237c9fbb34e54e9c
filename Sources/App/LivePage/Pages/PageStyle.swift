import Rendering

/// The style of all pages, over the colors of the reports.
let pageStyle = """
  \(palette)
  :root { --fill: #e8ebf1; }
  @media (prefers-color-scheme: dark) { :root { --fill: #2a313d; } }
  * { box-sizing: border-box; }
  html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
  body {
    margin: 0 auto; padding: 0 1.25rem 3rem; max-width: 84rem; background: var(--paper); color: var(--ink);
    font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", sans-serif;
    overflow-wrap: break-word;
  }
  .skip { position: absolute; left: -100rem; }
  .skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem 1rem; z-index: 2; }
  .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  body > header {
    display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1.25rem; padding: .6rem 0;
    border-bottom: 3px solid var(--accent); margin-bottom: 1.25rem;
  }
  .brand { font-weight: 700; font-size: 1.15rem; color: var(--ink); text-decoration: none; }
  body > header nav { display: flex; flex-wrap: wrap; gap: .1rem .35rem; }
  body > header nav a { padding: .3rem .6rem; border-radius: .4rem; text-decoration: none; }
  body > header nav a[aria-current] { background: var(--fill); color: var(--ink); font-weight: 600; }
  #link { margin-left: auto; color: var(--soft); font-size: .88rem; }
  #link.live::before { content: "● "; color: var(--good); }
  #link.lost::before { content: "● "; color: var(--bad); }
  main { outline: none; }
  h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .75rem; letter-spacing: -.01em; overflow-wrap: anywhere; }
  h2 { font-size: 1.2rem; line-height: 1.3; margin: 1.6rem 0 .5rem; }
  p, ul { margin: .55rem 0; }
  a { color: var(--link); text-underline-offset: .15em; }
  small { color: var(--soft); font-size: .85em; font-weight: 400; }
  .subtitle, .about { color: var(--soft); margin: .3rem 0; }
  .cause { border-left: 4px solid var(--bad); padding: .2rem .8rem; background: var(--tint); }
  :is(a, button, input, select, summary, [tabindex]):focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
  button, input, select {
    font: inherit; color: var(--ink); background: var(--paper); border: 1px solid var(--soft); border-radius: .4rem;
    padding: .3rem .6rem; min-height: 2.2rem; max-width: 100%;
  }
  button { background: var(--fill); cursor: pointer; }
  input[type=checkbox] { min-height: 0; width: 1.15rem; height: 1.15rem; margin: .2rem; accent-color: var(--link); }
  input::placeholder { color: var(--soft); opacity: 1; }
  kbd {
    font: .85em ui-monospace, "DejaVu Sans Mono", monospace; border: 1px solid var(--line); border-radius: .25rem;
    padding: 0 .3em; background: var(--tint);
  }
  code, pre { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .86em; }
  code { background: var(--tint); border-radius: .25rem; padding: .1em .3em; overflow-wrap: anywhere; }
  pre {
    background: var(--tint); border: 1px solid var(--line); border-radius: .5rem; padding: .8rem 1rem; overflow: auto;
    max-height: 24rem; margin: .5rem 0;
  }
  .filters { display: flex; flex-wrap: wrap; align-items: end; gap: .6rem 1rem; margin-bottom: .75rem; }
  .filters label { display: flex; flex-direction: column; font-size: .85rem; color: var(--soft); }
  .filters label :is(input, select) { font-size: 1rem; }
  .filters input[name=filter] { width: 18rem; }
  .filters > a { padding: .35rem 0; }
  .count { display: flex; flex-wrap: wrap; gap: .4rem 1rem; align-items: center; color: var(--soft); }
  .scroll { overflow-x: auto; }
  table { border-collapse: collapse; font-size: .93rem; line-height: 1.4; font-variant-numeric: tabular-nums; min-width: 60%; }
  .runs table { width: 100%; }
  th, td { padding: .28rem .65rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
  thead th { border-bottom: 2px solid var(--soft); vertical-align: bottom; white-space: nowrap; }
  thead a { color: inherit; text-decoration: none; }
  thead a:hover { text-decoration: underline; }
  tbody th { font-weight: 500; }
  th.number, td.number { text-align: right; white-space: nowrap; }
  .runs tbody th { overflow-wrap: anywhere; }
  .runs tbody small { display: block; }
  .runs td[data-field=created_at] { white-space: nowrap; }
  tr:has(a.open:focus-visible), tbody tr:hover { background: var(--tint); }
  .badge {
    display: inline-block; color: var(--soft); border: 1.5px solid currentColor; border-radius: 1rem; font-weight: 650;
    font-size: .82rem; line-height: 1.4; padding: 0 .6rem; white-space: nowrap;
  }
  .badge.completed { color: var(--good); }
  .badge.running { color: var(--link); }
  .badge.failed, .badge.lost, .badge.gone { color: var(--bad); }
  .badge.interrupted, .badge.queued { color: var(--open); }
  .pages { display: flex; flex-wrap: wrap; gap: .5rem 1rem; margin: 1rem 0; }
  .pages .off { color: var(--soft); }
  .progress { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem 1rem; }
  progress { width: min(24rem, 100%); height: 1rem; accent-color: var(--link); }
  #curves { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 1rem; margin: 1rem 0; }
  figure { margin: 0; min-width: 0; border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .8rem; background: var(--figure); }
  figcaption { font-weight: 600; font-size: .95rem; }
  figure svg { display: block; width: 100%; height: auto; touch-action: pan-y; }
  figure svg text { fill: var(--soft); font-size: 12px; }
  figure svg .axis { stroke: var(--soft); stroke-width: 1; }
  figure svg .grid { stroke: var(--line); stroke-width: 1; }
  figure svg .curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
  figure svg .cursor { stroke: var(--soft); stroke-dasharray: 3 3; }
  .legend { list-style: none; margin: .3rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .1rem 1rem; font-size: .85rem; }
  .legend svg { display: inline-block; width: 2rem; height: .7rem; margin-right: .35rem; vertical-align: middle; }
  figure details { font-size: .85rem; margin-top: .3rem; }
  figure details div { max-height: 16rem; overflow: auto; }
  summary { cursor: pointer; color: var(--soft); min-height: 1.5rem; }
  .c0 { stroke: #0b66b8; } .c1 { stroke: #b8500a; } .c2 { stroke: #177245; } .c3 { stroke: #8a3fa0; }
  .c4 { stroke: #8a6a00; } .c5 { stroke: #b3245f; } .c6 { stroke: #3a6a75; } .c7 { stroke: #555c66; }
  @media (prefers-color-scheme: dark) {
    .c0 { stroke: #6fb1f2; } .c1 { stroke: #f0a05a; } .c2 { stroke: #6fd09a; } .c3 { stroke: #cf9be0; }
    .c4 { stroke: #e0c15a; } .c5 { stroke: #f28ab4; } .c6 { stroke: #8cc5d0; } .c7 { stroke: #b5bcc8; }
  }
  dialog { background: var(--paper); color: var(--ink); border: 1px solid var(--soft); border-radius: .6rem; padding: 1rem 1.5rem; max-width: min(28rem, 92vw); }
  dialog::backdrop { background: rgb(0 0 0 / .45); }
  dialog h2 { margin-top: 0; }
  dialog dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; margin: 0 0 1rem; }
  dialog dd { margin: 0; }
  @media (max-width: 60rem) { .runs .wide { display: none; } }
  @media (max-width: 40rem) {
    body { padding: 0 1rem 3rem; }
    h1 { font-size: 1.4rem; }
    #help { display: none; }
    .filters label, .filters :is(input, select), .filters input[name=filter] { width: 100%; }
    th, td { padding: .35rem .4rem; }
    .runs thead th { white-space: normal; }
    button, input, select { min-height: 2.75rem; }
    body > header nav a { padding: .5rem .6rem; }
    input[type=checkbox] { width: 1.4rem; height: 1.4rem; }
  }
  """

/// The page's mark: a curve that rises.
let pageIcon = """
  <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#a8480a"/>\
  <path d="M5 26C9 14 14 9 27 7" fill="none" stroke="#fff" stroke-width="3.5" stroke-linecap="round"/></svg>
  """
