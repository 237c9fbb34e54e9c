import Digests
import Foundation
public import Networks

extension Trial {
  /// The SHA-256 (hexadecimal) of ``canonicalText``.
  public var id: String { sha256Hex(canonicalText) }

  /// The configuration with every default filled in, as one line of JSON with sorted keys.
  ///
  /// Neither names nor thread counts are in it, but those that a measurement is about: two trials that compute the same have
  /// the same text. A folder is named
  /// only where its content is not known from elsewhere (`idx-folder`).
  public var canonicalText: String {
    let path = dataset.name == "idx-folder" ? ",\"path\":\(dataset.path.map(quoted) ?? "null")" : ""
    let body =
      switch network.body {
      case .architecture(let architecture): "\"arch\":\(quoted(architecture.rawValue))"
      case .blocks(let blocks):
        "\"blocks\":[\(blocks.map { "[\($0.convolutions),\($0.channels)]" }.joined(separator: ","))]"
      }
    // Left out where it is the papers', so that trials keep their ids.
    let hidden = network.hidden == NetworkConfiguration.paperHidden ? "" : ",\"hidden\":\(network.hidden)"
    let measured =
      measure.map { measure in
        let cost = measure.cost.map { "{\"steps\":\($0.steps),\"warmup\":\($0.warmup)}" } ?? "null"
        return """
          "measure":{"cost":\(cost),"repeat":\(measure.repeat),"signal":\(measure.signal),\
          "threads":\(optional(measure.threads))},
          """
      } ?? ""
    return """
      {"dataset":{"name":\(quoted(dataset.name))\(path),"resize":\(dataset.resize),"test":\(optional(dataset.test)),\
      "train":\(optional(dataset.train))},\(measured)"network":{\(body),"dropout":\(network.dropout)\(hidden),\
      "init":\(quoted(network.initialization.rawValue)),"ratio":\(network.ratio)},\
      "training":{"batch_size":\(training.batchSize),"epochs":\(training.epochs),\
      "learning_rate":\(training.learningRate),"max_steps":\(optional(training.maxSteps)),\
      "momentum":\(training.momentum),"seed":\(training.seed),"shuffle":\(training.shuffle),\
      "weight_decay":\(training.weightDecay)}}
      """
  }

  /// A trial of that configuration, without names.
  ///
  /// Throws a `DecodingError` for what ``canonicalText`` has not written.
  public init(canonicalText text: String) throws {
    let stored = try JSONDecoder().decode(Stored.self, from: Data(text.utf8))
    let body: NetworkConfiguration.Body
    if let blocks = stored.network.blocks {
      body = .blocks(
        try blocks.map { pair in
          guard pair.count == 2 else { throw stored.mismatch("a block of \(pair.count) numbers") }
          return Block(pair[0], pair[1])
        })
    } else if let name = stored.network.arch, let architecture = Architecture(rawValue: name) {
      body = .architecture(architecture)
    } else {
      throw stored.mismatch("no known architecture")
    }
    guard let law = NetworkConfiguration.Initialization(rawValue: stored.network.`init`) else {
      throw stored.mismatch("no known initialization")
    }
    self.init(
      name: "", experiment: "", question: "", profile: nil,
      dataset: DatasetConfiguration(
        name: stored.dataset.name, path: stored.dataset.path, resize: stored.dataset.resize,
        train: stored.dataset.train, test: stored.dataset.test),
      network: NetworkConfiguration(
        body, ratio: stored.network.ratio, dropout: stored.network.dropout,
        hidden: stored.network.hidden ?? NetworkConfiguration.paperHidden, initialization: law),
      training: TrainingSettings(
        epochs: stored.training.epochs, batchSize: stored.training.batch_size,
        learningRate: stored.training.learning_rate, momentum: stored.training.momentum,
        weightDecay: stored.training.weight_decay, seed: stored.training.seed, shuffle: stored.training.shuffle,
        maxSteps: stored.training.max_steps),
      measure: stored.measure.map { measure in
        MeasureSettings(
          cost: measure.cost.map { CostSettings(steps: $0.steps, warmup: $0.warmup) }, signal: measure.signal,
          threads: measure.threads, repeat: measure.repeat)
      }, reductions: [])
  }

  private struct Stored: Decodable {
    struct Dataset: Decodable {
      var name: String
      var path: String?
      var resize: Int
      var train: Int?
      var test: Int?
    }
    struct Network: Decodable {
      var arch: String?
      var blocks: [[Int]]?
      var dropout: Double
      var hidden: Int?
      var `init`: String
      var ratio: Int
    }
    struct Training: Decodable {
      var batch_size: Int
      var epochs: Int
      var learning_rate: Double
      var max_steps: Int?
      var momentum: Double
      var seed: UInt64
      var shuffle: Bool
      var weight_decay: Double
    }
    struct Measure: Decodable {
      struct Cost: Decodable {
        var steps: Int
        var warmup: Int
      }
      var cost: Cost?
      var `repeat`: Int
      var signal: Bool
      var threads: Int?
    }
    var dataset: Dataset
    var measure: Measure?
    var network: Network
    var training: Training

    func mismatch(_ what: String) -> DecodingError {
      .dataCorrupted(DecodingError.Context(codingPath: [], debugDescription: what))
    }
  }

  /// Each value by its dotted key as people read it; "all" where nothing bounds it.
  var facts: [(key: String, value: String)] {
    let body =
      switch network.body {
      case .architecture(let architecture): architecture.rawValue
      case .blocks(let blocks): blocks.map { "[\($0.convolutions), \($0.channels)]" }.joined(separator: ", ")
      }
    return [
      ("dataset.name", dataset.name), ("dataset.resize", "\(dataset.resize)"),
      ("dataset.train", dataset.train.map { "\($0)" } ?? "all"),
      ("dataset.test", dataset.test.map { "\($0)" } ?? "all"), ("network.arch", body),
      ("network.ratio", "\(network.ratio)"), ("network.dropout", "\(network.dropout)"),
      ("network.hidden", "\(network.hidden)"), ("network.init", network.initialization.rawValue),
      ("training.epochs", "\(training.epochs)"),
      ("training.batch_size", "\(training.batchSize)"), ("training.learning_rate", "\(training.learningRate)"),
      ("training.momentum", "\(training.momentum)"), ("training.weight_decay", "\(training.weightDecay)"),
      ("training.seed", "\(training.seed)"), ("training.shuffle", "\(training.shuffle)"),
      ("training.max_steps", training.maxSteps.map { "\($0)" } ?? "all"),
      ("measure.cost", measure?.cost.map { "\($0.steps) steps behind \($0.warmup)" } ?? "none"),
      ("measure.signal", "\(measure?.signal ?? false)"),
      ("measure.threads", measure?.threads.map { "\($0)" } ?? "all"),
      ("measure.repeat", "\(measure?.repeat ?? 1)"),
    ]
  }
}

private func optional(_ value: Int?) -> String { value.map { "\($0)" } ?? "null" }

private func quoted(_ text: String) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = .withoutEscapingSlashes
  // A string is always encodable.
  return String(decoding: try! encoder.encode(text), as: UTF8.self)
}
