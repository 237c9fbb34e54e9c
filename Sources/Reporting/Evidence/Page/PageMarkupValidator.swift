import Rendering
import Digests
import Foundation

/// Whether a page has the form that the renderer gives it, whatever its evidence says: its policy, its elements and their
/// attributes, its addresses. What a browser could run or fetch is in no page of vgglab's, of no version.
struct PageMarkupValidator {
  private(set) var problems: [PageDifference] = []
  private let bytes: UnsafeBufferPointer<UInt8>
  private let file: String
  private var place = 0
  private var line = 1
  private var lineStart = 0
  private var hasPolicy = false
  private var hasStyle = false
  private var hasTitle = false
  /// The digest of the style that the policy names.
  private var allowedStyle: String?
  private var isInHead = false

  private static let limit = 6

  /// What is wrong with a page without its evidence.
  static func problems(of frame: Data, file: String) -> [PageDifference] {
    frame.withUnsafeBytes { buffer in
      var form = PageMarkupValidator(buffer.bindMemory(to: UInt8.self), file)
      form.read()
      return form.problems
    }
  }

  private init(_ bytes: UnsafeBufferPointer<UInt8>, _ file: String) { (self.bytes, self.file) = (bytes, file) }

  private mutating func fault(_ what: String) {
    guard problems.count < Self.limit else { return }
    countLines()
    problems.append(PageDifference(file: file, line: line, what: what))
  }

  private mutating func countLines() {
    while lineStart < min(place, bytes.count) {
      if bytes[lineStart] == UInt8(ascii: "\n") { line += 1 }
      lineStart += 1
    }
  }

  private func starts(_ text: StaticString) -> Bool {
    guard bytes.count - place >= text.utf8CodeUnitCount else { return false }
    return memcmp(bytes.baseAddress! + place, text.utf8Start, text.utf8CodeUnitCount) == 0
  }

  private mutating func skip(_ text: StaticString) -> Bool {
    guard starts(text) else { return false }
    place += text.utf8CodeUnitCount
    return true
  }

  private mutating func read() {
    guard
      skip("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n")
        || skip("<!DOCTYPE html>\n<html lang=\"zh-Hans\">\n<head>\n")
    else { return fault("does not begin as a page of vgglab does") }
    isInHead = true
    while place < bytes.count, problems.count < Self.limit {
      switch bytes[place] {
      case UInt8(ascii: "<"): readTag()
      case UInt8(ascii: "&"): readEntity()
      case 0:
        fault("has a zero byte")
        place += 1
      default: place += 1
      }
    }
    if !hasPolicy { fault("has no content security policy") }
    if !hasStyle { fault("has no style") }
  }

  private static let entities: [StaticString] = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&#x27;"]

  private mutating func readEntity() {
    for entity in Self.entities where skip(entity) { return }
    fault("has a character reference that vgglab does not write")
    place += 1
  }

