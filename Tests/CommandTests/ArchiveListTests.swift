import Foundation
import Testing

/// Archives that are damaged: what is said of them, and of the others.
@Suite struct ArchiveListTests {
  /// Two archives of a described network each.
  private static func archives() throws -> Program {
    let program = try Program()
    try program.write("tiny.yaml", Samples.tiny)
    #expect(try program("run", "tiny.yaml", "--set", "training.epochs=0").code == 0)
    for (name, run) in [("one", "small"), ("two", "smaller")] {
      #expect(try program("archive", "create", name, "--runs", run).code == 0)
    }
    return program
  }

  @Test func aDamagedArchiveHidesNoOthers() throws {
    let program = try Self.archives()
    defer { program.remove() }
    let whole = try program("archive", "list")
    #expect(whole.code == 0 && whole.errors.isEmpty && whole.output.contains("\none"), "\(whole)")
    let first = "reports/archive/one/archive.json"
    try program.write(first, "{")
    let listed = try program("archive", "list")
    #expect(listed.code == 0 && listed.output.contains("\ntwo") && !listed.output.contains("\none"), "\(listed)")
    let (beginning, end) = ("vgglab: \(first): ", "; it is not listed\n")
    #expect(listed.errors.hasPrefix(beginning) && listed.errors.hasSuffix(end), "\(listed)")
    let facts = try program("archive", "list", "--json")
    let names = try JSONSerialization.jsonObject(with: Data(facts.output.utf8)) as? [[String: Any]]
    #expect(facts.code == 0 && names?.map { $0["name"] as? String } == ["two"], "\(facts)")
    #expect(facts.errors.contains(first), "\(facts)")
    // The one itself is no archive that can be shown.
    #expect(try program("archive", "show", "one").code == 65)

    // A FIFO is not waited for, and no archive at all is said to be none that can be read.
    let second = "\(program.directory)/reports/archive/two/archive.json"
    try FileManager.default.removeItem(atPath: second)
    #expect(mkfifo(second, 0o600) == 0)
    let none = try program("archive", "list")
    #expect(none.code == 0 && none.output == "no archive can be read\n", "\(none)")
    #expect(none.errors.contains("two/archive.json: is a FIFO"), "\(none)")
  }

  @Test func whatNoArchiveHasIsCalledByItsName() throws {
    let program = try Self.archives()
    defer { program.remove() }
    let folder = "\(program.directory)/reports/archive/one"
    func refused(_ sentence: String) throws {
      let outcome = try program("archive", "verify", "one")
      #expect(outcome.code == 65 && outcome.errors.contains(sentence), "\(outcome)")
      let imported = try program("archive", "import", "one", "--store", "other")
      #expect(imported.code == 65 && imported.errors.contains(sentence) && !program.exists("other"), "\(imported)")
    }
    #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
    try refused("reports/archive/one/pipe: is a FIFO, which an archive cannot have")
    unlink("\(folder)/pipe")
    #expect(symlink("archive.json", "\(folder)/link") == 0)
    try refused("reports/archive/one/link: is a link; links in an archive are not followed")
    unlink("\(folder)/link")

    // Bytes that are not UTF-8, alone and beside a file of the name that they are shown as.
    let name = Array("\(folder)/e".utf8CString.dropLast()) + [CChar(bitPattern: 0xFF), 0]
    close(open(name, O_WRONLY | O_CREAT, 0o644))
    try refused("has a name that is not UTF-8")
    try program.write("reports/archive/one/e\u{FFFD}", "")
    try refused("has a name that is not UTF-8")
    unlink(name)
    unlink("\(folder)/e\u{FFFD}")
    #expect(try program("archive", "verify", "one").code == 0)
  }
}
