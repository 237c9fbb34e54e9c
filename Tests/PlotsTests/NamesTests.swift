import Plots
import Testing

/// Names that are too long for their room.
@Suite struct NamesTests {
  private let measure = TextMeasure.fixedWidth()
  private let font = DisplayList.Font(family: "x", size: 10)

  /// To so many characters of the fixed width.
  private func shortened(_ names: [String], to count: Int) -> ShortNames {
    measure.shortened(names, to: 6 * Double(count) + 0.5, font: font)
  }

  @Test func namesThatFitStay() {
    #expect(shortened(["a, lr 0.1", "a, lr 0.2"], to: 9) == ShortNames(names: ["a, lr 0.1", "a, lr 0.2"], common: ""))
  }

  @Test func theyAreNamedByWhatDiffers() {
    let names = ["vgg11-small, lr 0.02, test", "vgg11-small, lr 0.1, test"]
    #expect(shortened(names, to: 12) == ShortNames(names: ["lr 0.02", "lr 0.1"], common: "vgg11-small … test"))
    #expect(shortened(["vgg11-small-96", "vgg11-small-224"], to: 8).names == ["96", "224"])
  }

  @Test func othersAreCutInTheMiddleAndStayDistinct() {
    #expect(shortened(["abcdefghijkl", "mnopqrstuvwx"], to: 7).names == ["abc…jkl", "mno…vwx"])
    let names = (0..<12).map { "aaaaaaaaaaaa\($0)bbbbbbbbbbbb" }
    let short = shortened(names, to: 12).names
    #expect(Set(short).count == 12, "\(short)")
    #expect(short.allSatisfy { $0.count <= 12 }, "\(short)")
    // The same name is shown alike.
    #expect(Set(shortened(["aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa"], to: 7).names).count == 1)
  }

  @Test(arguments: [
    ("a b", "a b"), ("", ""), (" ", ""), (" a  b ", "a b"), ("a\tb\n", "a b"), ("a\u{7}b", "ab"), ("é  ß", "é ß"),
    (String(repeating: "x", count: 301), String(repeating: "x", count: 300) + "…"),
    (String(repeating: "é", count: 301), String(repeating: "é", count: 300) + "…"),
  ])
  func textBecomesOneLine(text: String, expected: String) {
    #expect(drawable(text) == expected)
  }

  @Test func manyNamesThatLookAlikeStayApart() {
    let names = (0..<400).map { String(repeating: "x", count: 60) + "\($0)" + String(repeating: "y", count: 60) }
    let font = DisplayList.Font(family: "any", size: 10)
    let short = TextMeasure.fixedWidth().shortened(names + names, to: 120, font: font).names
    #expect(Set(short.prefix(400)).count == 400)
    #expect(Array(short.prefix(400)) == Array(short.suffix(400)))
  }
}