  private func isNameByte(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "-")
  }

  private mutating func name() -> String {
    let start = place
    while place < bytes.count, isNameByte(bytes[place]) { place += 1 }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  private mutating func readTag() {
    if skip("<!-- raw HTML omitted -->") { return }
    if skip("</html>") || skip("</body>") || skip("</main>") || skip("</head>\n<body>\n") {
      isInHead = false
      return
    }
    let start = place
    place += 1
    let isEnd = place < bytes.count && bytes[place] == UInt8(ascii: "/")
    if isEnd { place += 1 }
    let element = name()
    guard let allowed = isInHead ? Self.head[element] : Self.body[element] else {
      place = start
      fault("has an element that vgglab does not make: \(excerpt(from: start))")
      place = start + 1
      return
    }
    if isEnd {
      if !skip(">") { fault("has an end of an element that vgglab does not write: \(excerpt(from: start))") }
      return
    }
    guard let attributes = readAttributes(start) else { return }
    for (name, value) in attributes
    where !allowed.contains(name) || value.utf8.count > 1 << 20 && !Self.images.contains(name) {
      fault("has an attribute that vgglab does not make: \(element) \(name)")
    }
    if isInHead {
      readHead(element, attributes)
    } else {
      for (name, value) in attributes { check(element, name, value) }
    }
  }

  private func excerpt(from start: Int) -> String {
    String(decoding: bytes[start..<min(bytes.count, start + 40)], as: UTF8.self)
      .unicodeScalars.map { $0.value < 0x20 ? " " : String($0) }.joined()
  }

  /// The attributes up to the end of the tag; nil, and a fault, for what the renderer does not write.
  private mutating func readAttributes(_ start: Int) -> [(name: String, value: String)]? {
    var found: [(name: String, value: String)] = []
    func isKnown(_ name: String) -> Bool { found.contains { $0.name == name } }
    while true {
      if skip(">") || skip(" />") { return found }
      guard skip(" ") else { break }
      let name = name()
      guard !name.isEmpty, !isKnown(name), found.count < 12 else { break }
      guard skip("=\"") else {
        found.append((name, ""))
        continue
      }
      let begin = place
      while place < bytes.count, bytes[place] != UInt8(ascii: "\""), bytes[place] != UInt8(ascii: "<"),
        bytes[place] != UInt8(ascii: ">")
      {
        if bytes[place] == UInt8(ascii: "&") {
          readEntity()
        } else {
          place += 1
        }
      }
      let end = place
      guard skip("\"") else { break }
      // Images are compared by their digests or their bytes; their text is not needed.
      found.append(
        (
          name,
          String(decoding: bytes[begin..<(Self.images.contains(name) ? min(end, begin + 400) : end)], as: UTF8.self)
        ))
    }
    fault("has a tag that vgglab does not write: \(excerpt(from: start))")
    place = max(place, start + 1)
    return nil
  }

  // MARK: The head

  private static let head: [String: Set<String>] = [
    "meta": ["charset", "http-equiv", "name", "content"], "title": [], "style": [],
  ]
  private static let metaNames: Set<String> = [
    "viewport", "color-scheme", "generator", "description", "author", "date",
  ]

  private mutating func readHead(_ element: String, _ attributes: [(name: String, value: String)]) {
    let values = Dictionary(attributes, uniquingKeysWith: { one, _ in one })
    switch element {
    case "meta":
      if values == ["charset": "utf-8"] { return }
      if let content = values["content"], values.count == 2 {
        if values["http-equiv"] == "Content-Security-Policy", !hasPolicy, !hasStyle, !hasTitle {
          hasPolicy = true
          return readPolicy(content)
        }
        if let name = values["name"], Self.metaNames.contains(name) { return }
      }
      fault("has a meta element that vgglab does not make: \(values["http-equiv"] ?? values["name"] ?? "")")
    case "title":
      if hasTitle { fault("has two titles") }
      hasTitle = true
    default: readStyle()
    }
  }

  private mutating func readPolicy(_ content: String) {
    let parts = pagePolicy(style: "\u{0}").split(separator: "\u{0}").map(String.init)
    guard content.hasPrefix(parts[0]), content.hasSuffix(parts[1]),
      content.utf8.count == parts[0].utf8.count + parts[1].utf8.count + 51
    else { return fault("has another content security policy than vgglab's pages: \(content.prefix(60))") }
    allowedStyle = String(content.dropFirst(parts[0].count).dropLast(parts[1].count))
  }

  private mutating func readStyle() {
    if hasStyle { fault("has two styles") }
    hasStyle = true
    let start = place
    while place < bytes.count, bytes[place] != UInt8(ascii: "<") { place += 1 }
    let style = String(decoding: bytes[start..<place], as: UTF8.self)
    if !starts("</style>") { fault("has a style that vgglab does not make") }
    if allowedStyle != policyHash(style) { fault("has a policy that allows another style than the page's") }
    if style == styleSheet { return }
    // The style of another version: nothing in it may fetch or be written in disguise.
    let lower = style.lowercased()
    for word in [
      "url(", "@import", "image(", "image-set(", "src(", "expression(", "behavior", "-moz-binding", "\\", "@font-face",
    ]
    where lower.contains(word) {
      fault("has a style with \(word)")
    }
  }

  // MARK: The body

  /// Attributes whose values are images, long and compared by their digests.
  private static let images: Set<String> = ["src", "srcset"]

  private static let body: [String: Set<String>] = {
    var elements: [String: Set<String>] = [
      "a": [
        "class", "href", "id", "title", "aria-label", "data-footnote-ref", "data-footnote-backref",
        "data-footnote-backref-idx",
      ],
      "header": [], "nav": ["aria-label"], "ul": ["class"], "ol": ["start", "class"], "li": ["class", "id"],
      "main": ["id"],
      "footer": [], "code": ["class"], "data": ["value", "data-query", "data-runs"], "figure": ["class", "id"],
      "figcaption": [], "pre": ["tabindex", "lang"], "div": ["class", "tabindex", "role", "aria-label"],
      "table": ["class"], "caption": [], "thead": [], "tbody": [], "tr": [], "th": ["scope", "class", "align"],
      "td": ["class", "align"], "details": ["class", "open"], "summary": [],
      "img": ["src", "alt", "title", "width", "height"],
      "picture": [], "source": ["media", "srcset", "width", "height"],
      "section": ["class", "id", "aria-label", "data-footnotes"],
      "span": ["class", "title", "role", "aria-label", "aria-hidden"], "p": ["class", "id"], "b": [], "blockquote": [],
      "math": ["display"], "mrow": [], "mi": ["mathvariant"], "mn": [], "mo": ["stretchy"], "mtext": [],
      "mspace": ["width"], "mfrac": [], "msqrt": [], "mroot": [], "msub": [], "msup": [], "msubsup": [], "munder": [],
      "mover": [], "munderover": [],
      "s": [],
      "del": [], "em": [], "strong": [], "br": [], "hr": [], "sup": ["class"], "cite": [], "dl": [], "dt": [], "dd": [],
    ]
    for level in 1...6 { elements["h\(level)"] = ["id"] }
    return elements
  }()

  private mutating func check(_ element: String, _ name: String, _ value: String) {
    switch (element, name) {
    case ("source", "media"):
      if !FigureVariant.allCases.contains(where: { $0.media == value }) {
        fault("has a source for media that vgglab does not write: \(value.prefix(40))")
      }
    case ("source", "srcset"):
      // A figure of the page and nothing else: no second address, which a space would divide from the first.
      if !value.hasPrefix("data:image/png;base64,") || value.contains(" ") {
        fault("has an image address that vgglab does not write: \(value.prefix(40))")
      }
    case ("a", "href"), ("img", "src"):
      if !isHarmless(plain(value), isImage: element == "img") {
        fault("has an address that vgglab does not write: \(value.prefix(40))")
      }
    case (_, "class"):
      if element == "code", value.hasPrefix("language-") { return }
      if !Self.classes.isSuperset(of: value.split(separator: " ").map(String.init)) {
        fault("has a class that vgglab does not make: \(value.prefix(40))")
      }
    default: break
    }
  }

  private static let classes: Set<String> = [
    "skip", "subtitle", "level2", "level3", "lit", "otherwise", "printout", "table", "scroll", "chart", "claim",
    "supported",
    "refuted", "undecided", "verdict", "badge", "said", "measured", "rows", "number", "prose", "references",
    "constants",
    "footnotes", "footnote-ref", "footnote-backref", "ledger", "alert", "alert-title", "note", "tip", "important",
    "warning", "caution", "says", "proof", "printed", "verdicts", "wide", "todo", "long",
  ]

  private func plain(_ value: String) -> String {
    value.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
      .replacing("&#39;", with: "'").replacing("&#x27;", with: "'").replacing("&amp;", with: "&")
  }
}
