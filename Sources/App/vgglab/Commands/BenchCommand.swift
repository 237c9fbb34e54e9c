import ArgumentParser
import Bench
import Networks
import Processes

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure how fast this machine trains, and how fast a store answers.",
    discussion: helpText(
      examples: "bench step --arch vgg11 --ratio 4 --resize 96"),
    subcommands: [
      BenchStepCommand.self, BenchPlanCommand.self, BenchKernelsCommand.self, BenchEpochCommand.self,
      BenchRecordingCommand.self, BenchStoreCommand.self,
    ])
}

/// The network that is measured, on random data.
struct BenchOptions: ParsableArguments {
  @Option(name: .long, help: "The architecture.")
  var arch = "vgg11"

  @Option(name: .long, help: "Divides the channels of every convolution.")
  var ratio = 4

  @Option(name: .long, help: "The side of the images, in pixels.")
  var resize = 224

  @Option(name: .long, help: "Images per step.")
  var batch = 128

  @Option(name: .long, help: "Threads (default: all cores).")
  var threads: Int?

  var threadCount: Int { threads ?? Processor.cores }

  func validate() throws {
    guard batch >= 1, batch <= 65_536 else { throw ValidationError("--batch is \(batch); it must be from 1 to 65536") }
    if let threads, threads < 1 || threads > 1024 {
      throw ValidationError("--threads is \(threads); it must be from 1 to 1024")
    }
    _ = try network()
  }

  func network() throws -> Network {
    guard let architecture = Architecture(rawValue: arch) else {
      throw ValidationError("\(NetworkError.unknownArchitecture(arch))")
    }
    do {
      return try NetworkConfiguration(.architecture(architecture), ratio: ratio)
        .build(input: .image(channels: 1, height: resize, width: resize), classes: 10)
    } catch { throw ValidationError("\(error)") }
  }
}

struct BenchStepCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "step", abstract: "Time whole training steps on random data; prints JSON.",
    discussion: helpText(
      """
      A step is forward, mean cross-entropy, backward and the update; one more step warms up and is not timed.
      """, examples: "bench step --arch vgg11 --ratio 4 --resize 96"))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup(title: "Common options") var format: JSONOptions
  @OptionGroup var options: BenchOptions

  @Option(name: .long, help: "Timed steps.")
  var steps = 5

  @Option(name: .long, help: "The kernels: fast, or blas (im2col and OpenBLAS).")
  var kernels: KernelChoice = .fast

  func validate() throws {
    guard steps >= 1, steps <= 10_000 else { throw ValidationError("--steps is \(steps); it must be from 1 to 10000") }
  }

  func execute() throws {
    output(
      try json(
        StepBenchmark(
          network: options.network(), batch: options.batch, steps: steps, threads: options.threadCount,
          kernels: kernels.path
        ).measure()))
  }
}

struct BenchPlanCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Show which kernel each layer of a network runs on, and what it costs.",
    discussion: helpText(
      examples: "bench plan --arch vgg16 --ratio 4"))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup(title: "Common options") var format: JSONOptions
  @OptionGroup var options: BenchOptions

  func execute() throws {
    let table = try PlanTable(network: options.network(), batch: options.batch, threads: options.threadCount)
    output(format.json ? try json(table) : table.text)
  }
}

struct BenchKernelsCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels", abstract: "Time every stage of a network alone, beside the fastest matrix products.",
    discussion: helpText(
      examples: "bench kernels --arch vgg11 --ratio 4 --repeats 5"))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup(title: "Common options") var format: JSONOptions
  @OptionGroup var options: BenchOptions

  @Option(name: .long, help: "How often each stage is timed; the best counts.")
  var repeats = 10

  func validate() throws {
    guard repeats >= 1, repeats <= 10_000 else {
      throw ValidationError("--repeats is \(repeats); it must be from 1 to 10000")
    }
  }

  func execute() throws {
    let table = try KernelTable(network: options.network(), batch: options.batch, repeats: repeats)
    output(format.json ? try json(table) : table.text)
  }
}

struct BenchEpochCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "epoch", abstract: "Time a whole epoch with loading and resizing, beside its steps; prints JSON.",
    discussion: helpText(
      "Generated images of 28x28 are resized as Fashion-MNIST's are; one more epoch warms up.",
      examples: "bench epoch --ratio 8 --resize 96 --images 640"))

  @OptionGroup(title: "Common options") var store: StoreOptions
  @OptionGroup(title: "Common options") var format: JSONOptions
  @OptionGroup var options: BenchOptions

  @Option(name: .long, help: "Images in the epoch.")
  var images = 6400

  @Option(name: .long, help: "The kernels: fast, or blas (im2col and OpenBLAS).")
  var kernels: KernelChoice = .fast

  func validate() throws {
    guard images >= 1, images <= 1_000_000 else {
      throw ValidationError("--images is \(images); it must be from 1 to 1000000")
    }
  }

  func execute() throws {
    output(
      try json(
        EpochBenchmark(
          network: options.network(), side: options.resize, images: images, batch: options.batch,
          threads: options.threadCount, kernels: kernels.path)))
  }
}
