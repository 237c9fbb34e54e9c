import Rendering
import Compression
import Digests
import ExactJSON
package import Foundation

/// A page taken apart: its evidence, and the page without the block that holds it.
package struct PageParts {
  package var evidence: ReportEvidence
  /// SHA-256 of the packed evidence, as the block names it.
  var digest: String
  var frame: Data

  package static let opening = Data(
    "<script type=\"application/vnd.vgglab.evidence+json\" id=\"evidence\" data-sha256=\"".utf8)
  private static let behindDigest = Data("\">".utf8)
  private static let closing = Data("</script>\n".utf8)
  private static let anchor = Data("</body>".utf8)

  /// The block at the end of a page's body: data that no browser runs.
  static func block(_ evidence: ReportEvidence) -> Data {
    let packed = deflated(Data(evidence.json.json.utf8))
    return opening + Data(sha256Hex(packed).utf8) + behindDigest + packed.base64EncodedData() + closing
  }

  static func embed(_ evidence: ReportEvidence, in page: Data) -> Data {
    guard let place = page.range(of: anchor, options: .backwards) else {
      preconditionFailure("a page has the end of its body")
    }
    return page[..<place.lowerBound] + block(evidence) + page[place.lowerBound...]
  }

  /// Throws ``PageProblem`` for a page without evidence, or with such that does not hold together in itself.
  package init(_ page: Data, limit: Int = ReportEvidence.limit) throws {
    guard let start = page.range(of: Self.opening) else { throw PageProblem.noEvidence }
    guard page.range(of: Self.opening, in: start.upperBound..<page.endIndex) == nil else {
      throw PageProblem.evidenceTwice
    }
    let digestEnd = start.upperBound + 64
    guard page.endIndex - digestEnd > Self.behindDigest.count,
      page[digestEnd...].starts(with: Self.behindDigest),
      let end = page.range(of: Self.closing, in: digestEnd..<page.endIndex),
      page[end.upperBound...].starts(with: Self.anchor)
    else { throw PageProblem.badBlock }
    digest = String(decoding: page[start.upperBound..<digestEnd], as: UTF8.self)
    let text = Data(page[(digestEnd + Self.behindDigest.count)..<end.lowerBound])
    // The same bytes have one text alone.
    guard let packed = Data(base64Encoded: text), packed.base64EncodedData() == text else {
      throw PageProblem.badBlock
    }
    guard sha256Hex(packed) == digest else { throw PageProblem.evidenceChanged }
    evidence = try Self.unpack(packed, limit: limit)
    frame = page[..<start.lowerBound] + page[end.upperBound...]
  }

  static func unpack(_ packed: Data, limit: Int = ReportEvidence.limit) throws -> ReportEvidence {
    let json: Data
    do { json = try inflated(packed, limit: limit) } catch {
      throw PageProblem.unpacking(reason: "\(error)")
    }
    return try read(json, limit: limit)
  }

  /// Bytes of JSON for one value, on average, where there are many values: lists of nothing but zeros would take twenty times
  /// their size.
  private static let bytesPerValue = 12

  static func read(_ json: Data, limit: Int = ReportEvidence.limit) throws -> ReportEvidence {
    let marks = json.reduce(0) {
      $0 + ($1 == UInt8(ascii: ",") || $1 == UInt8(ascii: "[") || $1 == UInt8(ascii: "{") ? 1 : 0)
    }
    guard marks <= max(1_000_000, limit / bytesPerValue) else {
      throw PageProblem.reading(reason: "it has more than \(max(1_000_000, limit / bytesPerValue)) values")
    }
    do { return try ReportEvidence(json: try readJSON(json, limit: limit)) } catch {
      throw PageProblem.reading(reason: "\(error)")
    }
  }
}
