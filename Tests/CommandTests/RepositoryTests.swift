import Foundation
import Testing

/// What the repository's documents promise: files and lines that are there, links that lead somewhere, commands that run.
@Suite struct RepositoryTests {
  static func text(_ path: String) throws -> String {
    try String(contentsOfFile: "\(Program.root)/\(path)", encoding: .utf8)
  }

  /// A fenced block: what is behind the backticks, and its lines. A longer fence encloses shorter ones.
  static func blocks(_ text: String) -> [(info: [String], lines: [String])] {
    var blocks: [(info: [String], lines: [String])] = []
    var open: (fence: String, info: [String], lines: [String])?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      let fence = String(line.prefix { $0 == "`" })
      if let block = open {
        if line == block.fence {
          blocks.append((block.info, block.lines))
          open = nil
        } else {
          open?.lines.append(line)
        }
      } else if fence.count > 2 {
        open = (fence, line.dropFirst(fence.count).split(separator: " ").map(String.init), [])
      }
    }
    return blocks
  }

  static func files(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(Program.root)/\(folder)").sorted()
  }

  /// The lines of a worked example that are not marked as new are in the file that the block names.
  @Test func workedExamplesAreOfTheseSources() throws {
    let text = try Self.text("CONTRIBUTING.md")
    var examples = 0
    for block in Self.blocks(text) where block.info.first == "swift" && block.info.count == 2 {
      let source = try Self.text(block.info[1])
      let present = Set(source.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
      let old = block.lines.filter { !$0.contains("// new") }.map { $0.trimmingCharacters(in: .whitespaces) }
      for line in old { #expect(present.contains(line), "\(block.info[1]): \(line)") }
      #expect(!old.isEmpty && old.count < block.lines.count, "\(block.info[1])")
      examples += 1
    }
    #expect(examples >= 5)
    for heading in ["An architecture", "A data set", "A convolution kernel", "A kind of cell"] {
      #expect(text.contains("### \(heading)\n"), "\(heading)")
    }
    // Names of functions, types and files in the text.
    let sources = try FileManager.default.subpathsOfDirectory(atPath: "\(Program.root)/Sources").filter {
      $0.hasSuffix(".swift")
    }
    let all = try sources.map { try Self.text("Sources/\($0)") }.joined()
    for name in [
      "datasetNames", "availableImages", "convolutionKernels", "protocol ConvolutionKernel", "func barChart",
      "enum CellKind", "func helpText", "static func digest(of", "struct ConfigurationTable",
    ] { #expect(all.contains(name), "\(name)") }
  }

  @Test func pathsInTheTextAreThere() throws {
    for document in ["CONTRIBUTING.md", "SECURITY.md", "docs/quality.md", "docs/tutorial.md", "docs/README.md"] {
      for match in try Self.text(document).matches(of: /`((?:Sources|Tests|docs|scripts|\.ci)\/[A-Za-z0-9_.\/-]+)/) {
        let path = String(match.1)
        #expect(FileManager.default.fileExists(atPath: "\(Program.root)/\(path)"), "\(document): \(path)")
      }
    }
  }

  @Test func linksBetweenDocumentsLeadSomewhere() throws {
    let documents =
      try Self.files(in: "").filter { $0.hasSuffix(".md") }
      + Self.files(in: "docs").filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }
      + Self.files(in: "docs/decisions").map { "docs/decisions/\($0)" }
    for document in documents {
      let folder = (document as NSString).deletingLastPathComponent
      // What is shown as code is no link of this document.
      let prose = try Self.text(document).replacing(/(?s)(`{3,}).*?\n\1/, with: "").replacing(/`[^`\n]*`/, with: "")
      for match in prose.matches(of: /\]\(([^)\s]+)\)/) {
        let target = String(match.1)
        guard !target.contains("://"), !target.hasPrefix("#"), !target.hasPrefix("mailto:") else { continue }
        let path = target.split(separator: "#")[0].removingPercentEncoding ?? ""
        let full = "\(Program.root)/\(folder)/\(path)"
        #expect(FileManager.default.fileExists(atPath: full), "\(document): \(target)")
      }
    }
  }

  @Test func theIndexHasEveryDocument() throws {
    let index = try Self.text("docs/README.md")
    for name in try Self.files(in: "docs") where name.hasSuffix(".md") && name != "README.md" {
      #expect(index.contains("](\(name))"), "docs/README.md lacks \(name)")
    }
    for name in try Self.files(in: "docs/decisions") { #expect(index.contains("decisions/\(name)"), "\(name)") }
  }

  /// One version, wherever it is written.
  @Test func theVersionIsTheNewestReleases() throws {
    let program = try Program()
    defer { program.remove() }
    let version = try program("--version").output.trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(version.wholeMatch(of: /\d+\.\d+\.\d+/) != nil, "\(version)")
    let release = try #require(
      Self.text("CHANGELOG.md").firstMatch(of: /(?m)^## \[?(\d+\.\d+\.\d+)\]? \((\d{4}-\d\d-\d\d)\)$/))
    #expect(release.1 == version)
    let citation = try Self.text("CITATION.cff")
    #expect(citation.contains("\nversion: \(version)\n") && citation.contains("\ndate-released: \(release.2)\n"))
  }

  @Test func issueFormsAreComplete() throws {
    for name in try Self.files(in: ".github/ISSUE_TEMPLATE") where name != "config.yml" {
      let text = try Self.text(".github/ISSUE_TEMPLATE/\(name)")
      for key in ["name: ", "description: ", "body:\n", "    attributes:\n"] {
        #expect(text.contains(key), "\(name): \(key)")
      }
    }
    #expect(try Self.text(".github/PULL_REQUEST_TEMPLATE.md").contains("make test"))
  }

  /// The numbers of quality can be counted, and the document has each of them.
  @Test func qualityIsCounted() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "\(Program.root)/scripts/quality"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let table = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let document = try Self.text("docs/quality.md")
    let rows = table.split(separator: "\n").dropFirst(2).map {
      $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    #expect(rows.count > 10 && rows.allSatisfy { $0.count == 3 }, "\(table)")
    for row in rows where row.count == 3 {
      #expect(document.contains("| \(row[0]) |"), "\(row[0])")
      #expect(row[1].contains(/[0-9]/), "\(row)")
    }
  }

  /// The tutorial, from an empty folder to an archive that verifies.
  @Test func theTutorialRuns() throws {
    let program = try Program()
    defer { program.remove() }
    var script = ""
    for block in Self.blocks(try Self.text("docs/tutorial.md")) {
      if block.info.count == 2 { try program.write(block.info[1], block.lines.joined(separator: "\n") + "\n") }
      if block.info == ["sh"] { script += block.lines.joined(separator: "\n") + "\n" }
    }
    #expect(script.count { $0 == "\n" } > 15)
    try program.write("tutorial.sh", script.replacing("/tmp/vgglab-tutorial-store-$$", with: "imported"))
    let process = program.start([])
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-ex", "tutorial.sh"]
    let folder = (Program.path as NSString).deletingLastPathComponent
    let path = process.environment?["PATH"] ?? "/usr/bin:/bin"
    process.environment?["PATH"] = "\(folder):\(path)"
    for name in ["out.txt", "err.txt"] { try program.write(name, "") }
    process.standardOutput = FileHandle(forWritingAtPath: "\(program.directory)/out.txt")
    process.standardError = FileHandle(forWritingAtPath: "\(program.directory)/err.txt")
    try process.run()
    process.waitUntilExit()
    let output = try String(contentsOfFile: "\(program.directory)/out.txt", encoding: .utf8)
    let errors = try String(contentsOfFile: "\(program.directory)/err.txt", encoding: .utf8)
    #expect(process.terminationStatus == 0, "\(errors.suffix(2000))")
    #expect(output.contains("supported") && output.contains("the repetition is identical"))
    #expect(program.exists("page/index.html") && program.exists("reports/archive/answers/archive.json"))
    let (draft, page) = (
      try String(contentsOfFile: "\(program.directory)/draft/index.html", encoding: .utf8),
      try String(contentsOfFile: "\(program.directory)/page/index.html", encoding: .utf8)
    )
    #expect(draft.contains("Say why, in two sentences") && !page.contains("<p>Say why, in two sentences"))
  }
}
