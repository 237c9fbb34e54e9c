import Networks
import PositionedYAML

/// A value and where it was written.
struct Located<Value> {
  var value: Value
  var line: Int
  var column: Int

  init(_ value: Value, _ node: YAMLNode) {
    self.value = value
    line = node.line
    column = node.column
  }
}

/// What one level of an experiment file (its top, a trial, a profile, a sweep's point, `--set`) says of a configuration.
struct Overlay {
  var name: Located<String>?
  var path: Located<String>?
  var resize: Located<Int>?
  var train: Located<Int>?
  var test: Located<Int>?

  var body: Located<NetworkConfiguration.Body>?
  var ratio: Located<Int>?
  var dropout: Located<Double>?
  var hidden: Located<Int>?
  var initialization: Located<NetworkConfiguration.Initialization>?

  var epochs: Located<Int>?
  var batchSize: Located<Int>?
  var learningRate: Located<Double>?
  var momentum: Located<Double>?
  var weightDecay: Located<Double>?
  var seed: Located<UInt64>?
  var shuffle: Located<Bool>?
  var maxSteps: Located<Int>?

  /// The section `measure` itself, and in it `cost`.
  var measures: Located<Bool>?
  var costs: Located<Bool>?
  var costSteps: Located<Int>?
  var costWarmup: Located<Int>?
  var signal: Located<Bool>?
  var threads: Located<Int>?
  var repetition: Located<Int>?

  static let sections = ["dataset", "network", "training", "measure"]
  static let datasetKeys = ["name", "path", "resize", "train", "test"]
  static let networkKeys = ["arch", "blocks", "ratio", "dropout", "hidden", "init"]
  static let trainingKeys = [
    "epochs", "batch_size", "learning_rate", "momentum", "weight_decay", "optimizer", "seed", "shuffle", "max_steps",
  ]
  static let measureKeys = ["cost", "signal", "threads", "repeat"]
  /// All keys as `--set` and `sweep` name them.
  static let dottedKeys =
    datasetKeys.map { "dataset.\($0)" } + networkKeys.map { "network.\($0)" } + trainingKeys.map { "training.\($0)" }
    + measureKeys.map { "measure.\($0)" }

  init() {}

  /// Reads the sections `dataset`, `network`, `training` and `measure` among a mapping's entries.
  init(_ entries: [String: YAMLNode.Entry], _ reader: YAMLReader) {
    if let entry = entries["dataset"] { readDataset(entry.value, reader) }
    if let entry = entries["network"] { readNetwork(entry.value, reader) }
    if let entry = entries["training"] { readTraining(entry.value, reader) }
    if let entry = entries["measure"] { readMeasure(entry.value, reader) }
  }

  /// Reads one value under a dotted key, such as `training.seed`.
  init(dotted key: String, _ value: YAMLNode, _ reader: YAMLReader) {
    let parts = key.split(separator: ".", maxSplits: 1).map(String.init)
    let inner = YAMLNode.Entry(key: parts[1], line: value.line, column: value.column, value: value)
    let section = YAMLNode(content: .mapping([inner]), line: value.line, column: value.column)
    let entry = YAMLNode.Entry(key: parts[0], line: value.line, column: value.column, value: section)
    self.init([parts[0]: entry], reader)
  }

  private mutating func readDataset(_ node: YAMLNode, _ reader: YAMLReader) {
    guard let entries = reader.mapping(node, "dataset", known: Self.datasetKeys) else { return }
    func located<T>(_ key: String, _ read: (YAMLNode) -> T?) -> Located<T>? {
      entries[key].flatMap { entry in read(entry.value).map { Located($0, entry.value) } }
    }
    name = located("name") { reader.choice($0, "data set", ["fashion-mnist", "idx-folder", "synthetic"]) }
    path = located("path") { node in
      guard let text = reader.string(node, "dataset.path") else { return nil }
      if text.isEmpty || text.unicodeScalars.contains("\0") {
        reader.report(node, "dataset.path is \(node.shown); the name of a folder was expected")
        return nil
      }
      return text
    }
    resize = located("resize") { reader.integer($0, "dataset.resize", 1...4096) }
    train = located("train") { reader.integer($0, "dataset.train", 1...10_000_000) }
    test = located("test") { reader.integer($0, "dataset.test", 1...10_000_000) }
  }

