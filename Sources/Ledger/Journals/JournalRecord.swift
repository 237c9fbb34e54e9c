public import Files

/// One line of a run's journal: an event that happened. The journal is the truth; the database is made from it.
public enum JournalRecord: Sendable, Hashable, Codable {
  /// First in the file: what is run.
  case run(RunRecord)
  /// A process begins to work on the run.
  case attempt(AttemptRecord)
  /// The network that was built.
  case network(NetworkRecord)
  /// Measured values.
  case metric([MetricRecord])
  /// Measured values of layers.
  case layerMetric([LayerMetricRecord])
  /// Something that happened.
  case event(EventRecord)
  /// A file that the run keeps.
  case artifact(ArtifactRecord)
  /// Which test images a complete training classified correctly.
  case predictions(PredictionsRecord)
  /// What a complete training makes of the test images.
  case evaluation(EvaluationRecord)
  /// A checkpoint is whole and on the disk, and so is everything that was recorded before it.
  case checkpoint(CheckpointRecord)
  /// How the process of an attempt ended, recorded by the process that had started it.
  case exit(ExitRecord)
  /// What the run was expected to cost, recorded before it began.
  case forecast(ForecastRecord)
  /// Last in the file of a run that completed or failed.
  case end(EndRecord)

  private enum Kind: String, CodingKey {
    case run, attempt, network, metric, event, artifact, predictions, evaluation, checkpoint, exit, forecast, end
    /// Measured values of layers.
    case layerMetric = "layer_metric"
    /// Not a kind: the first line also has the version of the journal's format.
    case version
  }

  /// Writes one line's JSON: an object with the kind as its key.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Kind.self)
    switch self {
    case .run(let record):
      try container.encode(record, forKey: .run)
      try container.encode(JournalLine.version, forKey: .version)
    case .attempt(let record): try container.encode(record, forKey: .attempt)
    case .network(let record): try container.encode(record, forKey: .network)
    case .metric(let records): try container.encode(records, forKey: .metric)
    case .layerMetric(let records): try container.encode(records, forKey: .layerMetric)
    case .event(let record): try container.encode(record, forKey: .event)
    case .artifact(let record): try container.encode(record, forKey: .artifact)
    case .predictions(let record): try container.encode(record, forKey: .predictions)
    case .evaluation(let record): try container.encode(record, forKey: .evaluation)
    case .checkpoint(let record): try container.encode(record, forKey: .checkpoint)
    case .exit(let record): try container.encode(record, forKey: .exit)
    case .forecast(let record): try container.encode(record, forKey: .forecast)
    case .end(let record): try container.encode(record, forKey: .end)
    }
  }

  /// Reads one line's JSON. Throws for a kind or version that is not known.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Kind.self)
    if let version = try container.decodeIfPresent(Int.self, forKey: .version), version > JournalLine.version {
      throw NewerJournal(version: version)
    }
    let kinds = container.allKeys.filter { $0 != .version }
    switch kinds.count == 1 ? kinds[0] : nil {
    case .run: self = .run(try container.decode(RunRecord.self, forKey: .run))
    case .attempt: self = .attempt(try container.decode(AttemptRecord.self, forKey: .attempt))
    case .network: self = .network(try container.decode(NetworkRecord.self, forKey: .network))
    case .metric: self = .metric(try container.decode([MetricRecord].self, forKey: .metric))
    case .layerMetric:
      self = .layerMetric(try container.decode([LayerMetricRecord].self, forKey: .layerMetric))
    case .event: self = .event(try container.decode(EventRecord.self, forKey: .event))
    case .artifact: self = .artifact(try container.decode(ArtifactRecord.self, forKey: .artifact))
    case .predictions: self = .predictions(try container.decode(PredictionsRecord.self, forKey: .predictions))
    case .evaluation: self = .evaluation(try container.decode(EvaluationRecord.self, forKey: .evaluation))
    case .checkpoint: self = .checkpoint(try container.decode(CheckpointRecord.self, forKey: .checkpoint))
    case .exit: self = .exit(try container.decode(ExitRecord.self, forKey: .exit))
    case .forecast: self = .forecast(try container.decode(ForecastRecord.self, forKey: .forecast))
    case .end: self = .end(try container.decode(EndRecord.self, forKey: .end))
    case nil, .version:
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: [], debugDescription: "no kind of record that this vgglab knows"))
    }
  }
}

