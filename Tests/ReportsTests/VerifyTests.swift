import Compression
import Digests
import ExactJSON
import Files
import Foundation
import Plots
import Journals
import Store
import Testing

import Evidence
import Notebooks
import Rendering

/// A page and the evidence inside it.
@Suite struct VerifyTests {
  @Test func aFreshPageIsGreen() throws {
    let folder = EvidenceStore()
    let report = try folder.render(folder.fill())
    var verifier = Verifier(version: "1.2.3")
    let found = try verifier.verify(page: report.page, file: "index.html")
    #expect(found.isSound, "\(found.text)")
    #expect(found.numbers > 100 && found.verified == found.numbers && found.stale == 0)
    #expect(found.figures == 1 && found.figures_verified == 1 && found.verdicts == ["supported": 1])
    #expect(found.text.hasPrefix("\(found.numbers) of \(found.numbers) numbers verified, 0 stale, 0 unbound\n"))
    // The same store gives the same bytes, and so does the evidence alone.
    #expect(try folder.render(folder.open()).page == report.page)
    #expect(try rebuildReport(PageParts(report.page).evidence).page == report.page)
    let page = String(decoding: report.page, as: UTF8.self)
    #expect(page.contains("data-runs=\"") && !page.contains("/somewhere/"))
  }

  @Test func aNumberOfRunsThatWereJudgedTogetherIsABound() throws {
    for (notebook, exact, bound, words) in [
      (EvidenceStore.notebook, "From 2 runs.", "From up to 4 runs.", "From up to <data"),
      (EvidenceStore.chinese(), "来自 2 个运行", "来自至多 4 个运行", "来自至多 <data"),
    ] {
      let folder = EvidenceStore()
      let report = try folder.render(folder.fill(), notebook)
      func markdown(_ report: CheckableReport) -> String {
        String(decoding: report.report.files["README.md"] ?? Data(), as: UTF8.self)
      }
      #expect(markdown(report).contains(exact))
      var evidence = report.evidence
      evidence.store.whole = ["resize"]
      let together = try rebuildReport(evidence)
      #expect(markdown(together).contains(bound) && !markdown(together).contains(exact))
      #expect(String(decoding: together.page, as: UTF8.self).contains(words))
    }
  }

  /// Every byte counts: those of the evidence, of the figures, of numbers and of prose.
  @Test func everyChangedByteIsFound() throws {
    let folder = EvidenceStore()
    let page = try folder.render(folder.fill()).page
    var verifier = Verifier(version: "1.2.3")
    let text = String(decoding: page, as: UTF8.self)
    func place(_ pattern: String) throws -> Range<Int> {
      let range = try #require(text.range(of: pattern))
      let start = text.utf8.distance(from: text.startIndex, to: range.lowerBound)
      return start..<start + pattern.utf8.count
    }
    let evidence = try place("<script type").lowerBound..<page.count
    let figure = try place("data:image/png;base64,").upperBound..<place("alt=\"").lowerBound
    let numbers = PageElements(page).numbers
    var random = SeededRandom(state: 20_261_125)
    var changed = 0
    for index in 0..<1000 {
      var place: Int
      switch index % 4 {
      case 0: place = Int.random(in: evidence, using: &random)
      case 1: place = Int.random(in: figure, using: &random)
      case 2:
        let number = numbers.randomElement(using: &random)!.bytes
        let range = page.range(of: number)!
        place = Int.random(in: range.lowerBound..<range.upperBound, using: &random)
      default: place = Int.random(in: 0..<page.count, using: &random)
      }
      var spoilt = page
      let byte = UInt8.random(in: 0...255, using: &random)
      guard byte != spoilt[place] else { continue }
      spoilt[place] = byte
      changed += 1
      #expect(isFound(spoilt, &verifier), "byte \(place), which was \(page[place]) and is \(byte)")
    }
    #expect(changed > 980)
    // A byte more or less as well.
    for place in [0, numbers.count, page.count - 1] {
      var longer = page
      longer.insert(UInt8(ascii: " "), at: place)
      #expect(try !verifier.verify(page: longer, file: "index.html").isSound)
    }
    #expect(try verifier.verify(page: page, file: "index.html").isSound)
  }

