import ArgumentParser
import Foundation
import Digests
import Evidence
import Files
import Notebooks
import Processes
import Provenance
import Rendering
import Scheduling
import Store
import Terminal

struct ArchiveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "archive", abstract: "Keep runs with their journals and reports with their evidence in one folder.",
    discussion: helpText(
      """
      An archive is a folder, by default under reports/archive/; `sha256sum -c SHA256SUMS` checks it as well.
      """, examples: "archive create paper --notebook report.md"),
    subcommands: [
      ArchiveCreateCommand.self, ArchiveListCommand.self, ArchiveShowCommand.self, ArchiveDiffCommand.self,
      ArchiveVerifyCommand.self, ArchiveImportCommand.self,
    ])
}

struct ArchiveOptions: ParsableArguments {
  static let usual = "reports/archive"

  @Option(name: .long, help: "The folder that contains the archives.")
  var archives = Self.usual

  func validate() throws {
    try checkOutputFolder(archives, option: "--archives")
  }

  var folder: ArchiveFolder { ArchiveFolder(archives) }
}

/// An archive that is there, by its name.
struct NamedArchive: ParsableArguments {
  @OptionGroup var archives: ArchiveOptions

  @Argument(help: "Its name.")
  var name: String

  func path() throws -> String { try archives.folder.archive(name) }
}

struct ArchiveCreateCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make an archive of runs and of the reports over them.",
    discussion: helpText(
      """
      Without --runs it holds every run of the experiments that the reports draw on. With a notebook NAME.md its \
      other languages beside it (NAME.zh.md) are archived as well.
      """, examples: "archive create paper --notebook report.md"))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup var archives: ArchiveOptions
  @OptionGroup(title: "Common options") var format: JSONOptions

  @Argument(help: "Its name: letters, digits, dashes and underscores.")
  var name: String

  @Option(name: .long, help: ArgumentHelp("Runs: ids, beginnings of them, or trials' names.", valueName: "run,…"))
  var runs: String?

  @Option(name: .long, help: ArgumentHelp("A notebook whose report comes along; may be repeated.", valueName: "file"))
  var notebook: [String] = []

  @Flag(name: .long, help: "Include weights of any size (default: only kept files up to 4 MB).")
  var weights = false

  @Flag(name: .long, help: "Include the uncommitted source changes that were kept with each run.")
  var withDiff = false

  @Flag(name: .long, help: "Leave out the names of hosts and author, commits and folders, the same way everywhere.")
  var anonymous = false

  func validate() throws {
    try checkNames(runs, option: "--runs", of: "runs")
    if withDiff, anonymous {
      throw ValidationError("--with-diff and --anonymous cannot be combined: source changes may contain names")
    }
  }

  func execute() throws {
    let source = try store.open()
    var files: [String] = []
    for file in notebook.isEmpty && runs == nil ? ["reports/exercises.md"] : notebook {
      for name in [file] + languages(of: file) where !files.contains(name) { files.append(name) }
    }
    let chosen = try runs.map { try $0.split(separator: ",").map { try source.run(matching: String($0)).id } }
    let request = ArchiveRequest(
      name: name, runs: chosen, notebooks: try files.map { try readNotebookSource($0) }, createdAt: currentTime(),
      version: vgglabVersion, artifactLimit: weights ? .max : 4 << 20, withChanges: withDiff,
      anonymousPeople: anonymous ? authorNames() : nil)
    let archive = try archives.folder.create(request, from: source)
    for file in archive.leftOut {
      let isThere = fileKind("\(source.directory)/runs/\(file)") != nil
      printError(
        "vgglab: \(file) was left out: \(isThere ? "--weights includes it" : "the run does not have it any more")")
    }
    let contents = try archives.folder.contents(of: name)
    if !format.json { printError(contents.text) }
    output(format.json ? try json(ArchiveFacts(archive, contents)) : "\(archives.archives)/\(name)")
  }

  /// `NAME.zh.md` beside `NAME.md`.
  private func languages(of file: String) -> [String] {
    guard file.hasSuffix(".md") else { return [] }
    return ["en", "zh"].map { "\(file.dropLast(3)).\($0).md" }.filter { FileManager.default.fileExists(atPath: $0) }
  }
}

struct ArchiveListCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the archives.",
    discussion: helpText(
      "A damaged archive is named on stderr.", examples: "archive list"))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup var archives: ArchiveOptions
  @OptionGroup(title: "Common options") var format: JSONOptions

  func execute() throws {
    // The usual folder may not be there yet; one that was named must be.
    if archives.archives != ArchiveOptions.usual { _ = try Folder(archives.archives) }
    let names = archives.folder.names
    var found: [Archive] = []
    for name in names {
      // One that is damaged hides no others.
      do { found.append(try Archive(folder: try archives.folder.archive(name))) } catch {
        printError("vgglab: \(sentence(for: error)); it is not listed")
      }
    }
    guard !format.json else { return output(try json(found.map { ArchiveFacts($0) })) }
    output(found.isEmpty && !names.isEmpty ? "no archive can be read" : archiveTable(found))
  }
}

struct ArchiveShowCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show an archive's runs and reports with their verdicts.",
    discussion: helpText(
      examples: "archive show paper"))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup var archive: NamedArchive
  @OptionGroup(title: "Common options") var format: JSONOptions

  func execute() throws {
    let folder = try archive.path()
    let found = try Archive(folder: folder)
    output(format.json ? try json(ArchiveFacts(found)) : try found.text(folder: folder))
  }
}

