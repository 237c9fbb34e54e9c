import Rendering
import Store

/// What all pages have around their content.
struct PageFrame: Sendable {
  /// The entries of the page's menu.
  enum Section: String, CaseIterable, Sendable {
    case runs, compare, reports, health

    var address: String { self == .runs ? "/" : "/\(rawValue)" }
    var name: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
  }

  var title: String
  var section: Section?
  /// HTML.
  var content: String
  /// Attributes of the body, for the script: which page it is, and what it shows.
  var facts: [(name: String, value: String)] = []

  var html: String {
    let menu = Section.allCases.map { entry in
      "<a href=\"\(entry.address)\"\(entry == section ? " aria-current=\"page\"" : "")>\(entry.name)</a>"
    }.joined(separator: "\n")
    let data = facts.map { " data-\($0.name)=\"\(escapedHTML($0.value))\"" }.joined()
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(escapedHTML(title)) · vgglab</title>
      <link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
      <link rel="stylesheet" href="/assets/page.css">
      <script src="/assets/page.js" defer></script>
      </head>
      <body\(data)>
      <a class="skip" href="#main">Skip to the content</a>
      <header>
      <a class="brand" href="/">vgglab</a>
      <nav aria-label="Pages">
      \(menu)
      </nav>
      <span id="link" role="status"></span>
      <button id="help" type="button" aria-haspopup="dialog" hidden>Keys <kbd>?</kbd></button>
      </header>
      <main id="main" tabindex="-1">
      <h1>\(escapedHTML(title))</h1>
      \(content)
      </main>
      \(Self.keys)
      </body>
      </html>

      """
  }

  private static let keys = """
    <dialog id="keys" aria-labelledby="keys-title">
    <h2 id="keys-title">Keys</h2>
    <dl>
    <dt><kbd>j</kbd> <kbd>k</kbd></dt><dd>next run, previous run</dd>
    <dt><kbd>Enter</kbd></dt><dd>open the run</dd>
    <dt><kbd>x</kbd></dt><dd>select or deselect the run</dd>
    <dt><kbd>c</kbd></dt><dd>compare the selected runs</dd>
    <dt><kbd>n</kbd> <kbd>p</kbd></dt><dd>next page, previous page</dd>
    <dt><kbd>/</kbd></dt><dd>search</dd>
    <dt><kbd>u</kbd></dt><dd>up to the runs</dd>
    <dt><kbd>?</kbd></dt><dd>show these keys</dd>
    <dt><kbd>Esc</kbd></dt><dd>close them</dd>
    </dl>
    <form method="dialog"><button>Close</button></form>
    </dialog>
    """

  /// What is wrong, as a page.
  static func problem(_ status: Int, _ reason: String) -> String {
    let title =
      switch status {
      case 400, 413, 414: "Bad request"
      case 401, 403, 421: "Not allowed"
      case 404: "Not found"
      case 405: "Read-only"
      case 503: "Too busy"
      default: "Request failed"
      }
    return PageFrame(
      title: title, content: "<p>\(escapedHTML(reason))</p>\n<p><a href=\"/\">All runs</a></p>"
    ).html
  }
}

/// A state as a badge; its word says it, the color only repeats it.
func badge(_ state: RunState) -> String {
  "<span class=\"badge \(state.name)\" data-field=\"state\">\(state.name)</span>"
}

/// A moment without its seconds, for people: `2026-01-31 12:05`.
func minute(_ moment: String?) -> String {
  moment.map { escapedHTML(String($0.prefix(16)).replacing("T", with: " ")) } ?? "–"
}

/// A table that scrolls on its own where it is wider than the page.
func table(_ caption: String, head: [String], rows: [[String]], numbersFrom: Int = .max) -> String {
  func isNumber(_ column: Int) -> String { column >= numbersFrom ? " class=\"number\"" : "" }
  let header = head.enumerated().map { "<th scope=\"col\"\(isNumber($0.offset))>\($0.element)</th>" }.joined()
  let body = rows.map { row in
    "<tr>"
      + row.enumerated().map {
        $0.offset == 0
          ? "<th scope=\"row\">\($0.element)</th>" : "<td\(isNumber($0.offset))>\($0.element)</td>"
      }.joined() + "</tr>"
  }.joined(separator: "\n")
  return """
    <div class="scroll" tabindex="0" role="region" aria-label="\(caption)">
    <table><thead><tr>\(header)</tr></thead>
    <tbody>
    \(body)
    </tbody></table></div>
    """
}
