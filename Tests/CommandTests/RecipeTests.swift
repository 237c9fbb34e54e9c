import Foundation
import Testing

/// The recipes of docs/recipes.md run as they are written, from top to bottom in one folder.
@Suite struct RecipeTests {
  /// A fenced block: its language, what is behind that, and its lines.
  struct Block {
    var language: String
    var options: [String: String]
    var text: String
    var line: Int
  }

  static func blocks(_ text: String) throws -> [Block] {
    var blocks: [Block] = []
    var open: (fence: String, block: Block)?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).enumerated() {
      let fence = String(line.prefix { $0 == "`" })
      if let current = open {
        if line == current.fence {
          blocks.append(current.block)
          open = nil
        } else {
          open?.block.text += line + "\n"
        }
      } else if fence.count >= 3 {
        let info = line.dropFirst(fence.count)
        var options: [String: String] = [:]
        for match in info.matches(of: /([a-z]+)=(?:"([^"]*)"|(\S+))/) {
          options[String(match.1)] = String(match.2 ?? match.3 ?? "")
        }
        open = (fence, Block(language: String(info.prefix { $0 != " " }), options: options, text: "", line: index + 1))
      }
    }
    #expect(open == nil, "a block has no end")
    return blocks
  }

  @Test func everyRecipeRuns() throws {
    let program = try Program()
    defer { program.remove() }
    let blocks = try Self.blocks(try String(contentsOfFile: "\(Program.root)/docs/recipes.md", encoding: .utf8))
    // Files first: a block may be explained before the one that it needs.
    for block in blocks { if let file = block.options["file"] { try program.write(file, block.text) } }
    let server = PythonTools.mlflow == nil ? nil : try MLflowTests.Server(in: program.directory)
    defer { server?.stop() }
    let path = (Program.path as NSString).deletingLastPathComponent + ":/usr/local/bin:/usr/bin:/bin"
    var counts = ["run": 0, "skipped": 0]
    for block in blocks where block.options["file"] == nil {
      if let reason = block.options["skip"] {
        #expect(!reason.isEmpty)
        counts["skipped", default: 0] += 1
        continue
      }
      var python = "/usr/bin/env"
      switch block.options["needs"] {
      case nil: break
      case "readers":
        guard let readers = PythonTools.readers else { continue }
        python = "\(readers)/python3"
      case "mlflow": if server == nil { continue }
      case "torch":
        guard let torch = PythonTools.torch else { continue }
        python = "\(torch)/python3"
      case let other: Issue.record("line \(block.line): nobody knows what needs=\(other ?? "") is")
      }
      let environment = [
        "PATH": path, "MLFLOW_URL": server?.url ?? "", "VGGLAB_STORE": "", "OPENBLAS_NUM_THREADS": "1",
      ]
      let outcome: Program.Outcome
      switch block.language {
      case "sh":
        outcome = try PythonTools.run(
          "/bin/bash", ["-euo", "pipefail", "-c", block.text], in: program.directory, environment: environment)
      case "python":
        let isPlain = python == "/usr/bin/env"
        outcome = try PythonTools.run(
          python, (isPlain ? ["python3"] : []) + ["-c", block.text], in: program.directory,
          environment: isPlain ? environment.filter { $0.key != "PATH" } : environment)
      default:
        Issue.record("line \(block.line): a block of '\(block.language)' has neither file= nor skip=")
        continue
      }
      #expect(outcome.code == 0, "docs/recipes.md line \(block.line): \(outcome)")
      counts["run", default: 0] += 1
    }
    #expect(counts["run", default: 0] >= 12 && counts["skipped", default: 0] < 6)
    // What the class's recipe promises.
    #expect(program.exists("class/runs"))
    let authors = try program("query", "--store", "class", "--csv", "SELECT author FROM run_summary ORDER BY author")
      .output
    #expect(authors == "author\nada\nben\ncem\ndia\nfay\ngil\nhal\nida\njon\n")
  }
}
