import Foundation
import Testing

/// From an experiment to a page.
@Suite struct ReportTests {
  /// The chapter's experiments with tiny networks and generated images under the names that the notebook asks for.
  static let resize = """
    schema: 1
    experiment: resize
    question: What does it change?
    dataset: {name: synthetic, resize: 224, train: 8, test: 8}
    network: {arch: vgg11, ratio: 64}
    training: {epochs: 2, batch_size: 4, learning_rate: 0.01}
    trials:
      - name: vgg11-small-224
      - {name: vgg11-small-96, dataset: {resize: 96}}
    profiles:
      quick: {training: {epochs: 1}}

    """

  @Test func theExercisesAreBuilt() throws {
    let program = try Program()
    defer { program.remove() }
    try program.write("resize.yaml", Self.resize)
    let missing = try program("report", "\(Program.root)/reports/exercises.md")
    #expect(missing.code == 66)
    #expect(try program("run", "resize.yaml", "--profile", "quick").code == 0)
    #expect(try program("run", "\(Program.root)/experiments/architectures.yaml").code == 0)
    let outcome = try program("report", "\(Program.root)/reports/exercises.md")
    #expect(outcome.code == 0, "\(outcome)")
    #expect(outcome.output.hasSuffix(".vgglab/reports/exercises/index.html\n"))
    let page = try String(contentsOfFile: "\(program.directory)/.vgglab/reports/exercises/index.html", encoding: .utf8)
    let text = page.replacing(/<[^>]*>/, with: "").replacing(/\s+/, with: " ")
    for sentence in [
      "The eleven are the layers that have weights: 8 convolutions and 3 Linear layers", "Here it prints 13:",
      "blocks hide 0, 0, 1, 1, 1 convolutions", "8 + 3 = 11", "These are short runs.", "training.epochs",
      "8.0×", "12.3×", "139,610,058",
    ] {
      #expect(text.contains(sentence), "\(sentence)")
    }
    // The same store, the same bytes, also elsewhere.
    #expect(try program("report", "\(Program.root)/reports/exercises.md", "--out", "again").code == 0)
    #expect(try String(contentsOfFile: "\(program.directory)/again/index.html", encoding: .utf8) == page)
    for name in ["README.md", "figures/training.png", "data/results.csv"] { #expect(program.exists("again/\(name)")) }
    try Self.lookInABrowser(page: "\(program.directory)/again/index.html", folder: program.directory)
  }

  /// Chromium shows the page at a phone's width, without an error and without anything to scroll sideways to.
  static func lookInABrowser(page: String, folder: String) throws {
    // The page allows no script; a copy of it that measures itself does.
    let text = try String(contentsOfFile: page, encoding: .utf8)
      .replacing(/<meta http-equiv="Content-Security-Policy"[^>]*>/, with: "")
      .replacing(
        "</body>",
        with: """
          <script>document.title = 'measured ' + document.documentElement.scrollWidth + ' ' + \
          [...document.images].filter(i => i.complete && i.naturalWidth > 0).length + ' ' + document.images.length;\
          </script></body>
          """)
    for width in [500, 1200] {
      let probe = "\(folder)/probe.html"
      try text.write(toFile: probe, atomically: true, encoding: .utf8)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
        "--user-data-dir=\(folder)/browser",
        "--window-size=\(width),900", "--virtual-time-budget=2000", "--dump-dom", "file://\(probe)",
      ]
      let output = Pipe()
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      try process.run()
      let dom = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      let title = try #require(dom.firstMatch(of: /<title>measured (\d+) (\d+) (\d+)<\/title>/), "\(dom.prefix(300))")
      #expect(Int(title.1)! <= width, "the page is \(title.1) wide in a window of \(width)")
      #expect(title.2 == title.3 && Int(title.3)! >= 2)
    }
  }

