import Testing
import Text

@Suite struct FittedTableTests {
  static func table(_ rows: [[FittedTable.Cell]]) -> FittedTable {
    var table = FittedTable([
      .init("run"), .init("experiment", folds: true), .init("trial", shortens: true),
      .init("loss", .right, dropRank: 2),
      .init("time", .right, dropRank: 1),
    ])
    for row in rows { table.add(row) }
    return table
  }

  @Test func whatAllRowsHaveInCommonLeavesTheTable() {
    let rows: [[FittedTable.Cell]] = [
      ["a1", "depth", "small", "0.5", "10 s"], ["a2", "depth", "smaller", "0.25", "9 s"],
    ]
    let fit = Self.table(rows).fit(width: nil)
    #expect(fit.common.map(\.title) == ["experiment"] && fit.common.map(\.value) == ["depth"])
    #expect(fit.lines == ["run  trial    loss  time", "a1   small     0.5  10 s", "a2   smaller  0.25   9 s"])
    #expect(fit.width == 24 && fit.omitted.isEmpty)
    // One row has everything in common with itself: it stays where it fits.
    #expect(Self.table([rows[0]]).fit(width: 80).common.isEmpty)
    #expect(Self.table([rows[0]]).fit(width: 26).common.map(\.value) == ["depth"])
  }

  @Test func columnsOfLessImportanceAreLeftOutFirst() {
    let rows: [[FittedTable.Cell]] = [
      ["a1", "depth", "small", "0.5", "10 s"], ["a2", "width", "smaller", "0.25", "9 s"],
    ]
    for (width, omitted) in [(36, []), (35, ["loss"]), (29, ["loss", "time"])] as [(Int, [String])] {
      let fit = Self.table(rows).fit(width: width)
      #expect(fit.omitted == omitted && fit.width <= width, "\(width): \(fit.lines)")
    }
    // A column without any value says nothing.
    let empty = Self.table([["a1", "depth", "small", "–", "–"], ["a2", "width", "smaller", "–", "1 s"]])
    #expect(empty.fit(width: nil).lines[0] == "run  experiment  trial    time")
  }

  @Test func colorsDoNotCountAsWidth() {
    let table = Self.table([["a1", "depth", "small", "0.5", .init("10 s", .good)], ["a2", "x", "y", "1", "9 s"]])
    let plain = table.fit(width: 40)
    let painted = table.fit(width: 40) { text, emphasis in emphasis == .good ? "<\(text)>" : text }
    #expect(painted.width == plain.width && painted.lines[1] == plain.lines[1].replacing("10 s", with: "<10 s>"))
    #expect(FittedTable.Cell("a\u{1B}[31m").text == "a\\u{1b}[31m")
  }

  @Test(arguments: [6, 8, 11, 13])
  func shortenedNamesStayDistinct(width: Int) throws {
    for names in [
      ["vgg11-small-96-seed=0", "vgg11-small-96-seed=1", "vgg11-small-64-seed=0", "short"],
      ["a-long-beginning-1-and-a-long-end", "a-long-beginning-2-and-a-long-end"],
      ["中文名字的很长的名字一", "中文名字的很长的名字二"],
    ] {
      guard let short = distinctlyShortened(names, to: width) else {
        // Four names that differ at two places need room for both.
        #expect(width <= 8 && names.count == 4)
        continue
      }
      #expect(Set(short).count == names.count, "\(short)")
      #expect(short.allSatisfy { displayWidth($0) <= width }, "\(short)")
      #expect(short.allSatisfy { $0.contains("…") || names.contains($0) })
    }
    #expect(distinctlyShortened(["same name here", "same name here"], to: width)?.count == 2)
    #expect(distinctlyShortened(["ab", "cd"], to: 1) == nil)
  }

  @Test func textsAreWrappedAtSpaces() {
    #expect(wrapped("one two three four", width: 9) == "one two\n  three\n  four")
    #expect(wrapped("onewordthatislong b", width: 5, indent: 0) == "onewordthatislong\nb")
    #expect(wrapped("", width: 5) == "")
  }
}
