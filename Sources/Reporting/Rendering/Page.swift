package import Notebooks
import Digests
import Foundation

/// The whole page around a report's text.
package enum Rendered {
  /// Nothing is fetched and nothing runs: the policy names the style's digest and no other source.
  package static func page(
    _ renderer: Renderer, titleHTML: ([Inline]) -> String, body: String, headings: [Heading]
  ) -> String {
    let (notebook, words) = (renderer.notebook, renderer.words)
    let contents = headings.filter { (2...3).contains($0.level) }
    var navigation = ""
    if contents.count > 1 {
      navigation = "<nav aria-label=\"\(words.contents)\"><h2>\(words.contents)</h2><ul>"
      for heading in contents {
        navigation +=
          "<li class=\"level\(heading.level)\"><a href=\"#\(escapedHTML(heading.slug))\">\(escapedHTML(heading.text))</a>"
        let verdicts = renderer.texts.verdicts.under(heading.slug)
        if heading.level == 2, !verdicts.isEmpty {
          navigation += " <span class=\"verdicts\">\(escapedHTML(words.counts(verdicts)))</span>"
        }
        navigation += "</li>"
      }
      navigation += "</ul></nav>"
    }
    let name = notebook.file.split(separator: "/").last.map(String.init) ?? notebook.file
    let title = renderer.title
    let head = notebook.title.isEmpty ? escapedHTML(title) : titleHTML(notebook.title)
    let subtitle = notebook.subtitle.isEmpty ? "" : "<p class=\"subtitle\">\(titleHTML(notebook.subtitle))</p>"
    let digest = sha256Hex(renderer.report.source.text).prefix(16)
    let header = renderer.hasOwnTitle ? "" : "<header><h1>\(head)</h1>\(subtitle)</header>"
    return """
      <!DOCTYPE html>
      <html lang="\(notebook.language == "zh" ? "zh-Hans" : "en")">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(pagePolicy(style: policyHash(styleSheet)))">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="generator" content="vgglab \(escapedHTML(renderer.version))">
      <title>\(escapedHTML(title))</title>
      <style>\(styleSheet)</style>
      </head>
      <body>
      <a class="skip" href="#text">\(words.skip)</a>
      \(header)
      \(navigation)
      <main id="text">
      \(body)
      </main>
      <footer><p>\(escapedHTML(renderer.footer))\(words.gap)<code>\(escapedHTML(name))</code>\
      \(words.gap)\(words.bracketed("SHA-256 <code>\(digest)</code>"))\(words.stop)</p></footer>
      </body>
      </html>

      """
  }
}

/// A page's content security policy: its own style and the images in it, and nothing else.
package func pagePolicy(style digest: String) -> String {
  "default-src 'none'; img-src data:; style-src '\(digest)'; base-uri 'none'; form-action 'none'"
}

/// A text as a content security policy names it.
package func policyHash(_ text: String) -> String {
  let digits = Array(sha256Hex(text).utf8)
  let bytes = stride(from: 0, to: digits.count, by: 2).map { place in
    UInt8(String(decoding: digits[place...place + 1], as: UTF8.self), radix: 16) ?? 0
  }
  return "sha256-\(Data(bytes).base64EncodedString())"
}