  private func isFound(_ page: Data, _ verifier: inout Verifier) -> Bool {
    do { return try !verifier.verify(page: page, file: "index.html").isSound } catch {
      return error == .page(file: "index.html", .noEvidence) || error == .page(file: "index.html", .evidenceTwice)
    }
  }

  @Test func aPageEditedByHandIsToldWithItsPlaces() throws {
    let folder = EvidenceStore()
    let text = String(decoding: try folder.render(folder.fill()).page, as: UTF8.self)
    var verifier = Verifier(version: "1.2.3")
    let edited = text.replacing("+12.5\u{A0}pt", with: "+21.5\u{A0}pt")
    var found = try verifier.verify(page: Data(edited.utf8), file: "page.html")
    #expect(found.stale == 1 && found.differences.count == 1 && found.verified == found.numbers - 1)
    let difference = try #require(found.differences.first)
    #expect(difference.id == "effect" && difference.found == "+21.5\u{A0}pt" && difference.right == "+12.5\u{A0}pt")
    #expect(difference.line > 0 && "\(difference)".hasPrefix("page.html:\(difference.line) effect: "))
    found = try verifier.verify(
      page: Data(text.replacing("images a second", with: "pictures a second").utf8), file: "p")
    #expect(found.stale == 0 && found.differences.count == 1)
    #expect(found.differences[0].found.contains("pictures a") && found.differences[0].right.contains("images a"))
    // A number that is taken away, and one that is added.
    let number = try #require(text.firstRange(of: /<data [^>]*>[^<]*<\/data>/))
    found = try verifier.verify(page: Data(text.replacingCharacters(in: number, with: "").utf8), file: "p")
    #expect(found.stale == 1 && !found.isSound)
    found = try verifier.verify(page: Data(text.replacing("<h1>", with: "<h1>\(text[number])").utf8), file: "p")
    #expect(found.stale == 0 && !found.isSound)
  }

