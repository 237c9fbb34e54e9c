import Testing
import Text

/// Text for people: widths, tables, quantities, names that are nearly right.
@Suite struct TextTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("中文", 4), ("e\u{301}", 1), ("é", 1), ("👩‍👩‍👧", 2), ("ｱ", 1), ("ア", 2), ("한", 2),
    ("\u{1112}\u{1161}\u{11ab}", 2),
  ])
  func widthsOnATerminal(text: String, columns: Int) {
    #expect(displayWidth(text) == columns)
  }

  @Test func columnsAlignByWidth() {
    var table = TextTable([("a", .left), ("b", .right)])
    table.add(["中文", "1"])
    table.add(["ab", "22"])
    #expect(table.text == "a      b\n中文   1\nab    22")
  }

  @Test func cellsCommandNoTerminal() {
    var table = TextTable([("a", .left)])
    table.add(["x\u{1b}[31m\u{202e}y\n"])
    #expect(table.text == "a\nx\\u{1b}[31m\\u{202e}y\\u{a}")
    #expect(printable("a\nb\tc\u{7}", keepingLines: true) == "a\nb\tc\\u{7}")
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (-43_093_322, "-43,093,322"), (.min, "-9,223,372,036,854,775,808"),
  ])
  func thousands(value: Int, text: String) {
    #expect(Quantity.grouped(value) == text)
  }

  @Test(arguments: [
    ("", ""), ("-", "-"), ("12", "12"), ("-123", "-123"), ("-1234", "-1 234"), ("1234567", "1 234 567"),
  ])
  func groupsOfDigits(digits: String, text: String) {
    #expect(groupedDigits(digits, by: " ") == text)
  }

  @Test func quantitiesAreReadAsTheyAreWritten() {
    #expect(Quantity.parseSeconds("1h30m") == 5400 && Quantity.parseSeconds("45s") == 45)
    #expect(Quantity.parseBytes("1.5GiB") == 1_610_612_736 && Quantity.parseBytes("6GB") == 6_000_000_000)
    for text in ["", "1", "h", "1x", "-1s", "1..5s", "nans"] { #expect(Quantity.parseSeconds(text) == nil, "\(text)") }
    #expect(Quantity.parseBytes("10000000000TB") == nil)
  }

  @Test(arguments: [
    ("epoch", "epochs"), ("bacth_size", "batch_size"), ("batchsize", "batch_size"), ("EPOCHS", "epochs"),
    ("learning_rate", nil), ("", nil),
  ])
  func theNearestName(word: String, expected: String?) {
    #expect(nearest(to: word, among: ["epochs", "batch_size", "seed"]) == expected)
    #expect(nearest(to: word, among: []) == nil)
  }

  @Test func quotedAsJSON() {
    #expect(jsonQuoted("a/\"b\"\\\n\u{1}é") == "\"a/\\\"b\\\"\\\\\\n\\u0001é\"")
  }
}
