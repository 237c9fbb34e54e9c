import Datasets
import Foundation
import Images
import Inference
import Testing

@Suite struct LikenessTests {
  static func image(_ width: Int, _ height: Int, edge: UInt8, inside: UInt8, channels: Int = 1) -> PixelImage {
    var plane: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let isEdge = y == 0 || y == height - 1 || x == 0 || x == width - 1
        plane.append(isEdge ? edge : inside)
      }
    }
    return PixelImage(
      width: width, height: height, channels: channels, pixels: (0..<channels).flatMap { _ in plane })
  }

  let dark = TrainingImageStatistics(
    channels: 1, height: 28, width: 28, brightness: Brightness(mean: 70, borderMean: 3))

  @Test func whatIsAlikeNeedsNoSentence() {
    #expect(dark.differences(of: Self.image(28, 28, edge: 0, inside: 200)) == [])
    #expect(dark.differences(of: Self.image(100, 90, edge: 20, inside: 200)) == [])
    // Gray values in three channels are gray.
    #expect(dark.differences(of: Self.image(28, 28, edge: 0, inside: 200, channels: 3)) == [])
  }

  @Test func negativesAreSeen() {
    let found = dark.differences(of: Self.image(28, 28, edge: 250, inside: 20))
    #expect(
      found.count == 1 && found[0].contains("has bright edges (mean 250 of 255)") && found[0].contains("--invert"))
    let paper = TrainingImageStatistics(
      channels: 1, height: 28, width: 28, brightness: Brightness(mean: 220, borderMean: 250))
    #expect(paper.differences(of: Self.image(28, 28, edge: 5, inside: 200))[0].contains("has dark edges"))
    let photos = TrainingImageStatistics(
      channels: 1, height: 28, width: 28, brightness: Brightness(mean: 120, borderMean: 120))
    #expect(photos.differences(of: Self.image(28, 28, edge: 250, inside: 20)) == [])
  }

  @Test func colorsShapesAndBlanksAreSeen() {
    let red = PixelImage(
      width: 2, height: 2, channels: 3, pixels: [9, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    #expect(dark.differences(of: red)[0].contains("has colors"))
    let colors = TrainingImageStatistics(
      channels: 3, height: 28, width: 28, brightness: Brightness(mean: 70, borderMean: 3))
    #expect(colors.differences(of: red) == [])
    #expect(colors.differences(of: Self.image(28, 28, edge: 0, inside: 9))[0].contains("is gray"))
    let wide = dark.differences(of: Self.image(300, 100, edge: 0, inside: 200))
    #expect(wide.count == 1 && wide[0].contains("300x100"))
    #expect(dark.differences(of: Self.image(28, 28, edge: 40, inside: 40))[0].contains("is uniform"))
  }

  @Test func errorsSayWhatToDo() {
    let known = ["shirt", "sneaker"]
    #expect("\(InferenceError.unknownClass(name: "shrit", known: known))".contains("did you mean 'shirt'?"))
    #expect("\(InferenceError.unknownClass(name: "a\nb", known: known))".contains("a\\u{a}b"))
    #expect("\(InferenceError.unknownClass(name: "xyzxyz", known: known))".contains("the classes are shirt, sneaker"))
    for error in [
      InferenceError.noWeights(run: "r", name: "last", state: "failed"),
      .noWeights(run: "r", name: "best", state: "completed"), .noWeights(run: "r", name: "last", state: "completed"),
      .neverTrained(run: "r", isMeasured: false), .neverTrained(run: "r", isMeasured: true),
      .weightsGone(run: "r", path: "p"), .weightsChanged(path: "p"),
      .unreadableWeights(path: "p", reason: "it ends too early"),
      .noSuchIndex(path: "p", index: "9", count: 3), .otherImages(run: "r"),
    ] { #expect("\(error)".count > 5) }
  }
}
