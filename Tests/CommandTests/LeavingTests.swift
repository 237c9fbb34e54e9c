import Foundation
import Testing

/// What reports and archives say about the machine and the people that they come from.
@Suite struct LeavingTests {
  static let notebook = """
    ---
    title: Machines
    lang: en
    ---

    Made by Alix Doe on the machine named below.

    ```{table where}
    --| caption: Machines.
    SELECT r.trial, e.host, e.git_commit, a.boot_id, a.process_id FROM run AS r JOIN attempt AS a ON a.run = r.id
    JOIN environment AS e ON e.digest = a.environment WHERE r.experiment = 'tiny' ORDER BY r.trial
    ```

    """

  /// Runs in a repository with a changed `.env`, a note and a tag.
  private static func finished() throws -> Program {
    var program = try Git.program()
    program.environment["GIT_AUTHOR_NAME"] = "Alix Doe"
    try program.write(".env", "TOKEN=old\n")
    try Git.run(program, "add", "-f", ".")
    try Git.run(program, "commit", "-q", "-m", "More")
    try program.write(".env", "TOKEN=hunter2\n")
    try program.write("nets.md", notebook)
    let outcome = try program("run", "tiny.yaml", "--set", "training.epochs=0")
    #expect(outcome.code == 0, "\(outcome)")
    #expect(try program("note", "small", "Alix Doe looked at it on \(host)").code == 0)
    return program
  }

  private static let host = ProcessInfo.processInfo.hostName

  /// All that the files of a folder hold, packed ones unpacked.
  private static func everything(_ program: Program, _ folder: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    // Pages carry their evidence packed; `extract` gives it.
    process.arguments = [
      "-c",
      """
      cd "$1"; find . -type f | while read -r f; do echo "$f"; case "$f" in *.gz) gzip -dc "$f";; *.png) strings "$f";;
      *) cat "$f";; esac; done | LC_ALL=C tr -c '\\11\\12\\15\\40-\\176' '?'
      """, "sh", "\(program.directory)/\(folder)",
    ]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }

  /// Those that are in a text and not in a longer word of it.
  private static func names(in text: String, _ words: [String]) -> [String] {
    words.filter { word in
      text.ranges(of: word).contains { range in
        func isPart(_ character: Character?) -> Bool {
          character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
        }
        let before = range.lowerBound > text.startIndex ? text[text.index(before: range.lowerBound)] : nil
        let after = range.upperBound < text.endIndex ? text[range.upperBound] : nil
        return !isPart(before) && !isPart(after)
      }
    }
  }

  @Test func theSourcesChangesStayWhereTheyAre() throws {
    let program = try Self.finished()
    defer { program.remove() }
    let plain = try program("archive", "create", "plain", "--notebook", "nets.md")
    #expect(plain.code == 0, "\(plain)")
    #expect(plain.errors.contains("uncommitted changes to the source  none"))
    #expect(plain.errors.contains("  runs/") && plain.errors.contains("journal.jsonl"))
    #expect(plain.errors.contains("host names") && plain.errors.contains(Self.host))
    let files = try Self.everything(program, "reports/archive/plain")
    #expect(!files.contains("hunter2") && !files.contains(".diff\n"))
    #expect(try program("archive", "verify", "plain").code == 0)
    let asked = try program("archive", "create", "asked", "--notebook", "nets.md", "--with-diff")
    #expect(asked.code == 0 && asked.errors.contains("uncommitted-1.diff"), "\(asked)")
    #expect(try Self.everything(program, "reports/archive/asked").contains("hunter2"))
    #expect(try program("archive", "verify", "asked").code == 0)
    // The page never has them.
    #expect(try program("report", "nets.md", "--out", "out").code == 0)
    #expect(try program("extract", "out/index.html", "-o", "evidence").code == 0)
    #expect(try !Self.everything(program, "out").contains("hunter2"))
    #expect(try !Self.everything(program, "evidence").contains("hunter2"))
    // A machine reads the same list.
    let json = try program("archive", "create", "third", "--runs", "small", "--json")
    let facts = try #require(JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    let contents = try #require(facts["contents"] as? [String: Any])
    let listed = try #require(contents["files"] as? [[String: Any]]).compactMap { $0["path"] as? String }
    let there = FileManager.default.enumerator(atPath: "\(program.directory)/reports/archive/third")?.compactMap {
      $0 as? String
    }
    #expect(!listed.contains(".gitignore"))
    #expect(Set(listed).isSubset(of: Set(there ?? [])) && listed.contains("SHA256SUMS") && listed.contains("README.md"))
  }

