import CCMarkGFM

/// A heading of a document, for its table of contents.
struct Heading: Sendable, Hashable {
  var level: Int
  var text: String
  var slug: String
}

/// What cmark-gfm makes of a document.
struct MarkdownTree {
  /// With marks still in it; raw HTML and dangerous links are left out by cmark's safe mode.
  var html: String
  var headings: [Heading]
  /// All text that is neither code nor an address.
  var prose: [ProseText]
  /// The marks that stand in code, where they mean nothing.
  var marksInCode: Set<Int>
  var hasRawHTML: Bool

  /// Parses GitHub's Markdown with tables, strikethrough, autolinks, task lists and footnotes.
  ///
  /// `literal` gives what was written in the place of an inline's mark, `plain` its text for headings.
  ///
  /// Headings' anchors are unlike those in `taken`.
  init(
    _ text: String, taken: Set<String> = [], literal: (Int) -> String = { _ in "" },
    plain: (Int) -> String = { _ in "" }
  ) {
    cmark_gfm_core_extensions_ensure_registered()
    let options = CMARK_OPT_FOOTNOTES | CMARK_OPT_VALIDATE_UTF8
    let parser = cmark_parser_new(options)
    defer { cmark_parser_free(parser) }
    for name in ["table", "strikethrough", "autolink", "tasklist"] {
      if let found = cmark_find_syntax_extension(name) { cmark_parser_attach_syntax_extension(parser, found) }
    }
    cmark_parser_feed(parser, text, text.utf8.count)
    let root = cmark_parser_finish(parser)
    defer { cmark_node_free(root) }

    headings = []
    prose = []
    marksInCode = []
    hasRawHTML = false
    html = ""
    var slugs = Dictionary(taken.map { ($0, 1) }, uniquingKeysWith: { one, _ in one })
    let iterator = cmark_iter_new(root)
    while true {
      let event = cmark_iter_next(iterator)
      if event == CMARK_EVENT_DONE { break }
      guard event == CMARK_EVENT_ENTER, let node = cmark_iter_get_node(iterator) else { continue }
      let type = cmark_node_get_type(node)
      if type == CMARK_NODE_TEXT { collect(node) }
      if type == CMARK_NODE_CODE || type == CMARK_NODE_CODE_BLOCK {
        let code = cmark_node_get_literal(node).map { String(cString: $0) } ?? ""
        let (restored, found) = restore(code, literal)
        if !found.isEmpty {
          marksInCode.formUnion(found)
          cmark_node_set_literal(node, restored)
        }
      } else if type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE {
        let address = cmark_node_get_url(node).map { String(cString: $0) } ?? ""
        if !isHarmless(address, isImage: type == CMARK_NODE_IMAGE) { cmark_node_set_url(node, "") }
      } else if type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE {
        hasRawHTML = true
      } else if type == CMARK_NODE_HEADING {
        let text = replaceMarks(plainText(node), Notebook.inlineMark, plain)
        var slug = slugged(text)
        slugs[slug, default: 0] += 1
        if slugs[slug]! > 1 { slug += "-\(slugs[slug]!)" }
        headings.append(Heading(level: Int(cmark_node_get_heading_level(node)), text: text, slug: slug))
      }
    }
    cmark_iter_free(iterator)
    let rendered = cmark_render_html(root, options, cmark_parser_get_syntax_extensions(parser))
    html = rendered.map { String(cString: $0) } ?? ""
    rendered?.deallocate()
  }
}

extension MarkdownTree {
  /// Adds a text to the prose; one that goes on in the same line to the one before.
  private mutating func collect(_ node: OpaquePointer) {
    let text = cmark_node_get_literal(node).map { String(cString: $0) } ?? ""
    let line = Int(cmark_node_get_start_line(node))
    let parent = cmark_node_parent(node)
    if let parent, cmark_node_get_type(parent) == CMARK_NODE_LINK {
      // An address that was made a link of is no prose.
      let address = cmark_node_get_url(parent).map { String(cString: $0) } ?? ""
      if address.hasSuffix(text) { return }
    }
    let isHeading = parent.map { cmark_node_get_type($0) == CMARK_NODE_HEADING } ?? false
    if let previous = cmark_node_previous(node), cmark_node_get_type(previous) == CMARK_NODE_TEXT, !prose.isEmpty {
      prose[prose.count - 1].text += text
    } else {
      prose.append(
        ProseText(text: text, line: line, isHeading: isHeading && cmark_node_previous(node) == nil))
    }
  }
}

/// The text of a node and its descendants.
private func plainText(_ node: OpaquePointer) -> String {
  var text = ""
  let iterator = cmark_iter_new(node)
  while true {
    let event = cmark_iter_next(iterator)
    if event == CMARK_EVENT_DONE { break }
    guard event == CMARK_EVENT_ENTER, let inner = cmark_iter_get_node(iterator) else { continue }
    let type = cmark_node_get_type(inner)
    if type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE {
      text += cmark_node_get_literal(inner).map { String(cString: $0) } ?? ""
    } else if type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK {
      text += " "
    }
  }
  cmark_iter_free(iterator)
  return text
}

/// A heading's anchor, as GitHub makes it: lower case, spaces to dashes, punctuation left out.
private func slugged(_ text: String) -> String {
  var slug = ""
  for character in text.lowercased() {
    if character.isLetter || character.isNumber || character == "_" || character == "-" {
      slug.append(character)
    } else if character == " " {
      slug.append("-")
    }
  }
  return slug.isEmpty ? "section" : slug
}

/// Replaces marks by what was written, and tells which there were.
private func restore(_ code: String, _ literal: (Int) -> String) -> (String, Set<Int>) {
  var found: Set<Int> = []
  let text = replaceMarks(code, Notebook.inlineMark) { index in
    found.insert(index)
    return literal(index)
  }
  return (text, found)
}

/// Replaces each number between two marks.
func replaceMarks(_ text: String, _ mark: Unicode.Scalar, _ replacement: (Int) -> String) -> String {
  guard text.unicodeScalars.contains(mark) else { return text }
  var result = String.UnicodeScalarView()
  var rest = text.unicodeScalars[...]
  while let start = rest.firstIndex(of: mark) {
    let after = rest.index(after: start)
    guard let end = rest[after...].firstIndex(of: mark), let index = Int(String(rest[after..<end])) else { break }
    result.append(contentsOf: rest[..<start])
    result.append(contentsOf: replacement(index).unicodeScalars)
    rest = rest[rest.index(after: end)...]
  }
  result.append(contentsOf: rest)
  return String(result)
}