/// A journal of a format that a later vgglab made.
struct NewerJournal: Error {
  var version: Int
}

/// What is run: the first record of a journal.
public struct RunRecord: Sendable, Hashable, Codable {
  /// The run's id.
  public var run: String
  /// The name of its experiment.
  public var experiment: String
  /// The experiment's question.
  public var question: String
  /// The profile of the experiment file; nil without one.
  public var profile: String?
  /// The name of the trial that it was started for.
  public var trial: String
  /// The trial's id: the digest of its canonical configuration.
  public var trialID: String
  /// Canonical JSON.
  public var configuration: String
  /// What a profile or `--set` changed.
  public var reductions: [ReductionRecord]
  /// Of the configuration.
  public var seed: UInt64
  /// Of the configuration.
  public var epochs: Int
  /// When the run was created by the clock of that time, ISO 8601 in UTC with milliseconds.
  public var createdAt: String
  /// What orders runs where clocks go back: greater than those of all runs that the store had when this one was created, and
  /// otherwise milliseconds since 1970. nil in journals of earlier versions, whose runs are ordered by ``createdAt``.
  public var sequence: Int?
  /// Who started it, by their own account; nil where nobody said so, and in journals of earlier versions.
  public var author: String?

  /// The largest sequence that a record can have: the last millisecond of the year 9999.
  public static let lastSequence = 253_402_300_799_999

  /// A run that was created at a time, behind those that the store had already.
  public init(
    run: String, experiment: String, question: String, profile: String? = nil, trial: String, trialID: String,
    configuration: String, reductions: [ReductionRecord], seed: UInt64, epochs: Int, createdAt: String,
    sequence: Int? = nil, author: String? = nil
  ) {
    self.run = run
    self.experiment = experiment
    self.question = question
    self.profile = profile
    self.trial = trial
    self.trialID = trialID
    self.configuration = configuration
    self.reductions = reductions
    self.seed = seed
    self.epochs = epochs
    self.createdAt = createdAt
    self.sequence = sequence
    self.author = author
  }
}

/// A value that a profile or `--set` changed.
public struct ReductionRecord: Sendable, Hashable, Codable {
  /// The configuration's key.
  public var key: String
  /// The value of the experiment file.
  public var full: String
  /// The value that was used.
  public var used: String

  /// A change of one key.
  public init(
    key: String, full: String, used: String
  ) {
    self.key = key
    self.full = full
    self.used = used
  }
}

/// One process begins to work on the run.
public struct AttemptRecord: Sendable, Hashable, Codable {
  /// From 1.
  public var attempt: Int
  /// ISO 8601 in UTC.
  public var startedAt: String
  /// Where and with what it runs.
  public var environment: EnvironmentRecord
  /// The step of the checkpoint that it goes on from; nil from the beginning.
  public var resumedFrom: Int?
  /// What of the environment is not as it was in the attempt before, a sentence each, as far as it may change results.
  public var differences: [String]?

  /// An attempt as it begins.
  public init(
    attempt: Int, startedAt: String, environment: EnvironmentRecord, resumedFrom: Int? = nil,
    differences: [String]? = nil
  ) {
    self.attempt = attempt
    self.startedAt = startedAt
    self.environment = environment
    self.resumedFrom = resumedFrom
    self.differences = differences
  }
}

/// A file that a training can be taken up from.
public struct CheckpointRecord: Sendable, Hashable, Codable {
  /// Steps done.
  public var step: Int
  /// When it was whole, ISO 8601 in UTC.
  public var at: String
  /// Its name in the run's folder.
  public var path: PlainName
  /// Its size.
  public var bytes: Int
  /// SHA-256.
  public var digest: String

  /// A checkpoint as it was written.
  public init(step: Int, at: String, path: PlainName, bytes: Int, digest: String) {
    self.step = step
    self.at = at
    self.path = path
    self.bytes = bytes
    self.digest = digest
  }
}

