import Networks
import Text

/// The keys of a configuration, in the order of the documentation.
public struct ConfigurationTable: Sendable {
  /// All keys.
  public let keys: [ConfigurationKey]
  private let byName: [String: Int]

  /// A table of keys whose names and aliases are all different.
  public init(_ keys: [ConfigurationKey]) {
    self.keys = keys
    byName = Dictionary(
      uniqueKeysWithValues: keys.enumerated().flatMap { index, key in ([key.name] + key.aliases).map { ($0, index) } })
  }

  /// The key of a dotted name or an alias.
  public subscript(_ name: String) -> ConfigurationKey? { byName[name].map { keys[$0] } }

  /// The sections in their order: `dataset`, `network`, `training`, `measure`.
  public var sections: [String] {
    keys.map(\.section).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// The names that may be written inside a section or group, with aliases.
  public func names(inside prefix: String) -> [String] {
    keys.filter(\.isWritable).flatMap { [$0.name] + $0.aliases }.compactMap { name in
      guard name.hasPrefix("\(prefix).") else { return nil }
      let rest = name.dropFirst(prefix.count + 1)
      return rest.contains(".") ? nil : String(rest)
    }
  }

  /// The dotted names that `--set` takes.
  public var writableNames: [String] { keys.filter(\.isWritable).flatMap { [$0.name] + $0.aliases } }

  /// The dotted names that `sweep` takes.
  public var sweepableNames: [String] { keys.filter(\.isSweepable).flatMap { [$0.name] + $0.aliases } }

  /// The group that a key is in, such as `measure.cost` of `measure.cost.steps`.
  func group(of key: ConfigurationKey) -> ConfigurationKey? {
    key.name.lastIndex(of: ".").flatMap { self[String(key.name[..<$0])] }
  }

  /// Each value that counts for the trial, by its dotted key as people read it.
  public func facts(_ configuration: TrialConfiguration) -> [(key: String, value: String)] {
    keys.filter { $0.canonical != .never && $0.kind != .group }.map { ($0.name, $0.text(configuration)) }
  }

  /// The keys of vgglab.
  public static let standard = ConfigurationTable(dataset + network + training + measure)

  // MARK: The keys

  private static let dataset: [ConfigurationKey] = [
    .choice(
      "dataset.name", \.dataset.name, what: "data set",
      ["fashion-mnist", "idx-folder", "image-folder", "cifar-10", "synthetic"],
      canonical: .always, column: .init("dataset"),
      help:
        "Which images: Fashion-MNIST, your own as four IDX files or as a folder with one subfolder per class, CIFAR-10, or generated images for tests."
    ),
    ConfigurationKey(
      "dataset.path", .path, absent: "none", canonical: .never, column: nil, isSweepable: false,
      help: "The folder of the data set's files, relative to the experiment file's folder.",
      get: { $0.dataset.path.map { .text($0) } },
      set: { if case .text(let path)? = $1 { $0.dataset.path = path } else { $0.dataset.path = nil } }),
    .whole(
      "dataset.resize", \.dataset.resize, 1...4096, canonical: .always, column: .init("resize"),
      help: "The images' side in pixels, resized as Pillow does; images that are not square are squeezed."),
    .whole(
      "dataset.train", \.dataset.train, 1...10_000_000, absent: "all", canonical: .always,
      column: .init("train_examples"), help: "The first N training images; at most as many as there are."),
    .whole(
      "dataset.test", \.dataset.test, 1...10_000_000, absent: "all", canonical: .always,
      column: .init("test_examples"), help: "The first N test images; at most as many as there are."),
    ConfigurationKey(
      "dataset.data", .path, absent: "none", column: .init("data"), isWritable: false,
      help: "The SHA-256 over the files of your own data set.",
      get: { $0.dataset.data.map { .text($0) } },
      set: { if case .text(let digest)? = $1 { $0.dataset.data = digest } else { $0.dataset.data = nil } }),
  ]

  private static let network: [ConfigurationKey] = [
    ConfigurationKey(
      "network.arch", .choice(what: "architecture", words: Architecture.allCases.map(\.rawValue)), absent: "none",
      isOptional: false, canonical: .always, column: .init("arch", sql: "n.arch"), excludes: "network.blocks",
      help: "The architecture.",
      get: { if case .architecture(let architecture) = $0.network.body { .text(architecture.rawValue) } else { nil } },
      set: {
        if case .text(let name)? = $1, let architecture = Architecture(rawValue: name) {
          $0.network.body = .architecture(architecture)
        }
      }),
    ConfigurationKey(
      "network.blocks", .blocks, absent: "none", column: .init("blocks"), excludes: "network.arch",
      help: "Instead of `arch`: VGG blocks as `[[convolutions, channels], …]`.",
      get: { if case .blocks(let blocks) = $0.network.body { .blocks(blocks) } else { nil } },
      set: { if case .blocks(let blocks)? = $1 { $0.network.body = .blocks(blocks) } }),
    .whole(
      "network.ratio", \.network.ratio, 1...(1 << 20), aliases: ["network.width_divisor"], canonical: .always,
      column: .init("ratio", sql: "n.ratio"), help: "Divides the channels of every convolution."),
    .number(
      "network.dropout", \.network.dropout, NumberRange(0, 1, excludesUpper: true), canonical: .always,
      column: .init("dropout"), help: "The probability of both dropout layers."),
    .whole(
      "network.hidden", \.network.hidden, 1...65_536, column: .init("hidden"),
      help: "The outputs of both hidden Linear layers, which hold nearly all of a small network's parameters."),
    ConfigurationKey(
      "network.init",
      .choice(what: "initialization", words: NetworkConfiguration.Initialization.allCases.map(\.rawValue)),
      canonical: .always, column: .init("init"), help: "How weights are drawn: Xavier-uniform or Kaiming-uniform.",
      get: { .text($0.network.initialization.rawValue) },
      set: {
        if case .text(let name)? = $1, let value = NetworkConfiguration.Initialization(rawValue: name) {
          $0.network.initialization = value
        }
      }),
  ]

  private static let training: [ConfigurationKey] = [
    .whole(
      "training.epochs", \.training.epochs, 0...100_000, canonical: .always, column: .init("epochs", sql: "r.epochs"),
      help: "Passes over the training images; 0 describes the network without training it."),
    .whole(
      "training.batch_size", \.training.batchSize, 1...65_536, canonical: .always, column: .init("batch_size"),
      help: "The images of a step."),
    .number(
      "training.learning_rate", \.training.learningRate, NumberRange(0, 1000, excludesLower: true), canonical: .always,
      column: .init("learning_rate"), help: "The step size of SGD."),
    .number(
      "training.momentum", \.training.momentum, NumberRange(0, 1, excludesUpper: true), canonical: .always,
      column: .init("momentum"), help: "As in PyTorch's SGD."),
    .number(
      "training.weight_decay", \.training.weightDecay, NumberRange(0, 1000), canonical: .always,
      column: .init("weight_decay"), help: "As in PyTorch's SGD."),
    ConfigurationKey(
      "training.optimizer", .choice(what: "optimizer", words: ["sgd"]), canonical: .never, column: nil,
      isSweepable: false, help: "Only `sgd` is available.", get: { _ in .text("sgd") }, set: { _, _ in }),
    ConfigurationKey(
      "training.seed", .unsigned, canonical: .always, column: .init("seed", sql: "r.seed"),
      help: "The seed of weights, order and dropout.",
      get: { .unsigned($0.training.seed) },
      set: { if case .unsigned(let seed)? = $1 { $0.training.seed = seed } }),
    .truth(
      "training.shuffle", \.training.shuffle, canonical: .always, column: .init("shuffle"),
      help:
        "Whether to shuffle the images in each epoch."
    ),
    .whole(
      "training.max_steps", \.training.maxSteps, 1...1_000_000_000, absent: "all", canonical: .always,
      column: .init("max_steps"), help: "Stop after this many steps in total."),
  ]

  private static let measure: [ConfigurationKey] = [
    ConfigurationKey(
      "measure.cost", .group, absent: "none", canonical: .unlessSectionDefault,
      column: .init(
        "measure",
        sql: """
          CASE WHEN json_type(r.configuration, '$.measure.cost') = 'object' THEN 'cost'
            WHEN json_extract(r.configuration, '$.measure.signal') THEN 'signal' END
          """), isSweepable: false,
      help: "Take a few training steps and time them and each of their layers, instead of training.",
      get: { $0.measure.cost.map { _ in .truth(true) } },
      set: {
        if $1 == nil { $0.measure.cost = nil } else if $0.measure.cost == nil { $0.measure.cost = CostSettings() }
      }),
    cost("steps", \.steps, 1...1000, help: "The steps that are timed."),
    cost("warmup", \.warmup, 0...1000, help: "The warm-up steps before the timed ones."),
    .truth(
      "measure.signal", \.measure.signal, canonical: .unlessSectionDefault, column: .init("signal"),
      help: "Measure before the training how large outputs, gradients and weights of each layer are."),
    .whole(
      "measure.threads", \.measure.threads, 1...1024, absent: "all", canonical: .unlessSectionDefault,
      column: .init("measure_threads"), help: "The threads of the trial's worker; at most as many as there are cores."),
    .whole(
      "measure.repeat", \.measure.repeat, 1...1000, canonical: .unlessSectionDefault, column: .init("repeat"),
      help: "The number of the measurement, where the same is measured several times."),
  ]

  private static func cost(
    _ name: String, _ path: any WritableKeyPath<CostSettings, Int> & Sendable, _ range: ClosedRange<Int>, help: String
  ) -> ConfigurationKey {
    ConfigurationKey(
      "measure.cost.\(name)", .whole(range), absent: "none", canonical: .unlessSectionDefault,
      column: .init("cost_\(name)"), help: help,
      get: { $0.measure.cost.map { .whole($0[keyPath: path]) } },
      set: { if case .whole(let value)? = $1 { $0.measure.cost?[keyPath: path] = value } })
  }
}
