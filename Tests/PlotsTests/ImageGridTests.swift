import Foundation
import Plots
import Testing

/// Grids of small images, by decoding what was drawn.
@Suite struct ImageGridTests {
  /// The share of a drawing's pixels that have a color.
  private func share(_ image: DecodedImage, _ color: Color) -> Double {
    var count = 0
    for y in 0..<image.height { for x in 0..<image.width where image[x, y] == color { count += 1 } }
    return Double(count) / Double(image.width * image.height)
  }

  @Test func grayAndColorsKeepTheirValues() throws {
    let red = [UInt8](repeating: 200, count: 4) + [UInt8](repeating: 10, count: 4) + [UInt8](repeating: 30, count: 4)
    let grid = ImageGrid(
      title: "",
      cells: [
        ImageGrid.Cell(width: 2, height: 2, pixels: red),
        ImageGrid.Cell(width: 2, height: 2, pixels: [77, 77, 77, 77]),
      ], columns: 2, cellSide: 60)
    let image = try DecodedImage(png: renderPNG(grid))
    let cell = 120.0 * 120 / Double(image.width * image.height)
    #expect(abs(share(image, Color(red: 200, green: 10, blue: 30)) - cell) < 0.01)
    #expect(abs(share(image, Color(red: 77, green: 77, blue: 77)) - cell) < 0.01)
  }

  @Test func pixelsStaySquaresAndShapesKeepTheirSides() throws {
    // Two pixels side by side: half as high as wide.
    let grid = ImageGrid(
      title: "", cells: [ImageGrid.Cell(width: 2, height: 1, pixels: [40, 220])], columns: 1, cellSide: 80)
    let image = try DecodedImage(png: renderPNG(grid, scale: 1))
    for value in [UInt8(40), 220] {
      let square = 40.0 * 40 / Double(image.width * image.height)
      #expect(abs(share(image, Color(red: value, green: value, blue: value)) - square) < 0.005)
    }
  }

  @Test func wordsOfStrangersAreDrawnAsText() throws {
    let cell = ImageGrid.Cell(
      width: 1, height: 1, pixels: [0], caption: ["<b>bold</b>\u{1b}[31m", String(repeating: "long ", count: 100)])
    let grid = ImageGrid(
      title: String(repeating: "title ", count: 200), subtitle: "a\nb",
      rows: [.init(name: "鞋子", cells: [cell]), .init(cells: [])],
      cellSide: 40)
    let png = try renderPNG(grid, text: [("Title", "grid")])
    #expect(try readPNGText(png).first?.value == "grid")
    #expect(try DecodedImage(png: png).width <= 1400)
    #expect(try renderPNG(grid, text: [("Title", "grid")]) == png)
    // Nothing to show is no error.
    _ = try renderPNG(ImageGrid(title: "none", cells: [], columns: 3, cellSide: 40))
  }

  @Test func whatIsTooLargeIsRefused() {
    let cell = ImageGrid.Cell(width: 1, height: 1, pixels: [0])
    let grid = ImageGrid(title: "", cells: [ImageGrid.Cell](repeating: cell, count: 400), columns: 1, cellSide: 90)
    #expect(throws: PlotError.self) { try renderPNG(grid) }
  }
}
