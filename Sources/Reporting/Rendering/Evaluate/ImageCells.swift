import ExactJSON
import Foundation
package import Notebooks
package import Plots
package import Store

/// Columns `pixels, height, width` and where there are some `caption` and `row`: an image a row.
///
/// `pixels` are `[channels, height, width]` with 1 or 3 channels: two hexadecimal digits a byte, or a JSON array of numbers, which
/// are shown from the smallest, black, to the largest, white; of all images of the cell together, with 0 in the middle where
/// there are numbers on both of its sides.
package func imageGrid(_ cell: Cell, _ rows: QueryResult) throws -> ImageGrid {
  let places = try columns(["pixels", "height", "width"], cell, rows)
  try limit(rows.rows.count, to: ChartLimit.images, "images")
  try cell.checkColumns(rows, needed: ["pixels", "height", "width"], optional: ["caption", "row"])
  let (caption, name) = (rows.columns.firstIndex(of: "caption"), rows.columns.firstIndex(of: "row"))
  let side = try imageSide(cell)
  let images = try rows.rows.map { row in
    try StoredImage(
      row[places[0]].plainText, height: try number(row[places[1]], "height"), width: try number(row[places[2]], "width")
    )
  }
  let range = StoredImage.range(of: images)
  var found: [ImageGrid.Row] = []
  for (row, image) in zip(rows.rows, images) {
    let title = name.flatMap { text(row[$0]) } ?? ""
    if found.last?.name != title || found.isEmpty { found.append(ImageGrid.Row(name: title, cells: [])) }
    let lines = caption.flatMap { text(row[$0]) }?.split(separator: "\n").map(String.init) ?? []
    found[found.count - 1].cells.append(
      ImageGrid.Cell(width: image.width, height: image.height, pixels: image.bytes(range), caption: lines))
  }
  return ImageGrid(title: "", rows: found, cellSide: side)
}

/// The option `side`: of an image's longer side on the page, in points.
private func imageSide(_ cell: Cell) throws -> Double {
  guard let option = cell.options["side"] else { return 72 }
  guard let side = decimalNumber(option.value), (16...256).contains(side) else {
    throw CellFault(
      line: option.line, problem: .badOption("side", value: option.value, expected: "points from 16 to 256"))
  }
  return side
}

/// An image as a column of a query has it.
private struct StoredImage {
  var height: Int
  var width: Int
  /// In hexadecimal digits.
  var bytes: [UInt8] = []
  /// In a JSON array.
  var numbers: [Double] = []

  init(_ text: String, height: Double, width: Double) throws {
    func side(_ value: Double, _ name: String) throws -> Int {
      guard let side = Int(exactly: value), (1...ChartLimit.imageSide).contains(side) else {
        throw CellFault(
          problem: .badPixels("\(name) is \(value); an image has 1 to \(ChartLimit.imageSide) pixels a side"))
      }
      return side
    }
    self.height = try side(height, "height")
    self.width = try side(width, "width")
    let plane = self.height * self.width
    if text.first == "[" {
      guard let array = (try? readJSON(Data(text.utf8), limit: 1 << 20))?.array else {
        throw CellFault(problem: .badPixels("its pixels are no JSON array"))
      }
      numbers = array.compactMap { value in
        switch value {
        case .integer(let number): Double(number)
        case .real(let number): number
        default: nil
        }
      }
      guard numbers.count == array.count else {
        throw CellFault(problem: .badPixels("its pixels are no numbers"))
      }
    } else {
      let digits = Array(text.utf8).map { Self.value(ofDigit: $0) }
      guard digits.count.isMultiple(of: 2), !digits.contains(nil) else {
        throw CellFault(problem: .badPixels("its pixels are neither hexadecimal digits, two a byte, nor a JSON array"))
      }
      bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0]! << 4 | digits[$0 + 1]! }
    }
    let count = bytes.count + numbers.count
    guard count == plane || count == 3 * plane else {
      throw CellFault(
        problem: .badPixels("\(count) values are no image of \(self.height)×\(self.width) pixels and 1 or 3 channels"))
    }
  }

  private static func value(ofDigit digit: UInt8) -> UInt8? {
    switch digit {
    case 48...57: digit - 48
    case 65...70: digit - 55
    case 97...102: digit - 87
    default: nil
    }
  }

  /// From black to white, of all images that are numbers.
  static func range(of images: [StoredImage]) -> ClosedRange<Double> {
    let all = images.lazy.flatMap(\.numbers)
    guard let low = all.min(), let high = all.max() else { return 0...1 }
    let farthest = max(-low, high)
    return low < 0 && high > 0 ? -farthest...farthest : low...high
  }

  func bytes(_ range: ClosedRange<Double>) -> [UInt8] {
    guard !numbers.isEmpty else { return bytes }
    return numbers.map { number in range.fraction(of: number).map { UInt8((255 * $0).rounded()) } ?? 128 }
  }
}
