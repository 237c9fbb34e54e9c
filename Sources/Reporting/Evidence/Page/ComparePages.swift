import Rendering
import Digests
package import Foundation

/// A page's parts that are counted and compared for themselves.
package struct PageElements {
  /// The `<data>` elements, whole.
  package private(set) var numbers: [Element] = []
  /// The PNGs inside, by the names of their variants: the figure's id, and for the dark one `id.dark`.
  var figures: [(id: String, digest: String)] = []
  /// The page without the bytes and sizes of its images.
  var withoutPictures = Data()

  package struct Element: Hashable {
    package var bytes: Data
    var line: Int

    package static func == (one: Element, other: Element) -> Bool { one.bytes == other.bytes }
    package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

    var text: String { String(decoding: bytes, as: UTF8.self) }
    /// What people see.
    var shown: String { text.split(separator: ">", maxSplits: 1).last.map { String($0.dropLast(7)) } ?? text }
    func attribute(_ name: String) -> String? {
      guard let start = text.range(of: " \(name)=\""), let end = text[start.upperBound...].firstIndex(of: "\"") else {
        return nil
      }
      return String(text[start.upperBound..<end])
    }
  }

  package init(_ page: Data) {
    let bytes = [UInt8](page)
    var line = 1
    var figureID = ""
    var variant = FigureVariant.standard
    var kept = 0
    var place = 0
    func starts(_ pattern: StaticString, at place: Int) -> Bool {
      guard bytes.count - place >= pattern.utf8CodeUnitCount else { return false }
      return bytes.withUnsafeBytes {
        memcmp($0.baseAddress! + place, pattern.utf8Start, pattern.utf8CodeUnitCount) == 0
      }
    }
    func end(of pattern: StaticString, from start: Int, limit: Int) -> Int? {
      var place = start
      while place < min(bytes.count, start + limit) {
        if starts(pattern, at: place) { return place + pattern.utf8CodeUnitCount }
        place += 1
      }
      return nil
    }
    /// Elements without an end within reach; a page of many is none of vgglab's, and is not searched on.
    var unclosed = 0
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "\n") { line += 1 }
      guard bytes[place] == UInt8(ascii: "<") || bytes[place] == UInt8(ascii: "d") else {
        place += 1
        continue
      }
      let isNumber = starts("<data ", at: place) && unclosed < 100
      if isNumber, let end = end(of: "</data>", from: place, limit: 1 << 20) {
        numbers.append(Element(bytes: Data(bytes[place..<end]), line: line))
        line += bytes[place..<end].count { $0 == UInt8(ascii: "\n") }
        place = end
      } else if starts("<figure class=\"chart\" id=\"fig-", at: place) {
        let start = place + 30
        let end = bytes[start...].prefix(200).firstIndex(of: UInt8(ascii: "\"")) ?? start
        // The anchor of a figure is its cell's id behind its kind.
        let anchor = String(decoding: bytes[start..<end], as: UTF8.self)
        figureID = anchor.hasPrefix("fig-") ? String(anchor.dropFirst(4)) : anchor
        variant = .standard
        place = end
      } else if starts("<source media=\"", at: place), !figureID.isEmpty {
        let start = place + 15
        let end = bytes[start...].prefix(200).firstIndex(of: UInt8(ascii: "\"")) ?? start
        let media = String(decoding: bytes[start..<end], as: UTF8.self)
        variant = FigureVariant.allCases.first { $0.media == media } ?? .standard
        place = end
      } else if starts("data:image/png;base64,", at: place), !figureID.isEmpty {
        let start = place + 22
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\"")) ?? bytes.count
        let text = Data(bytes[start..<end])
        let png = Data(base64Encoded: text)
        let isPlain = png?.base64EncodedData() == text
        figures.append((id: variant.name(figureID), digest: isPlain ? sha256Hex(png ?? Data()) : "not an image"))
        // The image itself is the last; images of the text are compared with it.
        if variant == .standard { figureID = "" }
        variant = .standard
        withoutPictures.append(contentsOf: bytes[kept..<start])
        kept = end
        place = end
      } else {
        if isNumber { unclosed += 1 }
        place += 1
      }
    }
    withoutPictures.append(contentsOf: bytes[kept...])
  }

  /// The page without the images and their sizes, which follow from the fonts.
  var withoutSizes: Data {
    Data(
      String(decoding: withoutPictures, as: UTF8.self)
        .replacing(/((?:src|srcset)="data:image\/png;base64,"(?: alt="[^"]*")?) width="\d+" height="\d+"/) { "\($0.1)" }
        .utf8)
  }
}

extension Verification {
  /// Compares the numbers of a page with those of the right one, query by query.
  mutating func compareNumbers(_ found: PageElements, _ right: PageElements, file: String, tellsRuns: Bool = true) {
    numbers += right.numbers.count
    var onlyRuns = 0
    let there = Dictionary(grouping: found.numbers) { $0.attribute("data-query") ?? "" }
    let wanted = Dictionary(grouping: right.numbers) { $0.attribute("data-query") ?? "" }
    var seen: Set<String> = []
    let queries = (right.numbers + found.numbers).map { $0.attribute("data-query") ?? "" }.filter {
      seen.insert($0).inserted
    }
    for query in queries {
      let (ones, others) = (there[query] ?? [], wanted[query] ?? [])
      guard ones.count == others.count else {
        var counts: [Data: Int] = [:]
        for number in ones { counts[number.bytes, default: 0] += 1 }
        let matched = others.count { number in
          guard let count = counts[number.bytes], count > 0 else { return false }
          counts[number.bytes] = count - 1
          return true
        }
        verified += matched
        stale += others.count - matched
        add(
          PageDifference(
            file: file, line: 0, id: query, what: "has \(ones.count) numbers; it should have \(others.count)"))
        continue
      }
      for (one, other) in zip(ones, others) {
        if one == other {
          verified += 1
          continue
        }
        stale += 1
        let isText = one.shown != other.shown
        if !isText, !tellsRuns, one.attribute("value") == other.attribute("value") {
          onlyRuns += 1
          continue
        }
        add(
          PageDifference(
            file: file, line: one.line, id: query, found: shortened(isText ? one.shown : one.text),
            right: shortened(isText ? other.shown : other.text)))
      }
    }
    if onlyRuns > 0 {
      add(PageDifference(file: file, what: "\(onlyRuns) numbers stay as they are and come from other runs"))
    }
  }

  /// Compares images by their digests with those that are right. A figure is verified if all of its variants are.
  mutating func compareFigures(_ found: PageElements, _ right: [(id: String, digest: String)], file: String) {
    let isAlike = found.figures.count == right.count
    let there = isAlike ? [] : Set(found.figures.map { [$0.id, $0.digest] })
    var wrong: Set<Substring> = []
    for (place, figure) in right.enumerated() {
      if isAlike ? found.figures[place] == figure : there.contains([figure.id, figure.digest]) { continue }
      wrong.insert(figureID(figure.id))
      add(
        PageDifference(
          file: file, id: figure.id, what: "the figure differs from a fresh rendering of its rows"))
    }
    let all = Set(right.map { figureID($0.id) })
    figures += all.count
    figures_verified += all.count - wrong.count
  }

  /// The cell that a variant of a figure belongs to.
  private func figureID(_ name: String) -> Substring { name.prefix { $0 != "." } }

  /// Reports where bytes differ, line by line, unless that was already reported.
  mutating func compareBytes(_ found: Data, _ right: Data, file: String) {
    guard found != right else { return }
    let told = Set(differences.filter { $0.file == file && $0.line > 0 }.map(\.line))
    func count(_ data: Data) -> Int { data.reduce(1) { $1 == 10 ? $0 + 1 : $0 } }
    let isAsLong = count(found) == count(right)
    var (one, other, index, isUnlike) = (found[...], right[...], 0, false)
    while !one.isEmpty || !other.isEmpty {
      index += 1
      let lines = (one.prefix { $0 != 10 }, other.prefix { $0 != 10 })
      one = one.dropFirst(lines.0.count + 1)
      other = other.dropFirst(lines.1.count + 1)
      if lines.0 == lines.1 { continue }
      isUnlike = true
      if !told.contains(index) {
        let (one, other) = excerpts(lines.0, lines.1)
        add(PageDifference(file: file, line: index, found: one, right: other))
      }
      // A line more or less makes all that follow unlike.
      if !isAsLong { break }
    }
    if !isUnlike {
      add(PageDifference(file: file, what: "it has \(found.count) bytes; it should have \(right.count)"))
    }
  }
}

/// Some characters around the first place where two lines differ.
private func excerpts(_ one: Data, _ other: Data) -> (String, String) {
  let common = zip(one, other).prefix { $0 == $1 }.count
  func excerpt(_ line: Data) -> String {
    let start = line.startIndex + max(0, common - 24)
    let end = min(line.endIndex, line.startIndex + common + 36)
    return String(decoding: line[min(start, line.endIndex)..<end], as: UTF8.self)
      .unicodeScalars.map { $0.value < 0x20 ? " " : String($0) }.joined()
  }
  return (excerpt(one), excerpt(other))
}

private func shortened(_ text: String) -> String { text.count <= 60 ? text : "\(text.prefix(59))…" }
