import Digests
import ExactJSON
import Files
import Foundation
import Store
import Testing

import Evidence
import Notebooks
import Rendering

/// Frozen comparisons.
@Suite struct ArchiveTests {
  static let predictions = Data((0..<64).map { UInt8($0) })

  static func fill(_ folder: EvidenceStore) throws -> Store {
    _ = try folder.fill()
    try folder.add(
      "large", accuracy: 0.75, day: 7, artifact: ("predictions", predictions, sha256Hex(predictions)))
    return try folder.open()
  }

  static func create(_ folder: EvidenceStore, _ name: String, runs: [String]? = nil) throws -> (ArchiveFolder, String) {
    let archives = ArchiveFolder("\(folder.folder)/archive")
    let store = try folder.open()
    _ = try archives.create(
      ArchiveRequest(
        name: name, runs: runs,
        notebooks: [
          NotebookSource(file: "sizes.md", text: EvidenceStore.notebook),
          NotebookSource(file: "sizes.zh.md", text: EvidenceStore.chinese()),
        ], createdAt: "2026-03-01T00:00:00.000Z", version: "1.2.3"), from: store)
    return (archives, "\(archives.path)/\(name)")
  }

  @discardableResult
  static func run(_ arguments: [String], in folder: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test func anArchiveHoldsAndComesBack() throws {
    let folder = EvidenceStore()
    let store = try Self.fill(folder)
    let (archives, path) = try Self.create(folder, "first")
    #expect(try FileManager.default.contentsOfDirectory(atPath: archives.path) == ["first"])
    #expect(try Self.run(["sha256sum", "-c", "--strict", "SHA256SUMS"], in: path) == 0)
    var verifier = Verifier(version: "1.2.3")
    let found = try verifier.verify(archive: path)
    #expect(found.isSound && found.numbers > 200 && found.verified == found.numbers, "\(found.text)")
    #expect(try verifier.verify(path: path, store: store).isSound)
    // All runs of the experiment, no other.
    let archive = try Archive(folder: path)
    #expect(archive.runs == folder.runs.indices.filter { $0 != 4 }.map { folder.runs[$0] })
    #expect(archive.reports.map(\.folder) == ["sizes", "sizes.zh"] && archive.reports.map(\.language) == ["en", "zh"])
    for file in ["reports/sizes/index.html", "reports/sizes.zh/README.md", "runs/\(folder.runs[5])/predictions.u8"] {
      #expect(fileKind("\(path)/\(file)") == .file)
    }
    #expect(!FileManager.default.fileExists(atPath: "\(path)/lab.sqlite"))
    #expect(try archive.text(folder: path).contains("larger: supported"))
    // The pin holds while the archive is there.
    #expect(store.pins().map(\.kind) == [.archive] && store.pins()[0].runs == archive.runs)

    // Into an empty store: the same figures, the same files.
    let other = try Store.open(at: "\(folder.folder)/other", access: .readWrite, create: true)
    #expect(try archives.importRuns(of: "first", into: { other }, version: "1.2.3") == archive.runs)
    for run in archive.runs {
      for format in MetricFormat.allCases {
        #expect(try other.exportMetrics(run: run, format: format) == store.exportMetrics(run: run, format: format))
      }
    }
    let sql = "SELECT * FROM run_summary WHERE experiment = 'resize' ORDER BY run"
    #expect(try other.query(sql) == store.query(sql))
    let predictions = try Data(
      contentsOf: URL(fileURLWithPath: "\(folder.folder)/other/runs/\(folder.runs[5])/predictions.u8"))
    #expect(predictions == Self.predictions)
    #expect(try archives.importRuns(of: "first", into: { other }, version: "1.2.3") == [])
    // Rendered there, the report is the same.
    let one = try folder.render(other)
    #expect(one.report.files["README.md"] == (try folder.render(store)).report.files["README.md"])

    try FileManager.default.removeItem(atPath: path)
    #expect(store.pins().isEmpty)
  }

  @Test func whatIsMissingAddedOrChangedIsFound() throws {
    let folder = EvidenceStore()
    _ = try Self.fill(folder)
    let (archives, path) = try Self.create(folder, "first")
    var verifier = Verifier(version: "1.2.3")
    let run = folder.runs[1]
    func spoilt(_ name: String, _ change: (String) throws -> Void) throws -> [String] {
      let copy = "\(folder.folder)/copy"
      #expect(try Self.run(["cp", "-a", path, copy], in: folder.folder) == 0)
      defer { try? FileManager.default.removeItem(atPath: copy) }
      try change("\(copy)/\(name)")
      return try verifier.verify(archive: copy).differences.map { difference in
        "\(difference.file.replacing("\(copy)/", with: "")) \(difference.what ?? "\(difference)")"
      }
    }
    func append(_ path: String) throws {
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      try (data + [UInt8(ascii: "\n")]).write(to: URL(fileURLWithPath: path))
    }
    for name in [
      "archive.json", "evidence.json.gz", "ro-crate-metadata.json", "reports/sizes/index.html",
      "reports/sizes/data/results.csv", "runs/\(run)/journal.jsonl",
    ] {
      #expect(try spoilt(name) { try FileManager.default.removeItem(atPath: $0) } == ["\(name) is missing"])
      #expect(try spoilt(name, append) == ["\(name) was changed: it does not match its digest"])
    }
    #expect(
      try spoilt("reports/more.txt") { try Data("a".utf8).write(to: URL(fileURLWithPath: $0)) }
        == ["reports/more.txt was added: SHA256SUMS does not list it"])
    // A digest list that leads out, or that a forger has made again.
    #expect(
      try spoilt("SHA256SUMS") { path in
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try (text + "\(String(repeating: "0", count: 64))  ../../secret\n").write(
          toFile: path, atomically: true, encoding: .utf8)
      }.first?.hasPrefix("SHA256SUMS is not a digest") == true)
    #expect(
      try spoilt("reports/sizes/data/results.csv") { path in
        try append(path)
        let root = (path as NSString).deletingLastPathComponent + "/../../.."
        try Self.run(
          [
            "sh", "-c",
            "find . -type f ! -name SHA256SUMS -printf '%P\\n' | LC_ALL=C sort | xargs sha256sum > SHA256SUMS",
          ], in: root)
      }.contains { $0.hasPrefix("reports/sizes/data/results.csv") })
    #expect(throws: ReportError.self) {
      try spoilt("reports/link") { try FileManager.default.createSymbolicLink(atPath: $0, withDestinationPath: "/etc") }
    }
    // Nothing is taken from what does not hold.
    try append("\(path)/runs/\(run)/journal.jsonl")
    let other = try Store.open(at: "\(folder.folder)/other", access: .readWrite, create: true)
    #expect(throws: ReportError.self) { try archives.importRuns(of: "first", into: { other }, version: "1.2.3") }
    #expect(try other.runs().isEmpty)
  }

  @Test func aRunWithAnotherJournalIsRefusedAndNothingComes() throws {
    let folder = EvidenceStore()
    _ = try Self.fill(folder)
    let (archives, _) = try Self.create(folder, "first")
    let other = "\(folder.folder)/other"
    let run = folder.runs[2]
    try FileManager.default.createDirectory(atPath: "\(other)/runs/\(run)", withIntermediateDirectories: true)
    let journal = try String(contentsOfFile: "\(folder.path)/runs/\(run)/journal.jsonl", encoding: .utf8)
    try journal.prefix(400).appending("\n").write(
      toFile: "\(other)/runs/\(run)/journal.jsonl", atomically: true, encoding: .utf8)
    let store = try Store.open(at: other, access: .readWrite, create: true)
    #expect(throws: ReportError.evidence(.runIsOther(run))) {
      try archives.importRuns(of: "first", into: { store }, version: "1.2.3")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(other)/runs") == [run])
  }

  @Test func namesAreNoPathsAndLinksAreNotFollowed() throws {
    let folder = EvidenceStore()
    _ = try Self.fill(folder)
    let (archives, path) = try Self.create(folder, "first")
    for name in ["", "..", "../first", "a/b", "a b", ".first", "ä", String(repeating: "x", count: 65)] {
      #expect(throws: ReportError.archive(.badName(name))) { try archives.archive(name) }
      #expect(throws: ReportError.archive(.badName(name))) { try Self.create(folder, name) }
    }
    #expect(throws: ReportError.archive(.exists("first"))) { try Self.create(folder, "first") }
    #expect(throws: ReportError.archive(.missing("second", known: ["first"]))) { try archives.archive("second") }
    try FileManager.default.createSymbolicLink(atPath: "\(archives.path)/link", withDestinationPath: path)
    #expect(throws: ReportError.archive(.link("\(archives.path)/link"))) { try archives.archive("link") }
    #expect(archives.names == ["first"])
    // Nothing is left of an archive that could not be made.
    #expect(throws: ReportError.archive(.nothing)) { try Self.create(folder, "second", runs: []) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: archives.path).sorted() == ["first", "link"])
  }

  @Test func twoArchivesAreCompared() throws {
    let folder = EvidenceStore()
    _ = try folder.fill()
    let (archives, _) = try Self.create(folder, "before")
    let new = try folder.add("large", accuracy: 0.5, day: 6)
    _ = try Self.create(folder, "after")
    let found = try archives.compare("before", "after")
    #expect(found.runs_only_in_first.isEmpty && found.runs_only_in_second == [new] && found.runs_in_both == 4)
    #expect(found.runs_unlike.isEmpty && !found.isEqual)
    let figure = try #require(found.figures.first { $0.of == "resize / large" && $0.name == "test_accuracy" })
    #expect(figure.before == 0.75 && figure.after == 0.5 && figure.difference == -0.25)
    let gain = try #require(found.figures.first { $0.of == "sizes: effect" })
    #expect(gain.name == "gain" && gain.before == 0.125 && gain.after == -0.125)
    #expect(
      found.verdicts.map { "\($0.report) \($0.claim) \($0.before ?? "") \($0.after ?? "")" }
        == ["sizes larger supported refuted", "sizes.zh larger supported refuted"])
    #expect(found.text.contains("sizes larger: supported → refuted") && found.text.contains("-0.25"))
    #expect(try archives.compare("before", "before").isEqual)
  }

  /// A trial whose settings changed under its name is another trial.
  @Test func unlikeConfigurationsAreNotSubtracted() throws {
    let folder = EvidenceStore()
    _ = try folder.fill()
    _ = try folder.add("extra", accuracy: 0.75, day: 5, digit: "8")
    let (archives, _) = try Self.create(folder, "before")
    _ = try folder.add("extra", accuracy: 0.5, day: 6, digit: "9")
    _ = try Self.create(folder, "after")
    let figures = try archives.compare("before", "after").figures.filter { $0.name == "test_accuracy" }
    let new = try #require(figures.first { $0.of == "resize / extra [99999999]" })
    #expect(new.before == nil && new.after == 0.5 && new.difference == nil && figures.count == 1)
  }

  @Test func theDescriptionIsAResearchObject() throws {
    let folder = EvidenceStore()
    _ = try Self.fill(folder)
    let (_, path) = try Self.create(folder, "first")
    let json = try readJSON(try readFile("\(path)/ro-crate-metadata.json"), limit: 1 << 24)
    #expect(json["@context"]?.text == "https://w3id.org/ro/crate/1.1/context")
    let graph = try #require(json["@graph"]?.array)
    func entity(_ id: String) -> JSONValue? { graph.first { $0["@id"]?.text == id } }
    #expect(entity("ro-crate-metadata.json")?["about"]?["@id"]?.text == "./")
    #expect(
      entity("./")?["@type"]?.text == "Dataset" && entity("./")?["datePublished"]?.text?.hasPrefix("2026") == true)
    let parts = try #require(entity("./")?["hasPart"]?.array).compactMap { $0["@id"]?.text }
    for part in parts {
      let file = try #require(entity(part))
      #expect(file["@type"]?.text == "File" && file["sha256"]?.text == sha256Hex(ofFile: "\(path)/\(part)"))
    }
    #expect(
      Set(parts).isSuperset(of: [
        "evidence.json.gz", "reports/sizes/index.html", "runs/\(folder.runs[0])/journal.jsonl",
      ]))
    #expect(entity("#run-\(folder.runs[0])")?["@type"]?.text == "CreateAction")
  }
}
