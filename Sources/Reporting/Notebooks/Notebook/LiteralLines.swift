import CCMarkGFM
import Foundation

/// Which lines of a notebook are taken as they are: those of code and of raw HTML.
package struct LiteralLines {
  /// By the lines' indices.
  private(set) var isLiteral: [Bool]

  package init(_ lines: [String]) {
    isLiteral = Array(repeating: false, count: lines.count)
    var found = isLiteral
    // Which lines are code does not depend on what is in others.
    withMarkdown(lines.joined(separator: "\n"), extensions: ["table"]) { root in
      let iterator = cmark_iter_new(root)
      while true {
        let event = cmark_iter_next(iterator)
        if event == CMARK_EVENT_DONE { break }
        guard event == CMARK_EVENT_ENTER, let node = cmark_iter_get_node(iterator) else { continue }
        let type = cmark_node_get_type(node)
        guard type == CMARK_NODE_CODE_BLOCK || type == CMARK_NODE_HTML_BLOCK else { continue }
        let start = Int(cmark_node_get_start_line(node)) - 1
        let count = string(cmark_node_get_literal(node)).utf8.count { $0 == UInt8(ascii: "\n") }
        var (length, offset, character) = (Int32(0), Int32(0), CChar(0))
        let isFenced =
          type == CMARK_NODE_CODE_BLOCK && cmark_node_get_fenced(node, &length, &offset, &character) != 0
        let end = min(lines.count, start + count + (isFenced ? 2 : 0))
        for index in max(0, start)..<max(start, end) { found[index] = true }
      }
      cmark_iter_free(iterator)
    }
    isLiteral = found
  }
}

/// cmark keeps its extensions' characters in one place for all threads.
private let cmark = NSLock()

/// The tree of GitHub's Markdown with tables, strikethrough, autolinks, task lists and footnotes.
///
/// `read` parses nothing itself.
package func withMarkdown(
  _ text: String, extensions: [String] = ["table", "strikethrough", "autolink", "tasklist"],
  _ read: (OpaquePointer) -> Void
) {
  cmark.lock()
  defer { cmark.unlock() }
  cmark_gfm_core_extensions_ensure_registered()
  let parser = cmark_parser_new(CMARK_OPT_FOOTNOTES | CMARK_OPT_VALIDATE_UTF8)
  defer { cmark_parser_free(parser) }
  for name in extensions {
    if let found = cmark_find_syntax_extension(name) { cmark_parser_attach_syntax_extension(parser, found) }
  }
  cmark_parser_feed(parser, text, text.utf8.count)
  guard let root = cmark_parser_finish(parser) else { return }
  defer { cmark_node_free(root) }
  read(root)
}

package func string(_ bytes: UnsafePointer<CChar>?) -> String { bytes.map { String(cString: $0) } ?? "" }
