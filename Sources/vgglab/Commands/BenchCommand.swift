import ArgumentParser
import Lab
import Networks

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure how fast this machine trains.",
    subcommands: [BenchStepCommand.self, BenchKernelsCommand.self])
}

struct BenchStepCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "step", abstract: "Time whole training steps on random data; prints JSON.",
    discussion:
      "A step is forward, mean cross-entropy, backward and the update; one more step warms up and is not timed.")

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: JSONOptions

  @Option(name: .long, help: "The architecture.")
  var arch = "vgg11"

  @Option(name: .long, help: "Divides the channels of every convolution.")
  var ratio = 4

  @Option(name: .long, help: "The side of the pictures, in pixels.")
  var resize = 224

  @Option(name: .long, help: "Images a step.")
  var batch = 128

  @Option(name: .long, help: "Timed steps.")
  var steps = 5

  @Option(name: .long, help: "Threads (default: all cores).")
  var threads: Int?

  @Option(name: .long, help: "The kernels: fast, or reference (im2col and OpenBLAS).")
  var kernels: KernelChoice = .fast

  func execute() throws {
    guard let architecture = Architecture(rawValue: arch) else {
      throw ValidationError("\(NetworkError.unknownArchitecture(arch))")
    }
    guard batch >= 1, batch <= 65_536 else { throw ValidationError("--batch is \(batch); it must be from 1 to 65536") }
    guard steps >= 1, steps <= 10_000 else { throw ValidationError("--steps is \(steps); it must be from 1 to 10000") }
    if let threads, threads < 1 || threads > 1024 {
      throw ValidationError("--threads is \(threads); it must be from 1 to 1024")
    }
    let network: Network
    do {
      network = try NetworkConfiguration(.architecture(architecture), ratio: ratio)
        .build(input: .image(channels: 1, height: resize, width: resize), classes: 10)
    } catch { throw ValidationError("\(error)") }
    output(
      try json(
        StepBenchmark(
          network: network, batch: batch, steps: steps, threads: threads ?? Processor.cores, kernels: kernels.path
        ).measure()))
  }
}

struct BenchKernelsCommand: LabCommand {
  static let configuration = CommandConfiguration(commandName: "kernels", abstract: "Time every stage of a network.")
  @Option(name: .long, help: "The architecture.")
  var arch = "vgg11"
  @Option(name: .long, help: "Divides the channels of every convolution.")
  var ratio = 4
  @Option(name: .long, help: "The side of the pictures, in pixels.")
  var resize = 224
  func execute() throws {
    let network = try NetworkConfiguration(.architecture(Architecture(rawValue: arch)!), ratio: ratio)
      .build(input: .image(channels: 1, height: resize, width: resize), classes: 10)
    try printStages(network)
  }
}