  /// The journal and the evidence have neither boot nor process; they are kept beside the journal.
  @Test func processesStayWhereTheyAre() throws {
    let program = try Self.finished()
    defer { program.remove() }
    let boot = try String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    let run = try #require(RunTests.rows(program, "SELECT id FROM run WHERE trial = 'small'").first?["id"] as? String)
    let local = try String(contentsOfFile: "\(program.directory)/.vgglab/runs/\(run)/process.json", encoding: .utf8)
    #expect(local.contains(boot) && local.contains("\"process_id\":"))
    #expect(try program("archive", "create", "plain", "--notebook", "nets.md").code == 0)
    #expect(try !Self.everything(program, "reports/archive/plain").contains(boot))
    let entries = try FileManager.default.contentsOfDirectory(atPath: "\(program.directory)/reports/archive/plain")
    #expect(
      entries.sorted() == [
        "README.md", "SHA256SUMS", "archive.json", "evidence.json.gz", "reports", "ro-crate-metadata.json", "runs",
      ])
    for name in ["process.json", "job.json"] {
      #expect(program.exists(".vgglab/runs/\(run)/\(name)"))
      #expect(!program.exists("reports/archive/plain/runs/\(run)/\(name)"))
    }
    let attempts = try RunTests.rows(
      program, "SELECT boot_id, process_id, process_start FROM attempt WHERE run = '\(run)'")
    #expect(attempts.first?["boot_id"] is NSNull && attempts.first?["process_id"] as? Int == 0)
  }

  /// Journals of an earlier version have them; what is made from those has not.
  @Test func whatOldJournalsTellStaysOutOfEvidence() throws {
    let program = try Self.finished()
    defer { program.remove() }
    let run = try #require(RunTests.rows(program, "SELECT id FROM run WHERE trial = 'small'").first?["id"] as? String)
    try Journal.change(program, run) { line in
      line.replacing("\"processID\":0", with: "\"bootID\":\"0000-boot\",\"processID\":424242,\"processStart\":434343")
    }
    #expect(try program("doctor", "--rebuild").output.contains("sound"))
    #expect(
      try RunTests.rows(program, "SELECT process_id AS p FROM attempt WHERE run = '\(run)'").first?["p"] as? Int
        == 424_242)
    let report = try program("report", "nets.md", "--out", "out")
    #expect(report.code == 0, "\(report)")
    #expect(try program("extract", "out/index.html", "-o", "evidence").code == 0)
    for folder in ["out", "evidence"] {
      let found = Self.names(in: try Self.everything(program, folder), ["0000-boot", "424242", "434343"])
      #expect(found.isEmpty, "\(folder): \(found)")
    }
    let verified = try program("verify", "out/index.html", "--store", ".vgglab")
    #expect(verified.code == 0, "\(verified)")
    #expect(try program("archive", "create", "plain", "--runs", "small").errors.contains("boot ids, process ids"))
    #expect(try program("archive", "verify", "plain").code == 0)
  }

  /// The folder of the data is in the configuration of runs over IDX files.
  @Test func theFolderOfTheDataStaysOutOfEvidence() throws {
    let program = try Program()
    defer { program.remove() }
    try Samples.writeIDXFolder("\(program.directory)/of-alix/data", count: 40)
    try program.write(
      "tiny.yaml",
      Samples.tiny.replacing(
        "{name: synthetic, resize: 32, train: 64, test: 32}",
        with: "{name: idx-folder, path: \(program.directory)/of-alix/data, resize: 32}"))
    try program.write(
      "nets.md",
      Self.notebook.replacing("r.trial, e.host", with: "r.trial, r.configuration, e.host"))
    #expect(try program("run", "tiny.yaml", "--only", "small", "--set", "training.epochs=0").code == 0)
    let report = try program("report", "nets.md", "--out", "out")
    #expect(report.code == 0, "\(report)")
    #expect(try program("extract", "out/index.html", "-o", "evidence").code == 0)
    for folder in ["out", "evidence"] { #expect(try !Self.everything(program, folder).contains("of-alix")) }
    #expect(try program("verify", "out/index.html", "--store", ".vgglab").code == 0)
    let anonymous = try program("archive", "create", "blind", "--runs", "small", "--anonymous")
    #expect(anonymous.code == 0 && anonymous.errors.contains("folders of data sets               none"), "\(anonymous)")
    #expect(try !Self.everything(program, "reports/archive/blind").contains("of-alix"))
    #expect(try program("archive", "verify", "blind").code == 0)
  }

  @Test func hostAndAuthorCanBeLeftOutEverywhere() throws {
    let program = try Self.finished()
    defer { program.remove() }
    let commit = try Git.run(program, "rev-parse", "HEAD").trimmingCharacters(in: .newlines)
    let names = [Self.host, "Alix", "hunter2", commit]
    let made = try program("archive", "create", "blind", "--notebook", "nets.md", "--anonymous")
    #expect(made.code == 0, "\(made)")
    let archive = try Self.everything(program, "reports/archive/blind")
    #expect(Self.names(in: archive, names).isEmpty)
    #expect(archive.contains("host-1") && archive.contains("author looked at it on host-1"))
    #expect(archive.contains("The journals were anonymized"))
    let verified = try program("archive", "verify", "blind")
    #expect(verified.code == 0, "\(verified)")
    #expect(try program("verify", "reports/archive/blind/reports/nets/index.html").code == 0)
    #expect(try program("archive", "show", "blind").output.contains("anonymized"))
    #expect(try program("archive", "import", "blind", "--store", "other").code == 0)
    #expect(
      try program("export", "small", "--format", "csv", "--store", "other").output
        == program("export", "small", "--format", "csv").output)

    let page = try program("report", "nets.md", "--out", "out", "--anonymous")
    #expect(page.code == 0, "\(page)")
    #expect(try program("extract", "out/index.html", "-o", "evidence").code == 0)
    for folder in ["out", "evidence"] {
      let text = try Self.everything(program, folder)
      #expect(Self.names(in: text, names).isEmpty, "\(folder)")
      #expect(text.contains("host-1"))
    }
    #expect(try program("verify", "out/index.html").code == 0)
    let both = try program("archive", "create", "both", "--runs", "small", "--anonymous", "--with-diff")
    #expect(both.code == 64 && !program.exists("reports/archive/both"))
  }
}
