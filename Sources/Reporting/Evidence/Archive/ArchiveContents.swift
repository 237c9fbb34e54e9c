import Files
import Foundation
import Journals
import Store

/// What somebody is given who is given an archive: its files, and what they say about machines and people.
public struct ArchiveContents: Sendable, Hashable, Codable {
  /// A file of the archive.
  public struct File: Sendable, Hashable, Codable {
    public var path: String
    public var bytes: Int
  }

  /// One kind of fact, and what there is of it; `none` where there is nothing.
  public struct Fact: Sendable, Hashable, Codable {
    public var kind: String
    public var found: String
  }

  public var files: [File]
  public var facts: [Fact]

  /// Looks through the folder of an archive whose runs are known. Throws ``ReportError``.
  init(folder: String, runs: [String]) throws(ReportError) {
    files = try filesUnder(folder).map { path in
      var status = stat()
      return File(path: path, bytes: lstat("\(folder)/\(path)", &status) == 0 ? Int(status.st_size) : 0)
    }
    var disclosed = Disclosure()
    for run in runs {
      do throws(JournalError) { try disclosed.add(run: run, folder: folder) } catch {
        throw .evidence(StoreError(error))
      }
    }
    let changes = files.filter { $0.path.hasPrefix("runs/") && $0.path.contains("/\(RunCopy.changesPrefix)") }
    facts = [
      Fact(kind: "authors of runs", found: list(disclosed.authors)),
      Fact(kind: "host names", found: list(disclosed.hosts)),
      Fact(kind: "operating systems and processors", found: list(disclosed.machines)),
      Fact(kind: "git commits", found: list(disclosed.commits)),
      Fact(kind: "uncommitted changes to the source", found: list(Set(changes.map(\.path)))),
      Fact(kind: "folders of data sets", found: list(disclosed.dataFolders)),
      Fact(
        kind: "boot ids, process ids", found: disclosed.processes == 0 ? "none" : "of \(disclosed.processes) attempts"),
      Fact(kind: "notes", found: disclosed.notes == 0 ? "none" : "\(disclosed.notes)"),
      Fact(kind: "tags", found: list(disclosed.tags)),
      Fact(kind: "times", found: "when runs were made, began and ended"),
    ]
  }

  /// For people.
  public var text: String {
    let width = facts.map(\.kind.count).max() ?? 0
    let largest = files.map { "\($0.bytes)".count }.max() ?? 0
    let total = files.reduce(0) { $0 + $1.bytes }
    return
      (["what goes out: \(files.count) files, \(total) bytes"]
      + files.map { "  \(pad("\($0.bytes)", largest, left: true))  \($0.path)" } + [
        "what they say about machines and people:"
      ]
      + facts.map { "  \(pad($0.kind, width, left: false))  \($0.found)" }).joined(separator: "\n")
  }
}

private func pad(_ text: String, _ width: Int, left: Bool) -> String {
  let space = String(repeating: " ", count: max(0, width - text.count))
  return left ? space + text : text + space
}

/// Up to ten, and how many more.
private func list(_ values: Set<String>) -> String {
  guard !values.isEmpty else { return "none" }
  let more = values.count > 10 ? " and \(values.count - 10) more" : ""
  return values.sorted().prefix(10).joined(separator: ", ") + more
}

/// What journals say about machines and people.
private struct Disclosure {
  var authors: Set<String> = []
  var hosts: Set<String> = []
  var machines: Set<String> = []
  var commits: Set<String> = []
  var dataFolders: Set<String> = []
  var tags: Set<String> = []
  var processes = 0
  var notes = 0

  mutating func add(run: String, folder: String) throws(JournalError) {
    for record in try readJournal(RunFolder(store: folder, existing: run)).records {
      switch record {
      case .run(let run):
        if let author = run.author { authors.insert(author) }
        if let match = run.configuration.firstMatch(of: /^\{"dataset":\{"name":"[^"]*","path":"((?:[^"\\]|\\.)*)"/) {
          dataFolders.insert(String(match.1))
        }
      case .attempt(let attempt):
        let environment = attempt.environment
        hosts.insert(environment.host)
        machines.insert("\(environment.operatingSystem), \(environment.cpu)")
        if let commit = environment.gitCommit { commits.insert(commit) }
        if environment.bootID != nil || environment.processID != 0 || environment.processStart != nil { processes += 1 }
      default: break
      }
    }
    for annotation in try annotations(ofRun: run, root: folder) {
      switch annotation.kind {
      case .note: notes += 1
      case .tag: tags.insert(annotation.text)
      case .untag, .remove, .restore, .reference: break
      }
    }
  }
}

extension Archive {
  /// The README.md of the archive's folder.
  func readMe(_ contents: ArchiveContents) -> String {
    let anonymous =
      isAnonymous
      ? """

      The journals were anonymized: hosts are called `host-1`, `host-2` and so on, the author `author`, and commits, folders
      of data and process ids were left out. The records were written again, so their checksums and the journals' digests
      are not those of the store that they come from. Nothing that was measured was changed.

      """ : ""
    return """
      # \(name)

      \(runs.count) runs of vgglab \(vgglab), archived \(createdAt). `vgglab archive verify` or `vgglab verify FOLDER`
      checks it; `sha256sum -c SHA256SUMS` checks the files alone.

      - `runs/`: each run's journal, annotations and kept files
      - `evidence.json.gz`: the rows made from the journals
      - `reports/`: reports that carry their evidence
      - `ro-crate-metadata.json`: a description for machines
      \(anonymous)
      ## What the files say about machines and people

      \(contents.facts.map { "- \($0.kind): \($0.found.replacing("\n", with: " "))" }.joined(separator: "\n"))

      """
  }
}

extension ArchiveFolder {
  /// What an archive gives to whoever has it. Throws ``ReportError``.
  public func contents(of name: String) throws(ReportError) -> ArchiveContents {
    let folder = try archive(name)
    return try ArchiveContents(folder: folder, runs: try Archive(folder: folder).runs)
  }
}
