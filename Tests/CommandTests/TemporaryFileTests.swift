import Foundation
import Testing

/// Temporary files where `TMPDIR` names a folder that cannot be written, or one below the working folder.
@Suite struct TemporaryFileTests {
  private static let nowhere = "/nonexistent/folder"
  private static let described = ["run", "tiny.yaml", "--only", "small", "--set", "training.epochs=0"]

  /// The commit that a program's only run has recorded, and whether files differed from it.
  private static func commit(_ program: Program) throws -> (name: String?, isDirty: Int?) {
    let row = try #require(try RunTests.rows(program, "SELECT git_commit, git_dirty FROM environment").first)
    return (row["git_commit"] as? String, row["git_dirty"] as? Int)
  }

  @Test func theCommitIsRecordedAllTheSame() throws {
    var program = try Git.program()
    defer { program.remove() }
    let head = try Git.run(program, "rev-parse", "HEAD").trimmingCharacters(in: .newlines)
    try program.write("notes.txt", "changed\n")
    program.environment["TMPDIR"] = Self.nowhere
    let outcome = try program.run(Self.described)
    #expect(outcome.code == 0 && !outcome.errors.contains("warning"), "\(outcome)")
    let found = try Self.commit(program)
    #expect(found.name == head && found.isDirty == 1, "\(found)")
    #expect(String(decoding: try Git.keptPatch(program), as: UTF8.self).contains("+changed"))
  }

  @Test func aRelativeFolderIsThatOfTheWorkingFolder() throws {
    let program = try Git.program()
    defer { program.remove() }
    let head = try Git.run(program, "rev-parse", "HEAD").trimmingCharacters(in: .newlines)
    var inner = program
    inner.directory += "/sub"
    try inner.write("tiny.yaml", Samples.tiny)
    try inner.write("tmp/mine", "")
    inner.environment["TMPDIR"] = "tmp"
    let outcome = try inner.run(Self.described)
    #expect(outcome.code == 0 && !outcome.errors.contains("warning"), "\(outcome)")
    #expect(try Self.commit(inner).name == head)
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(inner.directory)/tmp") == ["mine"])
  }

  /// A commit that is there and cannot be recorded is spoken of.
  @Test func aGitThatFailsIsSpokenOf() throws {
    var program = try Git.program()
    defer { program.remove() }
    chmod(try program.write("tools/git", "#!/bin/sh\nexit 1\n"), 0o755)
    program.environment["PATH"] = "\(program.directory)/tools:/usr/bin:/bin"
    for more in [[], ["--no-diff"]] {
      let outcome = try program.run(Self.described + ["--rerun", "--quiet"] + more)
      let sentence = "vgglab: warning: git failed (exit code 1); provenance not recorded\n"
      #expect(outcome.code == 0 && outcome.errors.contains(sentence), "\(outcome)")
    }
    // Where there is no repository, there is nothing to be missed.
    let other = try Program()
    defer { other.remove() }
    try other.write("tiny.yaml", Samples.tiny)
    let outcome = try other.run(Self.described)
    #expect(outcome.code == 0 && !outcome.errors.contains("warning"), "\(outcome)")
  }

  @Test func whatNeedsTemporaryFilesNamesTheVariable() throws {
    var program = try Program()
    defer { program.remove() }
    try program.write("tiny.yaml", Samples.tiny)
    try program.write(
      "page.md", "# Page\n\n```{query n}\nSELECT count(*) AS runs FROM run_summary\n```\n\n{{n.runs}} runs.\n")
    #expect(try program.run(Self.described).code == 0)
    #expect(try program("archive", "create", "one", "--runs", "small").code == 0)
    program.environment["TMPDIR"] = Self.nowhere
    let sentence = "\(Self.nowhere): temporary files cannot be written there (No such file or directory); set TMPDIR"
    for arguments in [
      ["report", "page.md", "--out", "page"], ["rerun", "small"], ["archive", "verify", "one"],
      ["archive", "import", "one", "--store", "other"], ["export", "small", "--format", "sqlite", "-o", "runs.sqlite"],
    ] {
      let outcome = try program.run(arguments)
      #expect(outcome.code == 74 && outcome.output.isEmpty, "\(arguments): \(outcome)")
      #expect(outcome.errors.contains(sentence), "\(arguments): \(outcome)")
    }
    for name in ["page", "other", "runs.sqlite"] { #expect(!program.exists(name), "\(name)") }
    let doctor = try program("doctor")
    #expect(doctor.code == 1 && doctor.output.contains("temporary files   \(sentence)"), "\(doctor)")
    #expect(doctor.output.contains(", sound"), "\(doctor)")
    // An empty one is none.
    program.environment["TMPDIR"] = ""
    #expect(try program("archive", "verify", "one").code == 0)
  }
}
