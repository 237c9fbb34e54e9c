import ArgumentParser
import Bench
import Files
import Foundation

struct BenchStoreCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Make a temporary store of many runs and time the commands that read it.",
    discussion: helpText(
      "Prints JSON.", examples: "bench store --runs 100 --rows 10000"))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup(title: "Common options") var format: JSONOptions

  @Option(name: .long, help: "Runs.")
  var runs = 10_000

  @Option(name: .long, help: "Metric rows in all; at least 100 a run.")
  var rows = 10_000_000

  @Option(name: .long, help: ArgumentHelp("Make it in this new folder and leave it there.", valueName: "dir"))
  var keep: String?

  func validate() throws {
    guard runs >= 40, runs <= 1_000_000 else {
      throw ValidationError("--runs is \(runs); it must be from 40 to 1000000")
    }
    guard rows >= 100 * runs, rows <= 1_000_000_000 else {
      throw ValidationError("--rows is \(rows); it must be from \(100 * runs) (100 a run) to 1000000000")
    }
    try checkOutputFolder(keep, option: "--keep")
    if let keep, FileManager.default.fileExists(atPath: keep) {
      throw ValidationError("--keep \(keep): already exists; name a new folder")
    }
  }

  func execute() throws {
    let directory = try keep ?? makeTemporaryFolder(prefix: "vgglab-bench")
    defer { if keep == nil { try? FileManager.default.removeItem(atPath: directory) } }
    output(try json(StoreBenchmark(directory: directory, runs: runs, rows: rows)))
  }
}
