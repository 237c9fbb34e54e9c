import Digests

/// The whole page around a report's text.
func page(
  notebook: Notebook, title: String, body: String, headings: [Heading], version: String, sourceDigest: String
) -> String {
  let words = Words(language: notebook.language)
  let contents = headings.filter { (2...3).contains($0.level) }
  var navigation = ""
  if contents.count > 1 {
    navigation = "<nav aria-label=\"\(words.contents)\"><h2>\(words.contents)</h2><ul>"
    for heading in contents {
      navigation +=
        "<li class=\"level\(heading.level)\"><a href=\"#\(escapedHTML(heading.slug))\">\(escapedHTML(heading.text))</a></li>"
    }
    navigation += "</ul></nav>"
  }
  let name = notebook.file.split(separator: "/").last.map(String.init) ?? notebook.file
  let subtitle = notebook.front.subtitle.map { "<p class=\"subtitle\">\(escapedHTML($0))</p>" } ?? ""
  return """
    <!DOCTYPE html>
    <html lang="\(notebook.language == "zh" ? "zh-Hans" : "en")">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; \
    base-uri 'none'; form-action 'none'">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="generator" content="vgglab \(escapedHTML(version))">
    <title>\(escapedHTML(title))</title>
    <style>
    \(styleSheet)
    </style>
    </head>
    <body>
    <a class="skip" href="#text">\(words.skip)</a>
    <header><h1>\(escapedHTML(title))</h1>\(subtitle)</header>
    \(navigation)
    <main id="text">
    \(body)
    </main>
    <footer><p>\(words.made) \(escapedHTML(version)), \(words.from) <code>\(escapedHTML(name))</code> \
    (SHA-256 <code>\(sourceDigest.prefix(16))</code>).</p></footer>
    </body>
    </html>

    """
}

private let styleSheet = """
  :root {
    --paper: #fdfdfb; --ink: #1d2330; --soft: #566073; --line: #d9dde5; --tint: #f3f5f9; --link: #0b57a4;
    --accent: #b4500b;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --paper: #14171d; --ink: #e4e8ef; --soft: #a3acbd; --line: #363d4a; --tint: #1d222b; --link: #84b9f5;
      --accent: #f0a45d;
    }
  }
  * { box-sizing: border-box; }
  html { -webkit-text-size-adjust: 100%; }
  body {
    margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 56rem; background: var(--paper); color: var(--ink);
    font: 1.0625rem/1.65 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", sans-serif;
    overflow-wrap: break-word;
  }
  header { border-bottom: 3px solid var(--accent); margin-bottom: 1.5rem; padding-bottom: .75rem; }
  h1 { font-size: 2rem; line-height: 1.2; margin: 0; letter-spacing: -.01em; }
  h2 { font-size: 1.45rem; line-height: 1.3; margin: 2.75rem 0 .75rem; letter-spacing: -.005em; }
  h3 { font-size: 1.15rem; line-height: 1.35; margin: 2rem 0 .5rem; }
  p, ul, ol { margin: .85rem 0; }
  .subtitle { color: var(--soft); margin: .5rem 0 0; }
  a { color: var(--link); text-underline-offset: .15em; }
  a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
  .skip { position: absolute; left: -100rem; }
  .skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem 1rem; }
  nav { background: var(--tint); border-radius: .5rem; padding: .9rem 1.25rem; }
  nav h2 { font-size: .8rem; text-transform: uppercase; letter-spacing: .08em; color: var(--soft); margin: 0 0 .25rem; }
  nav ul { list-style: none; margin: 0; padding: 0; }
  nav .level3 { padding-left: 1.25rem; font-size: .95em; }
  code, pre { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .86em; }
  code { background: var(--tint); border-radius: .25rem; padding: .1em .3em; }
  pre {
    background: var(--tint); border: 1px solid var(--line); border-radius: .5rem; padding: .9rem 1rem; overflow-x: auto;
    line-height: 1.5; margin: 1rem 0; tab-size: 4;
  }
  pre code { background: none; padding: 0; font-size: 1em; }
  blockquote { margin: 1rem 0; padding: .1rem 1.1rem; border-left: 4px solid var(--accent); background: var(--tint); }
  .scroll { overflow-x: auto; }
  table { border-collapse: collapse; font-size: .93rem; line-height: 1.45; width: 100%; font-variant-numeric: tabular-nums; }
  caption { text-align: left; color: var(--soft); padding-bottom: .5rem; }
  caption b, figcaption b { color: var(--ink); }
  th, td { padding: .4rem .65rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
  thead th { border-bottom: 2px solid var(--soft); vertical-align: bottom; }
  tbody th { font-weight: 500; white-space: nowrap; }
  th.number, td.number { text-align: right; }
  td.number { white-space: nowrap; }
  figure { margin: 1.6rem 0; }
  figure img { display: block; width: 100%; height: auto; background: #fff; border: 1px solid var(--line); border-radius: .5rem; padding: .5rem; }
  figcaption { color: var(--soft); font-size: .93rem; margin-top: .6rem; }
  details { margin-top: .5rem; font-size: .9rem; color: var(--soft); }
  summary { cursor: pointer; }
  details table, details pre { color: var(--ink); }
  .otherwise { border-left: 4px solid var(--accent); background: var(--tint); padding: .5rem 1rem; }
  data { font-variant-numeric: tabular-nums; }
  footer { margin-top: 3rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .9rem; }
  @media (max-width: 30rem) {
    body { padding: 1.5rem 1rem 3rem; font-size: 1rem; }
    h1 { font-size: 1.6rem; }
    figure img { padding: 0; border-radius: .25rem; }
  }
  @media print {
    :root { --paper: #fff; --ink: #000; --soft: #333; --line: #999; --tint: #f4f4f4; --link: #000; --accent: #666; }
    body { max-width: none; padding: 0; font-size: 10.5pt; }
    nav, .skip, details { display: none; }
    figure, table, pre { break-inside: avoid; }
    h2, h3 { break-after: avoid; }
    pre { white-space: pre-wrap; }
  }
  """
