/// A drawing in SVG without whatever could run, fetch or be followed: elements and attributes that draw are kept, all others
/// are left out.
package struct SanitizedSVG {
  private(set) var text = ""
  private(set) var width: Int?
  private(set) var height: Int?
  /// What draws and is left out: elements in angles, attributes by their names, each once.
  private(set) var leftOut: [String] = []
  private let scalars: [Unicode.Scalar]
  private var place = 0
  private var open: [String] = []
  /// How many elements are open within one that is left out.
  private var skipped = 0
  private var hasRoot = false

  package static let depthLimit = 100
  package static let elementLimit = 100_000
  private static let noteLimit = 10

  /// nil for a text that is no XML with an `svg` element around it.
  package init?(_ source: String) {
    scalars = Array(source.unicodeScalars.filter { $0 != "\u{FEFF}" && $0 != "\r" })
    var count = 0
    while place < scalars.count {
      if scalars[place] != "<" {
        guard readText() else { return nil }
      } else if starts("<!--") {
        guard skip(behind: "-->") else { return nil }
      } else if starts("<![CDATA[") {
        // A style; what it says in rules is left out with it.
        guard skip(behind: "]]>") else { return nil }
      } else if starts("<?") {
        guard skip(behind: "?>") else { return nil }
      } else if starts("<!") {
        guard skipDeclaration() else { return nil }
      } else {
        count += 1
        guard count <= Self.elementLimit, readTag() else { return nil }
      }
    }
    guard hasRoot, open.isEmpty, skipped == 0 else { return nil }
  }

  private func starts(_ text: String) -> Bool {
    var index = place
    for scalar in text.unicodeScalars {
      guard index < scalars.count, scalars[index] == scalar else { return false }
      index += 1
    }
    return true
  }

  private mutating func skip(behind end: String) -> Bool {
    while place < scalars.count {
      if starts(end) {
        place += end.unicodeScalars.count
        return true
      }
      place += 1
    }
    return false
  }

  /// A document type; entities could hide anything, so a text that defines some is none of ours.
  private mutating func skipDeclaration() -> Bool {
    while place < scalars.count {
      if scalars[place] == "[" { return false }
      place += 1
      if scalars[place - 1] == ">" { return true }
    }
    return false
  }

  private mutating func readText() -> Bool {
    let start = place
    while place < scalars.count, scalars[place] != "<" { place += 1 }
    guard !open.isEmpty else { return scalars[start..<place].allSatisfy(\.properties.isWhitespace) }
    if skipped == 0 { text += safe(String(String.UnicodeScalarView(scalars[start..<place]))) }
    return true
  }

  private func isName(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII && (scalar.properties.isAlphabetic || isDigit(scalar)) || "-_:.".unicodeScalars.contains(scalar)
  }

  private mutating func name() -> String {
    let start = place
    while place < scalars.count, isName(scalars[place]) { place += 1 }
    return String(String.UnicodeScalarView(scalars[start..<place]))
  }

  private mutating func readTag() -> Bool {
    place += 1
    if place < scalars.count, scalars[place] == "/" {
      place += 1
      let name = name()
      skipSpace()
      guard place < scalars.count, scalars[place] == ">" else { return false }
      place += 1
      if skipped > 0 {
        skipped -= 1
        return true
      }
      guard open.popLast() == name else { return false }
      text += "</\(name)>"
      return true
    }
    let name = name()
    guard !name.isEmpty, !(open.isEmpty && hasRoot) else { return false }
    var attributes: [(name: String, value: String)] = []
    while true {
      skipSpace()
      guard place < scalars.count else { return false }
      if scalars[place] == ">" || starts("/>") { break }
      guard let attribute = readAttribute() else { return false }
      attributes.append(attribute)
    }
    let isClosed = scalars[place] == "/"
    place += isClosed ? 2 : 1
    return add(name, attributes, isClosed: isClosed)
  }

  private mutating func skipSpace() {
    while place < scalars.count, scalars[place].properties.isWhitespace { place += 1 }
  }

  private mutating func readAttribute() -> (name: String, value: String)? {
    let name = name()
    skipSpace()
    guard !name.isEmpty, place < scalars.count, scalars[place] == "=" else { return nil }
    place += 1
    skipSpace()
    guard place < scalars.count, scalars[place] == "\"" || scalars[place] == "'" else { return nil }
    let quote = scalars[place]
    place += 1
    let start = place
    while place < scalars.count, scalars[place] != quote, scalars[place] != "<" { place += 1 }
    guard place < scalars.count, scalars[place] == quote else { return nil }
    place += 1
    return (name, String(String.UnicodeScalarView(scalars[start..<(place - 1)])))
  }

  private mutating func add(_ name: String, _ attributes: [(name: String, value: String)], isClosed: Bool) -> Bool {
    if skipped > 0 || !Self.elements.contains(name) && !open.isEmpty {
      if skipped == 0, name != "metadata", !name.contains(":") { note("<\(name.prefix(40))>") }
      if !isClosed { skipped += 1 }
      return true
    }
    if open.isEmpty {
      guard name == "svg", !hasRoot else { return false }
      hasRoot = true
      readSize(attributes)
    }
    guard open.count < Self.depthLimit else { return false }
    text += "<\(name)"
    if open.isEmpty { text += " xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"" }
    for (name, value) in attributes {
      if isKept(name, value) {
        text += " \(name)=\"\(safe(value))\""
      } else if Self.attributes.contains(name) || name == "href" || name == "xlink:href" {
        note(name)
      }
    }
    text += isClosed ? "/>" : ">"
    if !isClosed { open.append(name) }
    return true
  }

  private mutating func note(_ name: String) {
    if leftOut.count < Self.noteLimit, !leftOut.contains(name) { leftOut.append(name) }
  }

  private mutating func readSize(_ attributes: [(name: String, value: String)]) {
    func number(_ name: String) -> Double? {
      guard let text = attributes.first(where: { $0.name == name })?.value else { return nil }
      return Double(text.hasSuffix("px") ? String(text.dropLast(2)) : text)
    }
    let box = attributes.first { $0.name == "viewBox" }?.value.split { $0 == " " || $0 == "," }.compactMap {
      Double($0)
    }
    func whole(_ value: Double?) -> Int? {
      value.flatMap { (1...Double(EmbeddedImage.pixelLimit)).contains($0) ? Int($0.rounded()) : nil }
    }
    width = whole(number("width") ?? (box?.count == 4 ? box?[2] : nil))
    height = whole(number("height") ?? (box?.count == 4 ? box?[3] : nil))
    if width == nil || height == nil { (width, height) = (nil, nil) }
  }

  /// Text and attributes with their entities as they are, where those are XML's own, and nothing else of markup.
  private func safe(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let first = rest.first {
      if first == "&" {
        if let entity = rest.prefixMatch(of: /&(amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});/)?.output.0 {
          result += entity
          rest = rest.dropFirst(entity.count)
          continue
        }
        result += "&amp;"
      } else if first == "<" {
        result += "&lt;"
      } else if first == ">" {
        result += "&gt;"
      } else if first == "\"" {
        result += "&quot;"
      } else {
        result.append(first)
      }
      rest = rest.dropFirst()
    }
    return result
  }

  private func isKept(_ name: String, _ value: String) -> Bool {
    let lower = value.lowercased()
    if name == "href" || name == "xlink:href" { return value.hasPrefix("#") }
    guard Self.attributes.contains(name), !value.contains("\\"), !value.contains("&#") else { return false }
    if name == "style", ["expression", "import", "behavior", "binding"].contains(where: lower.contains) {
      return false
    }
    // Paint that is defined in the drawing itself.
    var rest = lower[...]
    while let found = rest.firstRange(of: "url") {
      rest = rest[found.upperBound...].drop { $0 == " " }
      guard rest.first == "(" else { continue }
      let target = rest.dropFirst().drop { $0 == " " || $0 == "\"" || $0 == "'" }
      guard target.first == "#" else { return false }
    }
    return !["image(", "src(", "image-set(", "element("].contains { lower.contains($0) }
  }

  private static let elements = Set(
    """
    svg g defs symbol use title desc path rect circle ellipse line polyline polygon text tspan textPath linearGradient
    radialGradient stop clipPath mask pattern marker filter feBlend feColorMatrix feComposite feFlood feGaussianBlur feMerge
    feMergeNode feOffset
    """.split { $0 == " " || $0 == "\n" }.map(String.init))

  private static let attributes = Set(
    """
    id class style transform viewBox preserveAspectRatio version width height x y x1 y1 x2 y2 cx cy r rx ry fx fy dx dy d points
    offset rotate pathLength fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-dasharray stroke-dashoffset
    stroke-linecap stroke-linejoin stroke-miterlimit opacity color clip-path clip-rule mask marker-start marker-mid marker-end
    markerWidth markerHeight markerUnits refX refY orient stop-color stop-opacity gradientUnits gradientTransform spreadMethod
    patternUnits patternContentUnits patternTransform clipPathUnits maskUnits maskContentUnits filter filterUnits
    primitiveUnits in in2 result mode operator k1 k2 k3 k4 stdDeviation values type flood-color flood-opacity font-family
    font-size font-style font-weight font-variant font-stretch text-anchor text-rendering shape-rendering
    dominant-baseline alignment-baseline baseline-shift letter-spacing word-spacing textLength lengthAdjust startOffset
    writing-mode text-decoration visibility display overflow vector-effect paint-order xml:space role aria-label
    """.split { $0 == " " || $0 == "\n" }.map(String.init))
}