struct ArchiveDiffCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Compare two archives: runs, what was measured, verdicts that changed.",
    discussion: helpText(
      examples: "archive diff paper revision"))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup var archives: ArchiveOptions
  @OptionGroup(title: "Common options") var format: JSONOptions

  @Argument(help: "The first archive.")
  var first: String

  @Argument(help: "The second archive.")
  var second: String

  func execute() throws {
    let found = try archives.folder.compare(first, second)
    output(format.json ? try json(found) : found.text)
  }
}

struct ArchiveVerifyCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check an archive: digests, reports against evidence, evidence against journals.",
    discussion: helpText(
      "Ends with 2 if anything differs, and if something could not be compared.", examples: "archive verify paper",
      also: [.differs]))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup var archive: NamedArchive
  @OptionGroup var allowed: AllowedOptions
  @OptionGroup var limits: EvidenceOptions
  @OptionGroup(title: "Common options") var format: JSONOptions

  @Option(name: .long, help: "Train N of the archive's runs again and compare them bit for bit; --seed selects which.")
  var rerun = 0

  @Option(name: .long, help: "The seed that selects the runs for --rerun.")
  var seed: UInt64 = 0

  @OptionGroup var training: TrainingOptions

  func validate() throws {
    if rerun < 0 { throw ValidationError("--rerun is \(rerun); it must be at least 0") }
  }

  func execute() throws {
    var verifier = Verifier(version: vgglabVersion, limits: limits.limits)
    let found = try verifier.verify(archive: try archive.path())
    if !format.json || rerun == 0 { output(format.json ? try json(found) : found.text) }
    guard rerun > 0, found.isSound else {
      if rerun > 0, format.json { output(try json(VerifiedArchive(verification: found, reruns: []))) }
      return try AllowedOptions.finish(found, allowing: allowed.kinds)
    }
    let repeated = try repeatRuns()
    output(
      format.json
        ? try json(VerifiedArchive(verification: found, reruns: repeated))
        : repeated.map(\.text).joined(separator: "\n"))
    try RunRepeater.finish(repeated)
    try AllowedOptions.finish(found, allowing: allowed.kinds)
  }

  /// What was found, with the runs that were trained again.
  private struct VerifiedArchive: Encodable {
    var verification: Verification
    var reruns: [RepeatedRun]
  }

  /// Trains some complete trainings of the archive again: the first in the order of the SHA-256 of the seed and their ids.
  private func repeatRuns() throws -> [RepeatedRun] {
    let folder = try TemporaryFolder("vgglab-archive")
    defer { folder.remove() }
    let source = try Store.openToChange(at: folder.path, create: true) { _ in }
    _ = try archive.archives.folder.importRuns(
      of: archive.name, into: { source }, version: vgglabVersion, limits: limits.limits)
    let runs = try source.runs().filter { $0.state == .completed && $0.epochs > 0 }
    let chosen = runs.sorted { sha256Hex("\(seed) \($0.id)") < sha256Hex("\(seed) \($1.id)") }.prefix(rerun)
    printError("vgglab: training \(chosen.count) of the archive's \(runs.count) trained runs again")
    return try RunRepeater(keep: nil, options: training.runOptions).repeatRuns(Array(chosen), of: source)
  }
}

struct ArchiveImportCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Import an archive's runs into the store: all of them or none.",
    discussion: helpText(
      "The archive is verified first. A run that the store has with another journal is refused.",
      examples: "archive import paper"))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup var archive: NamedArchive
  @OptionGroup var limits: EvidenceOptions
  @OptionGroup(title: "Common options") var format: JSONOptions

  func execute() throws {
    let new = try archive.archives.folder.importRuns(
      of: archive.name, into: { try openStoreToChange(store.directory) }, version: vgglabVersion, limits: limits.limits)
    if format.json { output(try json(new)) } else if !new.isEmpty { output(new.joined(separator: "\n")) }
    printError("vgglab: \(new.count == 1 ? "1 run is" : "\(new.count) runs are") new in \(store.directory)")
  }
}

/// An archive for `--json`.
struct ArchiveFacts: Encodable {
  struct Report: Encodable {
    var folder: String
    var title: String
    var language: String
    var id: String
  }

  var name: String
  var created_at: String
  var vgglab_version: String
  var runs: [String]
  var left_out: [String]
  var reports: [Report]
  var anonymous: Bool
  /// Where it was just made.
  var contents: ArchiveContents?

  init(_ archive: Archive, _ contents: ArchiveContents? = nil) {
    anonymous = archive.isAnonymous
    self.contents = contents
    name = archive.name
    created_at = archive.createdAt
    vgglab_version = archive.vgglab
    runs = archive.runs
    left_out = archive.leftOut
    reports = archive.reports.map {
      Report(folder: $0.folder, title: $0.title, language: $0.language, id: $0.id)
    }
  }
}

private func archiveTable(_ archives: [Archive]) -> String {
  guard !archives.isEmpty else { return "there are no archives; `vgglab archive create NAME` makes one" }
  return QueryResult(
    columns: ["archive", "made (UTC)", "runs", "reports"],
    rows: archives.map { archive in
      [
        .text(archive.name), .text(String(archive.createdAt.prefix(19))), .integer(Int64(archive.runs.count)),
        .text(archive.reports.map(\.folder).joined(separator: ", ")),
      ]
    }
  ).table
}
