import Foundation
import Testing

/// Curves of other programs become cells that a notebook shows beside its own runs.
@Suite struct ImportTests {
  static let keras = "epoch,loss,val_accuracy\r\n0,1.5,0.25\r\n1,nan,0.5\r\n2,0.75,\r\n"

  @Test func aNotebookShowsImportedCurvesBesideItsRuns() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    #expect(try program("run", "tiny.yaml", "--only", "small", "--threads", "1").code == 0)
    try program.write("keras.csv", Self.keras)
    let made = try program("import", "csv", "keras.csv", "--name", "keras", "-o", "keras.cells.md")
    #expect(made.code == 0 && made.output.isEmpty, "\(made)")
    #expect(made.errors.contains("1 of 5 values is no number"), "\(made)")
    try program.write(
      "beside.md",
      """
      ---
      title: Beside
      cells: keras.cells.md
      ---

      ```{query count}
      SELECT (SELECT count(*) FROM keras_curve) AS points, (SELECT count(*) FROM keras_curve WHERE value IS NULL) AS missing,
        (SELECT max(value) FROM keras_curve WHERE metric = 'val_accuracy') AS best,
        (SELECT count(*) FROM trial_summary) AS trials, (SELECT group_concat(DISTINCT origin) FROM keras_curve) AS origin,
        (SELECT source FROM keras_run) AS source
      ```

      {{count.points | %d}} points, {{count.missing | %d}} of them no number, the best {{count.best | %.2f}}, {{count.origin}} from
      {{count.source}}, beside {{count.trials | %d}} trial.

      ```{curves both}
      --| caption: Loss of both programs.
      --| overlay: true
      SELECT 'small' AS trial, 'loss' AS metric, epoch, value FROM latest_metric WHERE name = 'train_loss'
      UNION ALL SELECT run || ' (' || origin || ')', metric, epoch, value FROM keras_curve
        WHERE metric = 'loss' AND value IS NOT NULL
      ```

      """)
    let report = try program("report", "beside.md", "--out", "out")
    #expect(report.code == 0, "\(report)")
    let page = try String(contentsOfFile: "\(program.directory)/out/README.md", encoding: .utf8).replacing(
      "\n", with: " ")
    #expect(page.contains("5 points, 1 of them no number, the best 0.50, imported from keras.csv, beside 1 trial."))
    let verify = try program("verify", "out/index.html")
    #expect(verify.code == 0, "\(verify)")
    // Nothing of it is in the store.
    #expect(try program("list").output.contains("keras") == false)
  }

  @Test func ownExportsComeBackAsTheyWere() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    #expect(try program("run", "tiny.yaml", "--profile", "quick", "--threads", "1").code == 0)
    #expect(try program("export", "--all", "--format", "csv", "-o", "all.csv").code == 0)
    #expect(try program("export", "--all", "--format", "tfevents", "-o", "tb").code == 0)
    let lines = try String(contentsOfFile: "\(program.directory)/all.csv", encoding: .utf8).split(separator: "\n")
      .dropFirst()
    for arguments in [["csv", "all.csv"], ["tfevents", "tb"]] {
      let cells = try program.run(["import"] + arguments)
      #expect(cells.code == 0, "\(cells)")
      let rows = cells.output.split(separator: "\n").filter { $0.prefixMatch(of: /\[\d+,\d+,\d+,/) != nil }
      #expect(rows.count == lines.count, "\(arguments)")
      for line in arguments[0] == "csv" ? Array(lines) : [] {
        let value = line.split(separator: ",")[5]
        #expect(rows.contains { $0.contains(",\(value)]") }, "\(line)")
      }
    }
    let chosen = try program("import", "csv", "all.csv", "--metric", "step_loss", "--every", "3").output
    #expect(chosen.contains("'[\"step_loss\"]'") && !chosen.contains("test_accuracy"))
    #expect(try program("import", "csv", "all.csv", "--metric", "nothing").code == 65)
  }

  /// What is wrong is said with its place, nothing is written, and nothing is waited for.
  @Test func wrongFilesAreRefusedWithTheirPlace() throws {
    let program = try Program()
    defer { program.remove() }
    for (text, place) in [
      ("", "line 1"), ("a,b\n1,2\n", "line 1"), ("step,loss,loss\n1,2,3\n", "line 1"), ("step\n1\n", "line 1"),
      ("step,loss\n1,0.5\n2,high\n", "line 3"), ("step,loss\n1,0.5,7\n", "line 2"), ("step,loss\n-1,0.5\n", "line 2"),
      ("step,loss\n1.5,0.5\n", "line 2"), ("step,loss\n,0.5\n", "line 2"), ("step,\"lo\nss\"\n1,2\n", "line 1"),
      ("step,metric,value\n1,\"a\",0.5\n2,\"b,0.5\n", "line 3"), ("step,metric,value\n1,\"a\"b,0.5\n", "line 2"),
      ("step,metric,value\n1,,0.5\n", "line 2"), ("run,step,loss\n\u{1B}[31m,1,2\n", "line 2"),
      ("step,loss\n1e300,2\n", "line 2"), ("step,loss\n1,1e400\n", "line 2"), ("step,loss\n1,-1e400\n", "line 2"),
      ("step,loss\n1,0x2\n", "line 2"), ("step,loss\n0x2,1\n", "line 2"), ("epoch,loss\ninf,2\n", "line 2"),
      ("epoch,loss\nnan,2\n", "line 2"),
    ] {
      try program.write("bad.csv", text)
      let found = try program("import", "csv", "bad.csv", "-o", "cells.md")
      #expect(found.code == 65 && found.errors.contains("bad.csv: \(place): "), "\(text): \(found)")
      #expect(!found.errors.contains("\u{1B}") && !program.exists("cells.md"))
    }
    // What other programs write is named, and not only missed.
    for (text, words) in [
      ("Epoch,Loss\n1,2\n", "the column 'Epoch' must be called 'epoch'"),
      ("epoch;loss\n1;2\n", "the fields are separated by semicolons, and commas were expected"),
      ("epoch\tloss\n1\t2\n", "by tabs"), ("step,loss\n1\n", "there is 1 field for 2 columns"),
    ] {
      try program.write("bad.csv", text)
      let found = try program("import", "csv", "bad.csv")
      #expect(found.code == 65 && found.errors.contains(words), "\(text): \(found)")
    }
    // Names that SQL or Markdown could take for their own.
    try program.write("odd.csv", "run,step,metric,value\n\"it's `x`\n\",1,a,1\n")
    #expect(try program("import", "csv", "odd.csv").code == 65)
    try program.write("odd.csv", "run,step,metric,value\n\"it's ```x') --\",1,{{a.b}},1\n")
    let odd = try program("import", "csv", "odd.csv")
    #expect(odd.code == 0 && odd.output.contains("'[\"it''s ```x'') --\"]'"), "\(odd)")
    // Too many points for a page; thinned they fit.
    try program.write("long.csv", "step,loss\n" + (0..<12_000).map { "\($0),1\n" }.joined())
    let long = try program("import", "csv", "long.csv")
    #expect(long.code == 65 && long.errors.contains("--every"), "\(long)")
    #expect(try program("import", "csv", "long.csv", "--every", "2", "-o", "long.md").code == 0)
    for (arguments, code) in [
      (["csv", "none.csv"], 66), (["tfevents", "none"], 66), (["tfevents", "."], 66), (["csv", "."], 66),
      (["csv", "long.csv", "--name", "A b"], 64), (["csv", "long.csv", "--name", "1a"], 64),
      (["csv", "long.csv", "--every", "0"], 64), (["csv", "/dev/zero"], 66),
      (["mlflow", "--url", "file:///etc", "--experiment", "e"], 64),
      (["mlflow", "--url", "http://127.0.0.1:9", "--experiment", "e"], 74),
      (["mlflow", "--url", "http://a/?x=\"y", "--experiment", "e"], 64),
    ] as [([String], Int32)] {
      let found = try program.run(["import"] + arguments)
      #expect([code, 65].contains(found.code) && found.code != 0, "\(arguments): \(found)")
      #expect(found.output.isEmpty)
    }
  }

  /// An event file of one record: a scalar `a` of 0.5 at a step.
  static func eventFile(step: Int64) -> Data {
    var event: [UInt8] = [0x10]
    var rest = UInt64(bitPattern: step)
    while rest > 127 {
      event.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    event.append(UInt8(rest))
    event += [0x2A, 0x0A, 0x0A, 0x08, 0x0A, 0x01, 0x61, 0x15, 0x00, 0x00, 0x00, 0x3F]
    func littleEndian(_ value: UInt64, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }
    func checksum(_ bytes: [UInt8]) -> [UInt8] {
      var sum = UInt32.max
      for byte in bytes {
        sum ^= UInt32(byte)
        for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0x82F6_3B78 : sum >> 1 }
      }
      sum = ~sum
      return littleEndian(UInt64(((sum >> 15) | (sum << 17)) &+ 0xA282_EAD8), 4)
    }
    let length = littleEndian(UInt64(event.count), 8)
    return Data(length + checksum(length) + event + checksum(event))
  }

  @Test func aNegativeStepOfAnEventFileIsRefused() throws {
    let program = try Program()
    defer { program.remove() }
    for (step, code) in [(3, 0), (-1, 65)] as [(Int64, Int32)] {
      try Self.eventFile(step: step).write(to: URL(fileURLWithPath: "\(program.directory)/one.tfevents"))
      let found = try program("import", "tfevents", "one.tfevents", "-o", "cells.md")
      #expect(found.code == code, "\(step): \(found)")
      if code != 0 { #expect(found.errors.contains("one.tfevents: byte ") && found.errors.contains("the step -1")) }
    }
  }

  @Test func damagedEventFilesAreRefusedWithTheByte() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    #expect(try program("run", "tiny.yaml", "--only", "small", "--profile", "quick", "--threads", "1").code == 0)
    let file = try program("export", "small", "--format", "tfevents", "-o", "tb").output.trimmingCharacters(
      in: .newlines)
    let whole = try #require(FileManager.default.contents(atPath: "\(program.directory)/\(file)"))
    var damaged: [Data] = [Data(whole.dropLast(3)), Data("no event file at all".utf8), whole + Data([1, 2, 3])]
    for place in [0, 9, 14, whole.count / 2, whole.count - 2] {
      var copy = whole
      copy[place] ^= 0x10
      damaged.append(copy)
    }
    for data in damaged {
      try data.write(to: URL(fileURLWithPath: "\(program.directory)/bad.tfevents"))
      let found = try program("import", "tfevents", "bad.tfevents", "-o", "cells.md")
      #expect(found.code == 65 && found.errors.contains("bad.tfevents: byte "), "\(found)")
      #expect(!program.exists("cells.md"))
    }
    try whole.write(to: URL(fileURLWithPath: "\(program.directory)/bad.tfevents"))
    #expect(try program("import", "tfevents", "bad.tfevents", "-o", "cells.md").code == 0)
  }
}
