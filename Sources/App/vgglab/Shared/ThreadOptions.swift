import ArgumentParser
import Processes

/// `--threads` of commands that classify.
struct ThreadOptions: ParsableArguments {
  @Option(name: .long, help: "Threads (default: all cores).")
  var threads: Int?

  var count: Int { threads ?? Processor.cores }

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads); it must be from 1 to 1024")
    }
  }
}