  @Test(arguments: [
    ("{{x.y}}\n", "bad.md:1: there is no query or table \"x\""),
    ("\n```{tabel a}\nSELECT 1\n```\n", "bad.md:2: there is no cell of the kind \"tabel\""),
    ("```{query a}\nSELEC 1\n```\n", "bad.md:1: the query cannot be answered"),
    ("```{query a}\nDELETE FROM run\n```\n", "bad.md:1: the query cannot be answered: only reading is allowed"),
    ("```{query a}\nSELECT 1 WHERE 0\n```\n", "bad.md:1: the query cell \"a\" finds no rows"),
    ("```{query a}\nATTACH 'x' AS y\n```\n", "bad.md:1: the query cannot be answered"),
    ("```{query a}\nSELECT load_extension('x')\n```\n", "bad.md:1: the query cannot be answered"),
    (
      "```{query a}\nWITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c\n```\n",
      "bad.md:1: the query cannot be answered: it takes "
    ),
    (
      "```{query a}\nWITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 2000000) SELECT x FROM c\n```\n",
      "bad.md:1: the query cannot be answered: it has more than 1000000 rows"
    ),
    (
      "```{query a}\n--| view: true\nSELECT * FROM b\n```\n```{query b}\n--| view: true\nSELECT * FROM a\n```\n",
      "bad.md:1: views read one another in a cycle: a → b → a"
    ),
    ("```{query a}\n--| view: true\nSELECT * FROM a\n```\n", "bad.md:1: views read one another in a cycle: a → a"),
    (
      "---\nparameters: {seed: 1}\n---\n```{query a}\nSELECT :sede AS x\n```\n",
      "bad.md:4: the query cannot be answered: there is no parameter :sede; there are :seed"
    ),
    (
      "```{provenance a}\nSELECT 1 AS x\n```\n", "bad.md:1: the query cannot be answered: no such column: chosen.run"
    ),
  ])
  func badNotebooksAreRefused(text: String, sentence: String) throws {
    let program = try LookTests.finished("--set", "training.epochs=0")
    defer { program.remove() }
    try program.write("bad.md", text)
    let outcome = try program("report", "bad.md", "--out", "out")
    #expect(outcome.code == 65 && outcome.errors.contains(sentence), "\(outcome)")
    #expect(!program.exists("out"))
  }

  @Test func parametersClaimsAndStrictness() throws {
    let program = try LookTests.finished("--set", "training.epochs=0")
    defer { program.remove() }
    try program.write(
      "note.md",
      """
      ---
      parameters: {least: 1}
      ---
      ```{claim enough}
      --| says: There is a run.
      SELECT count(*) >= :least AS holds, count(*) AS effect, '<b>counted</b>' AS detail FROM run
      ```
      ```{provenance runs}
      SELECT id AS run FROM run
      ```

      """)
    #expect(try program("report", "note.md", "--out", "out", "--strict").code == 0)
    let page = try String(contentsOfFile: "\(program.directory)/out/index.html", encoding: .utf8)
    #expect(page.contains("supported") && page.contains("&lt;b&gt;counted"))
    let refuted = try program("report", "note.md", "--out", "out", "--strict", "--set", "least=1000")
    #expect(refuted.code == 3 && refuted.errors.contains("refuted: enough"), "\(refuted)")
    #expect(
      try String(contentsOfFile: "\(program.directory)/out/index.html", encoding: .utf8).contains(
        "<s>There is a run.</s>"))
    #expect(try program("report", "note.md", "--out", "out", "--set", "least=1000").code == 0)
    let wrong = try program("report", "note.md", "--set", "leest=2")
    #expect(wrong.code == 64 && wrong.errors.contains("did you mean \"least\"?"), "\(wrong)")
    #expect(try program("report", "note.md", "--set", "least=many").code == 64)
    #expect(try program("report", "note.md", "--set", "least").code == 64)
  }

  @Test func languagesStandSideBySide() throws {
    let program = try LookTests.finished("--set", "training.epochs=0")
    defer { program.remove() }
    try program.write("note.md", "# A note\n")
    try program.write("note.zh.md", "---\nlang: zh\n---\n# 笔记\n")
    for (arguments, folder, title) in [
      (["note.md"], "note", "A note"), (["note.md", "--lang", "zh"], "note.zh", "笔记"),
      (["note.zh.md", "--lang", "en"], "note", "A note"), (["note.zh.md"], "note.zh", "笔记"),
    ] {
      let outcome = try program.run(["report"] + arguments)
      #expect(outcome.code == 0 && outcome.output.hasSuffix(".vgglab/reports/\(folder)/index.html\n"), "\(outcome)")
      let page = try String(
        contentsOfFile: "\(program.directory)/.vgglab/reports/\(folder)/index.html", encoding: .utf8)
      #expect(page.contains("<title>\(title)</title>"))
    }
    #expect(try program("report", "note.md", "--lang", "fr").code == 64)
    try program.write("other.md", "# Other\n")
    #expect(try program("report", "other.md", "--lang", "zh").code == 66)
  }

  @Test func missingNotebooksAndFoldersInTheWay() throws {
    let program = try LookTests.finished("--set", "training.epochs=0")
    defer { program.remove() }
    #expect(try program("report", "none.md").code == 66)
    #expect(try program("report", ".").code == 66)
    try program.write("good.md", "# Good\n")
    try program.write("file", "")
    let outcome = try program("report", "good.md", "--out", "file/x")
    #expect(outcome.code == 66 || outcome.code == 74, "\(outcome)")
    #expect(try program("report", "good.md", "--out", "fine").code == 0)
  }
}