/// Where and with what an attempt ran.
public struct EnvironmentRecord: Sendable, Hashable, Codable {
  /// The version of vgglab.
  public var vgglabVersion: String
  /// SHA-256 of the program.
  public var binaryDigest: String
  /// The commit of the source; nil where it is not known.
  public var gitCommit: String?
  /// Whether the source had uncommitted changes; nil where that is not known.
  public var gitDirty: Bool?
  /// The machine's name.
  public var host: String
  /// nil but in journals of earlier versions.
  public var bootID: String?
  /// 0 but in journals of earlier versions.
  public var processID: Int
  /// The process's start in clock ticks since boot, which with boot id and process id names it for ever.
  public var processStart: UInt64?
  /// Its name and version.
  public var operatingSystem: String
  /// The processor's name.
  public var cpu: String
  /// Processor cores that could be used.
  public var cores: Int
  /// Threads that were used.
  public var threads: Int
  /// The kernels that were used.
  public var kernels: String
  /// The instruction set that they were compiled for.
  public var instructionSet: String
  /// The BLAS library.
  public var blas: String
  /// The processor core that it was made for.
  public var blasCore: String
  /// SHA-256 by data file name.
  public var dataDigests: [String: String]

  /// All facts at once.
  public init(
    vgglabVersion: String, binaryDigest: String, gitCommit: String? = nil, gitDirty: Bool? = nil, host: String,
    bootID: String? = nil, processID: Int, processStart: UInt64? = nil, operatingSystem: String, cpu: String,
    cores: Int, threads: Int, kernels: String, instructionSet: String, blas: String, blasCore: String,
    dataDigests: [String: String]
  ) {
    self.vgglabVersion = vgglabVersion
    self.binaryDigest = binaryDigest
    self.gitCommit = gitCommit
    self.gitDirty = gitDirty
    self.host = host
    self.bootID = bootID
    self.processID = processID
    self.processStart = processStart
    self.operatingSystem = operatingSystem
    self.cpu = cpu
    self.cores = cores
    self.threads = threads
    self.kernels = kernels
    self.instructionSet = instructionSet
    self.blas = blas
    self.blasCore = blasCore
    self.dataDigests = dataDigests
  }
}

/// The network that a run trains.
public struct NetworkRecord: Sendable, Hashable, Codable {
  /// `vgg11`, `alexnet`, `blocks`.
  public var arch: String
  /// By what the widths are divided.
  public var ratio: Int
  /// `1x224x224`.
  public var input: String
  /// Of the data set.
  public var classes: Int
  /// Of all layers.
  public var parameters: Int
  /// For one image.
  public var multiplyAdds: Int
  /// For one image.
  public var activationFloats: Int
  /// PyTorch's `print(net)`.
  public var printed: String
  /// The walk over the direct children in the document's format.
  public var shapeWalk: String
  /// In forward order.
  public var layers: [LayerRecord]
  /// What it is trained on, where the data set's name does not say it.
  public var images: ImagesRecord?

  /// All facts at once.
  public init(
    arch: String, ratio: Int, input: String, classes: Int, parameters: Int, multiplyAdds: Int, activationFloats: Int,
    printed: String, shapeWalk: String, layers: [LayerRecord], images: ImagesRecord? = nil
  ) {
    self.arch = arch
    self.ratio = ratio
    self.input = input
    self.classes = classes
    self.parameters = parameters
    self.multiplyAdds = multiplyAdds
    self.activationFloats = activationFloats
    self.printed = printed
    self.shapeWalk = shapeWalk
    self.layers = layers
    self.images = images
  }
}

/// A layer of a network.
public struct LayerRecord: Sendable, Hashable, Codable {
  /// `2.0`.
  public var path: String
  /// From 0: which direct child of the outer Sequential it is or is in.
  public var child: Int
  /// `Conv2d`.
  public var type: String
  /// The one-line text that PyTorch prints.
  public var printed: String
  /// `16x224x224`.
  public var outputShape: String
  /// Weights and biases.
  public var parameters: Int
  /// For one image.
  public var multiplyAdds: Int
  /// For one image.
  public var activationFloats: Int

  /// All facts at once.
  public init(
    path: String, child: Int, type: String, printed: String, outputShape: String, parameters: Int, multiplyAdds: Int,
    activationFloats: Int
  ) {
    self.path = path
    self.child = child
    self.type = type
    self.printed = printed
    self.outputShape = outputShape
    self.parameters = parameters
    self.multiplyAdds = multiplyAdds
    self.activationFloats = activationFloats
  }
}

