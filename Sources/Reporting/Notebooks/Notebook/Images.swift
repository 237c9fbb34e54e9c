import Digests
import Files
package import Foundation
package import Images

/// An image beside the notebook, as outputs carry it.
package struct EmbeddedImage: Sendable, Hashable {
  package enum Kind: String, Sendable {
    case png = "image/png"
    case jpeg = "image/jpeg"
    case svg = "image/svg+xml"
  }

  package var kind: Kind
  /// Of an SVG, what is harmless of it.
  package var data: Data
  package var width: Int?
  package var height: Int?
  /// What draws in an SVG and is not in ``data``.
  package var leftOut: [String] = []

  /// Bytes of one image, and of all images of a notebook.
  package static let limit = 4 << 20
  package static let totalLimit = 16 << 20
  package static let countLimit = 200

  /// Of the sides of an image, of one image, and of all images of a page; SVG has none.
  package static let pixelLimit = 20_000
  package static let pixels = 25_000_000
  package static let totalPixels = 100_000_000

  /// Reads a PNG, JPEG or SVG; why it cannot be shown for anything else.
  ///
  /// A PNG or JPEG is decoded, unless it is one that has been.
  package static func read(_ data: Data, isChecked: Bool = false) -> Result<EmbeddedImage, ImageFault> {
    do throws(ImageError) {
      let header = try isChecked ? ImageHeader(data) : ImageHeader.checked(data, pixels: pixels)
      guard header.width <= pixelLimit, header.height <= pixelLimit else { return .failure(.damaged("image")) }
      return .success(
        EmbeddedImage(
          kind: header.format == .png ? .png : .jpeg, data: data, width: header.width, height: header.height))
    } catch {
      guard error == .unknownFormat else { return .failure(.refused(error)) }
    }
    guard let text = String(data: data, encoding: .utf8), text.contains("<svg") else { return .failure(.unknownKind) }
    guard let svg = SanitizedSVG(text) else { return .failure(.damaged("SVG")) }
    return .success(
      EmbeddedImage(
        kind: .svg, data: Data(svg.text.utf8), width: svg.width, height: svg.height, leftOut: svg.leftOut))
  }

  /// How many pixels a PNG or JPEG says that it has; zero for anything else.
  package static func pixelCount(_ data: Data) -> Int {
    (try? ImageHeader(data)).map { $0.width * $0.height } ?? 0
  }
}

/// Why a file is no image for a page.
package enum ImageFault: Error, Hashable, Sendable, CustomStringConvertible {
  case unknownKind
  case damaged(String)
  /// A PNG or JPEG that cannot be decoded, or is too large.
  case refused(ImageError)
  case remote
  case badPath
  case missing

  package var description: String {
    switch self {
    case .unknownKind: "it is no PNG, JPEG or SVG"
    case .refused(let error): "it \(error)"
    case .damaged(let kind): "its \(kind) is damaged or too large"
    case .remote: "a page carries its images and fetches none; save it beside the notebook"
    case .badPath: "name a file below the notebook's folder, without .. or links in its path"
    case .missing: "there is no such file below the notebook's folder"
    }
  }
}

/// The path of an image's address; a fault for one that is not below the notebook's folder.
package func imagePath(_ address: String) -> Result<String, ImageFault> {
  if let colon = address.firstIndex(of: ":"), address[..<colon].allSatisfy({ $0.isASCII && ($0.isLetter || $0 == "+") })
  {
    return .failure(.remote)
  }
  if address.hasPrefix("//") { return .failure(.remote) }
  guard let path = address.removingPercentEncoding else { return .failure(.badPath) }
  var parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
  if parts.first == "." { parts.removeFirst() }
  guard !path.hasPrefix("/"), !parts.isEmpty, parts.count <= 20, path.utf8.count <= 500,
    parts.allSatisfy({ !["", ".", ".."].contains($0) })
  else { return .failure(.badPath) }
  return .success(parts.joined(separator: "/"))
}

/// The file that an output has an image in: its own name, or one with a digest where that would not do in every folder.
package func imageFile(_ address: String) -> String {
  guard case .success(let path) = imagePath(address) else { return "images/image" }
  let name = path.split(separator: "/").last.map(String.init) ?? path
  func isPlain(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || [45, 46, 95].contains(byte)
  }
  if name == path, name.utf8.allSatisfy(isPlain), !name.hasPrefix("."), name.utf8.count <= 60 {
    return "images/\(name)"
  }
  let plain = String(decoding: name.utf8.map { isPlain($0) ? $0 : UInt8(ascii: "_") }.suffix(40), as: UTF8.self)
  return "images/\(sha256Hex(path).prefix(8))-\(plain)"
}

/// The images that a notebook's text shows, by their addresses. Throws ``NotebookError`` with the lines of those that cannot be
/// read.
package func readImages(_ source: NotebookSource, folder: String) throws(NotebookError) -> [String: Data] {
  // What is wrong with the notebook itself is found again, with everything else, when it is evaluated.
  guard source.text.contains("!["), let notebook = try? parseNotebook(source) else { return [:] }
  var images: [String: Data] = [:]
  var problems = ProblemList()
  var bytes = 0
  for image in notebook.images where images[image.address] == nil {
    func fault(_ reason: String) { problems.add(image.line, .badImage(image.address, reason: reason)) }
    guard images.count < EmbeddedImage.countLimit else {
      fault("a notebook may show at most \(EmbeddedImage.countLimit) images")
      break
    }
    switch imagePath(image.address) {
    case .failure(let problem): fault("\(problem)")
    case .success(let path):
      do throws(FileError) {
        let data = try readFile(path, below: folder, limit: EmbeddedImage.limit)
        bytes += data.count
        if bytes > EmbeddedImage.totalLimit {
          fault("all images together may have \(EmbeddedImage.totalLimit >> 20) MB")
        }
        images[image.address] = data
      } catch { fault("\(error)") }
    }
  }
  try problems.finish(source.file)
  return images
}

extension Notebook {
  /// The images of the text, in its order.
  package var images: [(address: String, line: Int)] {
    var found: [(address: String, line: Int)] = []
    (blocks + footnotes.flatMap { $0 }).walk { block in
      for inlines in block.inlines {
        inlines.walk { inline in
          if case .image(let address, _, _, let line) = inline { found.append((address, line)) }
        }
      }
    }
    return found
  }
}