  private mutating func readNetwork(_ node: YAMLNode, _ reader: YAMLReader) {
    guard let entries = reader.mapping(node, "network", known: Self.networkKeys) else { return }
    func located<T>(_ key: String, _ read: (YAMLNode) -> T?) -> Located<T>? {
      entries[key].flatMap { entry in read(entry.value).map { Located($0, entry.value) } }
    }
    if let arch = entries["arch"], let blocks = entries["blocks"] {
      let later = (arch.line, arch.column) < (blocks.line, blocks.column) ? blocks : arch
      reader.report(line: later.line, column: later.column, "network has both arch and blocks; write one of them")
    }
    body =
      located("arch") { node in
        reader.choice(node, "architecture", Architecture.allCases.map(\.rawValue))
          .flatMap { Architecture(rawValue: $0) }.map { .architecture($0) }
      } ?? located("blocks") { readBlocks($0, reader).map { .blocks($0) } }
    ratio = located("ratio") { reader.integer($0, "network.ratio", 1...(1 << 20)) }
    dropout = located("dropout") {
      reader.number($0, "network.dropout", "at least 0 and below 1") { $0 >= 0 && $0 < 1 }
    }
    hidden = located("hidden") { reader.integer($0, "network.hidden", 1...65_536) }
    initialization = located("init") { node in
      reader.choice(node, "initialization", NetworkConfiguration.Initialization.allCases.map(\.rawValue))
        .flatMap { NetworkConfiguration.Initialization(rawValue: $0) }
    }
  }

  private func readBlocks(_ node: YAMLNode, _ reader: YAMLReader) -> [Block]? {
    guard let items = reader.sequence(node, "network.blocks") else { return nil }
    var blocks: [Block] = []
    for item in items {
      guard case .sequence(let pair) = item.content, pair.count == 2 else {
        reader.report(item, "a block is \(item.shown); write [convolutions, channels]")
        return nil
      }
      guard let convolutions = reader.integer(pair[0], "a block's number of convolutions", 1...64),
        let channels = reader.integer(pair[1], "a block's number of channels", 1...65_536)
      else { return nil }
      blocks.append(Block(convolutions, channels))
    }
    guard (1...16).contains(blocks.count) else {
      reader.report(node, "network.blocks has \(blocks.count) blocks; write from 1 to 16")
      return nil
    }
    return blocks
  }

  private mutating func readTraining(_ node: YAMLNode, _ reader: YAMLReader) {
    guard let entries = reader.mapping(node, "training", known: Self.trainingKeys) else { return }
    func located<T>(_ key: String, _ read: (YAMLNode) -> T?) -> Located<T>? {
      entries[key].flatMap { entry in read(entry.value).map { Located($0, entry.value) } }
    }
    epochs = located("epochs") { reader.integer($0, "training.epochs", 0...100_000) }
    batchSize = located("batch_size") { reader.integer($0, "training.batch_size", 1...65_536) }
    learningRate = located("learning_rate") {
      reader.number($0, "training.learning_rate", "above 0 and at most 1000") { $0 > 0 && $0 <= 1000 }
    }
    momentum = located("momentum") {
      reader.number($0, "training.momentum", "at least 0 and below 1") { $0 >= 0 && $0 < 1 }
    }
    weightDecay = located("weight_decay") {
      reader.number($0, "training.weight_decay", "at least 0 and at most 1000") { $0 >= 0 && $0 <= 1000 }
    }
    if let entry = entries["optimizer"] { _ = reader.choice(entry.value, "optimizer", ["sgd"]) }
    seed = located("seed") { reader.unsigned($0, "training.seed") }
    shuffle = located("shuffle") { reader.truth($0, "training.shuffle") }
    maxSteps = located("max_steps") { reader.integer($0, "training.max_steps", 1...1_000_000_000) }
  }