/// A measured value.
public struct MetricRecord: Sendable, Hashable, Codable {
  /// One of ``MetricName``, or another that a journal of another version has.
  public var name: String
  /// Steps done.
  public var step: Int
  /// Epochs done, with a fraction.
  public var epoch: Double
  /// The value, in the unit that the name has.
  public var value: Double
  /// Seconds since the attempt began; the last record of a line has it. nil in journals of earlier versions.
  public var seconds: Double?
  /// Seconds of the attempt's training steps so far; the last record of a line has it. nil in journals of earlier versions.
  public var trainingSeconds: Double?
  /// Of the epoch that ends here; the last record of an epoch has it. nil in journals of earlier versions.
  public var timing: EpochTimingRecord?

  /// A value of any name.
  public init(name: String, step: Int, epoch: Double, value: Double) {
    self.name = name
    self.step = step
    self.epoch = epoch
    self.value = value
  }

  /// A value of a known name.
  public init(_ metric: MetricName, step: Int, epoch: Double, value: Double) {
    self.init(name: metric.rawValue, step: step, epoch: epoch, value: value)
  }

  /// The name, where this version knows it.
  public var metric: MetricName? { MetricName(rawValue: name) }
}

/// A value of one layer of the run's network.
public struct LayerMetricRecord: Sendable, Hashable, Codable {
  /// The layer's place in the network, from 0, as in the table `layer`.
  public var position: Int
  /// One of ``LayerMeasure``, or another that a journal of another version has.
  public var name: String
  /// 0 before the first step.
  public var step: Int
  /// The value, in the unit that the name has.
  public var value: Double

  /// A value of any name.
  public init(position: Int, name: String, step: Int, value: Double) {
    self.position = position
    self.name = name
    self.step = step
    self.value = value
  }

  /// A value of a known name.
  public init(position: Int, _ measure: LayerMeasure, step: Int, value: Double) {
    self.init(position: position, name: measure.rawValue, step: step, value: value)
  }
}

/// Something that happened.
public struct EventRecord: Sendable, Hashable, Codable {
  /// When it happened.
  public var at: String
  /// One of ``EventKind``, or another that a journal of another version has.
  public var kind: String
  /// What happened, for people.
  public var message: String

  /// An event of any kind.
  public init(at: String, kind: String, message: String) {
    self.at = at
    self.kind = kind
    self.message = message
  }

  /// An event of a known kind.
  public init(at: String, _ kind: EventKind, message: String) {
    self.init(at: at, kind: kind.rawValue, message: message)
  }
}

/// A file that a run keeps.
public struct ArtifactRecord: Sendable, Hashable, Codable {
  /// One of ``ArtifactName``, or that of kept changes to the source.
  public var name: String
  /// Its name in the run's folder.
  public var path: PlainName
  /// Its size.
  public var bytes: Int
  /// SHA-256.
  public var digest: String

  /// A file as it was written.
  public init(name: String, path: PlainName, bytes: Int, digest: String) {
    self.name = name
    self.path = path
    self.bytes = bytes
    self.digest = digest
  }
}

/// A run's end: the last record of a journal.
public struct EndRecord: Sendable, Hashable, Codable {
  /// How a run ends.
  public enum Outcome: String, Sendable, Hashable, Codable {
    /// With everything that was asked for, and with an error.
    case completed, failed
  }
  /// How it ended.
  public var outcome: Outcome
  /// Why it failed.
  public var cause: String?
  /// ISO 8601 in UTC.
  public var at: String
  /// The training steps alone: what rates are divided by.
  public var trainingSeconds: Double
  /// The whole of this attempt.
  public var seconds: Double
  /// Peak resident memory of this attempt.
  public var peakResidentBytes: Int

  /// An end as it came.
  public init(
    outcome: Outcome, cause: String? = nil, at: String, trainingSeconds: Double, seconds: Double, peakResidentBytes: Int
  ) {
    self.outcome = outcome
    self.cause = cause
    self.at = at
    self.trainingSeconds = trainingSeconds
    self.seconds = seconds
    self.peakResidentBytes = peakResidentBytes
  }
}