  @Test func evidenceThatIsForgedWithItsPageIsFoundByTheStore() throws {
    let folder = EvidenceStore()
    let store = try folder.fill()
    let report = try folder.render(store)
    let verifier = Verifier(version: "1.2.3")
    #expect(try verifier.compare(page: report.page, file: "p", with: store).isSound)
    var evidence = report.evidence
    let place = try #require(evidence.store.tables.firstIndex { $0.name == "final_metric" })
    let row = try #require(
      evidence.store.tables[place].rows.firstIndex { $0[1] == .text("test_accuracy") && $0[5] == .real(0.75) })
    evidence.store.tables[place].rows[row][5] = .real(0.99)
    let forged = try rebuildReport(evidence)
    var again = Verifier(version: "1.2.3")
    #expect(try again.verify(page: forged.page, file: "p").isSound)
    let found = try verifier.compare(page: forged.page, file: "p", with: store)
    #expect(
      found.differences.map { $0.what ?? "" } == [
        "a row of final_metric of run \(folder.runs[2]) differs from the journals"
      ])
  }

  @Test func hostileEvidenceIsRefused() throws {
    let folder = EvidenceStore()
    let report = try folder.render(folder.fill())
    let page = String(decoding: report.page, as: UTF8.self)
    func problem(_ packed: Data) throws -> String {
      let block =
        String(decoding: PageParts.opening, as: UTF8.self) + sha256Hex(packed) + "\">" + packed.base64EncodedString()
        + "</script>\n"
      let spoilt = page.replacing(/<script type[^\n]*\n/) { _ in block }
      var verifier = Verifier(version: "1.2.3")
      do {
        let found = try verifier.verify(page: Data(spoilt.utf8), file: "p")
        return found.isSound ? "sound" : "unsound"
      } catch { return "\(error)" }
    }
    let whole = report.evidence.json.json
    func json(_ change: (String) -> String) throws -> String { try problem(deflated(Data(change(whole).utf8))) }
    #expect(try json { $0 } == "sound")
    #expect(try problem(deflated(Data(count: ReportEvidence.limit + 1))).contains("unpacks to more than"))
    #expect(try problem(Data("not zlib".utf8)).contains("cannot be unpacked"))
    #expect(try problem(deflated(Data("<html>".utf8))).contains("byte 0: a value was expected"))
    #expect(try json { $0.replacing("\"format\":1", with: "\"format\":4") }.contains("version 4"))
    #expect(try json { $0.replacing("\"schema\":", with: "\"schema\":1e400,\"x\":") }.contains("does not fit 64 bits"))
    #expect(
      try json { $0.replacing("\"schema\":", with: "\"schema\":" + String(repeating: "9", count: 90)) }
        .contains("does not fit 64 bits"))
    #expect(try json { $0.replacing("\"schema\":", with: "\"schema\":99") }.contains("update vgglab"))
    #expect(
      try json { $0.replacing("{\"columns\":[\"name\",", with: "{\"columns\":[\"name\",\"extra\",") }
        .contains("values for 3 columns"))
    #expect(
      try json { $0.replacing("\"file\":\"note.md\"", with: "\"file\":\"../note.md\"") }.contains("a file's name"))
    #expect(try json { $0.replacing("FROM trial_summary", with: "FROM nowhere") }.contains("no such table"))
    #expect(try json { $0.replacing("\"png\":\"", with: "\"png\":\"0") } == "unsound")
    #expect(try json { $0.replacing("\"verdict\":\"supported\"", with: "\"verdict\":\"refuted\"") } == "unsound")
    // Told of a run and not true of it.
    #expect(try json { $0.replacing("\"test_evaluations\":2", with: "\"test_evaluations\":1") } == "unsound")
    #expect(throws: ReportError.page(file: "p", .noEvidence)) {
      var verifier = Verifier(version: "1.2.3")
      return try verifier.verify(page: Data("<html></html>".utf8), file: "p")
    }
  }

  @Test func aFolderIsCheckedFileByFile() throws {
    let folder = EvidenceStore()
    let report = try folder.render(folder.fill())
    let out = "\(folder.folder)/out"
    try writeReport(report, to: out)
    var verifier = Verifier(version: "1.2.3")
    #expect(try verifier.verify(path: out).isSound)
    #expect(report.changes(in: out).isSound)
    func spoil(_ name: String, _ change: (Data) -> Data) throws -> [String] {
      let path = "\(out)/\(name)"
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      try change(before).write(to: URL(fileURLWithPath: path))
      defer { try? before.write(to: URL(fileURLWithPath: path)) }
      #expect(!report.changes(in: out).isSound)
      return try verifier.verify(path: out).differences.map(\.file)
    }
    for name in ["README.md", "data/results.csv", "figures/training.png"] {
      #expect(try spoil(name) { $0.dropLast() + [UInt8(ascii: "x")] } == ["\(out)/\(name)"])
    }
    try FileManager.default.removeItem(atPath: "\(out)/data/training.csv")
    try Data("a".utf8).write(to: URL(fileURLWithPath: "\(out)/data/more.csv"))
    #expect(
      try verifier.verify(path: out).differences.map(\.file) == ["\(out)/data/training.csv", "\(out)/data/more.csv"])
  }

  @Test func whatChangedSinceIsToldBeforeItIsWritten() throws {
    let folder = EvidenceStore()
    let report = try folder.render(folder.fill())
    let out = "\(folder.folder)/out"
    #expect(report.changes(in: out).differences.allSatisfy { $0.what == "is not there yet" })
    try writeReport(report, to: out)
    try folder.add("large", accuracy: 0.875, day: 6)
    let fresh = try folder.render(folder.open())
    let changes = fresh.changes(in: out)
    #expect(!changes.claims.isEmpty && changes.claims.map(\.id) == fresh.report.listedClaims.map(\.id))
    #expect(changes.claims.allSatisfy { $0.file == "\(out)/index.html" })
    #expect(changes.verdicts.values.reduce(0, +) == changes.claims.count)
    #expect(changes.stale > 0 && changes.changeText.contains("\"+12.5\u{A0}pt\" becomes \"+25.0\u{A0}pt\""))
  }

  @Test func figuresSayWhereTheyComeFrom() throws {
    let folder = EvidenceStore()
    let report = try folder.render(folder.fill())
    let png = try #require(report.report.files["figures/training.png"])
    let origin = try FigureOrigin(png: png, path: "training.png")
    #expect(origin.report == report.evidence.reportID && origin.query == "training" && origin.notebook == "note.md")
    #expect(origin.sql_digest == sha256Hex(report.report.queries.first { $0.id == "training" }!.sql))
    #expect(origin.runs.map { $0.prefix(17) } == [folder.runs[1], folder.runs[2]].sorted().map { $0.prefix(17) })
    #expect(throws: ReportError.self) { try FigureOrigin(png: Data("GIF".utf8), path: "x") }
    let bare = try renderPNG(DisplayList(size: DisplayList.Size(width: 9, height: 9)))
    #expect(throws: ReportError.page(file: "x", .noProvenance)) { try FigureOrigin(png: bare, path: "x") }
  }

  @Test func theLedgerTellsOfEveryRun() throws {
    let folder = EvidenceStore()
    let store = try folder.fill()
    try folder.add(
      "large", accuracy: 0.25, day: 6, profile: "quick",
      end: .event(EventRecord(at: "t", kind: "interrupted", message: "m")))
    try RunFolder(store: folder.path, existing: folder.add("small", accuracy: 0.5, day: 7)).annotate([
      AnnotationRecord(kind: .remove, at: "2026-02-01T00:00:00.000Z")
    ])
    _ = try store.ingest()
    let report = try folder.render(store)
    let readme = String(decoding: report.report.files["README.md"] ?? Data(), as: UTF8.self)
    #expect(readme.contains("## Ledger of runs") && readme.contains("6 runs match"))
    #expect(readme.contains("2 are used, 4 are left out. Together they were measured on the test set 12 times."))
    for (run, why) in [
      (0, "older than \(folder.runs[1]), the trial's newest"), (3, "failed: no &lt;memory&gt;"), (5, "interrupted"),
      (6, "removed 2026-02-01"),
    ] {
      let line = try #require(readme.split(separator: "\n").first { $0.contains("`\(folder.runs[run])`") })
      #expect(line.contains("| \(why) | 2 |"), "\(line)")
    }
    #expect(!readme.contains(folder.runs[4]))
    let chinese = try folder.render(store, EvidenceStore.chinese())
    let page = String(decoding: chinese.page, as: UTF8.self)
    #expect(page.contains(">运行台账</h2>") && page.contains("失败：no &lt;memory&gt;"))
    var verifier = Verifier(version: "1.2.3")
    #expect(try verifier.verify(page: chinese.page, file: "p").isSound)
  }

  @Test func whatIsExtractedAnswersTheQueries() throws {
    let folder = EvidenceStore()
    let report = try folder.render(folder.fill())
    let out = "\(folder.folder)/evidence"
    let names = try extractEvidence(from: report.page, file: "p", to: out)
    #expect(
      names == [
        "data/README.md", "data/effect.csv", "data/larger.csv", "data/pair.csv", "data/results.csv",
        "data/training.csv", "evidence.json", "evidence.sqlite", "notebook.md",
      ])
    #expect(try String(contentsOfFile: "\(out)/notebook.md", encoding: .utf8) == EvidenceStore.notebook)
    for query in report.report.queries {
      let csv = try String(contentsOfFile: "\(out)/data/\(query.id).csv", encoding: .utf8)
      #expect(csv == query.rows.csv)
    }
    // Anybody's SQLite gives the same.
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "sqlite3", "-csv", "\(out)/evidence.sqlite",
      "SELECT trial, test_accuracy FROM trial_summary WHERE experiment = 'resize' ORDER BY trial",
    ]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(text.replacing("\r", with: "") == "large,0.75\nsmall,0.625\n")
    // What it wrote itself it may replace; nothing else.
    #expect(try extractEvidence(from: report.page, file: "p", to: out) == names)
    try Data("mine".utf8).write(to: URL(fileURLWithPath: "\(out)/notebook.md"))
    #expect(throws: ReportError.output(.changed(out, names: ["notebook.md"]))) {
      try extractEvidence(from: report.page, file: "p", to: out)
    }
  }

  @Test func otherFontsAndVersionsAreSaid() throws {
    let folder = EvidenceStore()
    var evidence = try folder.render(folder.fill()).evidence
    evidence.fonts = "other"
    let page = try rebuildReport(evidence).page
    var verifier = Verifier(version: "1.2.3")
    var found = try verifier.verify(page: page, file: "p")
    // What is drawn alike here is compared, whatever the evidence says of fonts.
    #expect(found.isVerified() && found.figures_verified == 1, "\(found.text)")
    let text = String(decoding: page, as: UTF8.self)
    // A figure's bytes and prose are still checked.
    let png = try #require(text.firstRange(of: /base64,[A-Za-z0-9+\/]{200}/))
    let spoilt = text.replacingCharacters(in: png, with: "base64," + String(repeating: "A", count: 200))
    #expect(try verifier.verify(page: Data(spoilt.utf8), file: "p").figures_verified == 0)
    #expect(try !verifier.verify(page: Data(text.replacing("images a", with: "image a").utf8), file: "p").isSound)
    var later = Verifier(version: "9.9.9")
    found = try later.verify(page: page, file: "p")
    #expect(found.isVerified(), "\(found.text)")
    found = try later.verify(page: Data(text.replacing("images a", with: "image a").utf8), file: "p")
    #expect(found.isSound && !found.isVerified() && found.isVerified(allowing: [.text]), "\(found.text)")
    #expect(found.text.contains("not compared: p: its text around the numbers"))
    found = try later.verify(page: Data(text.replacing("+12.5", with: "+12.6").utf8), file: "p")
    #expect(found.stale == 1)
  }

  /// A folder from a machine whose fonts draw other figures: they are compared by the digests in the page's evidence.
  @Test func aFolderDrawnWithOtherFontsIsVerified() throws {
    let folder = EvidenceStore()
    var evidence = try folder.render(folder.fill()).evidence
    evidence.fonts = "other"
    var rendered = try rebuildReport(evidence)
    let name = try #require(rendered.report.files.keys.first { $0.hasSuffix(".png") })
    let here = try #require(rendered.report.files[name])
    let there = here + Data("drawn elsewhere".utf8)
    for (file, data) in rendered.report.files where [".html", "ipynb"].contains(where: file.hasSuffix) {
      let text = String(decoding: data, as: UTF8.self)
      rendered.report.files[file] = Data(
        text.replacing(here.base64EncodedString(), with: there.base64EncodedString()).utf8)
    }
    rendered.report.files[name] = there
    evidence = rendered.evidence
    let place = try #require(evidence.figures.firstIndex { $0.png == sha256Hex(here) })
    evidence.figures[place].png = sha256Hex(there)
    let packed = deflated(Data(evidence.json.json.utf8))
    let block =
      String(decoding: PageParts.opening, as: UTF8.self) + sha256Hex(packed) + "\">" + packed.base64EncodedString()
      + "</script>\n"
    let page = String(decoding: try #require(rendered.report.files["index.html"]), as: UTF8.self)
    rendered.report.files["index.html"] = Data(page.replacing(/<script type[^\n]*\n/) { _ in block }.utf8)
    let out = "\(folder.path)/elsewhere"
    try writeReport(rendered, to: out)
    var verifier = Verifier(version: "1.2.3")
    let found = try verifier.verify(folder: out)
    #expect(found.isSound && !found.isVerified() && found.isVerified(allowing: [.figures]), "\(found.text)")
    #expect(found.figures_verified == 0 && found.text.contains("not compared: \(out)/index.html: its figures"))
    try Data("no picture".utf8).write(to: URL(fileURLWithPath: "\(out)/\(name)"))
    #expect(try !verifier.verify(folder: out).isSound)
  }
}

/// A generator of random numbers that is the same in every run (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