  private mutating func readMeasure(_ node: YAMLNode, _ reader: YAMLReader) {
    guard let entries = reader.mapping(node, "measure", known: Self.measureKeys) else { return }
    measures = Located(true, node)
    if let entry = entries["cost"],
      let cost = reader.mapping(entry.value, "measure.cost", known: ["steps", "warmup"])
    {
      costs = Located(true, entry.value)
      func located(_ key: String, _ range: ClosedRange<Int>) -> Located<Int>? {
        cost[key].flatMap { entry in
          reader.integer(entry.value, "measure.cost.\(key)", range).map { Located($0, entry.value) }
        }
      }
      costSteps = located("steps", 1...1000)
      costWarmup = located("warmup", 0...1000)
    }
    func located<T>(_ key: String, _ read: (YAMLNode) -> T?) -> Located<T>? {
      entries[key].flatMap { entry in read(entry.value).map { Located($0, entry.value) } }
    }
    signal = located("signal") { reader.truth($0, "measure.signal") }
    threads = located("threads") { reader.integer($0, "measure.threads", 1...1024) }
    repetition = located("repeat") { reader.integer($0, "measure.repeat", 1...1000) }
  }

  /// What `other` says, and where it is silent what this one says.
  func overlaid(by other: Overlay) -> Overlay {
    var result = self
    func take<T>(_ path: WritableKeyPath<Overlay, Located<T>?>) {
      if let value = other[keyPath: path] { result[keyPath: path] = value }
    }
    take(\.name)
    take(\.path)
    take(\.resize)
    take(\.train)
    take(\.test)
    take(\.body)
    take(\.ratio)
    take(\.dropout)
    take(\.hidden)
    take(\.initialization)
    take(\.epochs)
    take(\.batchSize)
    take(\.learningRate)
    take(\.momentum)
    take(\.weightDecay)
    take(\.seed)
    take(\.shuffle)
    take(\.maxSteps)
    take(\.measures)
    take(\.costs)
    take(\.costSteps)
    take(\.costWarmup)
    take(\.signal)
    take(\.threads)
    take(\.repetition)
    return result
  }

  // MARK: With the defaults

  var dataset: DatasetConfiguration {
    DatasetConfiguration(
      name: name?.value ?? "fashion-mnist", path: path?.value, resize: resize?.value ?? 224, train: train?.value,
      test: test?.value)
  }

  var network: NetworkConfiguration {
    NetworkConfiguration(
      body?.value ?? .architecture(.vgg11), ratio: ratio?.value ?? 1, dropout: dropout?.value ?? 0.5,
      hidden: hidden?.value ?? NetworkConfiguration.paperHidden, initialization: initialization?.value ?? .xavier)
  }

  var training: TrainingSettings {
    TrainingSettings(
      epochs: epochs?.value ?? 10, batchSize: batchSize?.value ?? 128, learningRate: learningRate?.value ?? 0.05,
      momentum: momentum?.value ?? 0, weightDecay: weightDecay?.value ?? 0, seed: seed?.value ?? 0,
      shuffle: shuffle?.value ?? true, maxSteps: maxSteps?.value)
  }

  var measure: MeasureSettings? {
    guard measures != nil else { return nil }
    let settings = MeasureSettings(
      cost: costs.map { _ in CostSettings(steps: costSteps?.value ?? 3, warmup: costWarmup?.value ?? 1) },
      signal: signal?.value ?? false, threads: threads?.value, repeat: repetition?.value ?? 1)
    // The first of several trainings is a training as any other.
    return settings == MeasureSettings() ? nil : settings
  }
}
