import ArgumentParser
import Bench
import Files
import Foundation
import Scheduling

struct BenchRecordingCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "recording", abstract: "Train an epoch and time its journal and checkpoints; prints JSON.",
    discussion: helpText(
      "Generated images, a temporary store, and checkpoints as often as `run` writes them.",
      examples: "bench recording --ratio 8 --resize 96 --images 640", also: [.stopped, .interrupted]))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup(title: "Common options") var format: JSONOptions
  @OptionGroup var options: BenchOptions

  @Option(name: .long, help: "Images in the epoch.")
  var images = 60_000

  func validate() throws {
    guard images >= 1, images <= 1_000_000 else {
      throw ValidationError("--images is \(images); it must be from 1 to 1000000")
    }
  }

  func execute() throws {
    let directory = try makeTemporaryFolder(prefix: "vgglab-bench")
    defer { try? FileManager.default.removeItem(atPath: directory) }
    do {
      output(
        try json(
          RecordingBenchmark(
            directory: directory, network: options.network(), side: options.resize, images: images,
            batch: options.batch,
            threads: options.threadCount, checkpointSeconds: RunOptions.defaultCheckpointSeconds)))
    } catch let stopped as RecordingBenchmark.Stopped { throw ExitCode(stopped.exitCode) }
  }
}
