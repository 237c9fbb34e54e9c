/// One line of a run's journal: an event that happened. The journal is the truth; the database is made from it.
public enum JournalRecord: Sendable, Hashable, Codable {
  /// First in the file: what is run.
  case run(RunRecord)
  /// A process begins to work on the run.
  case attempt(AttemptRecord)
  case network(NetworkRecord)
  case metric([MetricRecord])
  case event(EventRecord)
  case artifact(ArtifactRecord)
  /// Last in the file of a run that completed or failed.
  case end(EndRecord)
}

public struct RunRecord: Sendable, Hashable, Codable {
  public var run: String
  public var experiment: String
  public var question: String
  public var profile: String?
  public var trial: String
  /// The trial's id: the digest of its canonical configuration.
  public var trialID: String
  /// Canonical JSON.
  public var configuration: String
  public var reductions: [ReductionRecord]
  public var seed: UInt64
  public var epochs: Int
  /// When the run was made, ISO 8601 in UTC with milliseconds.
  public var createdAt: String
}

public struct ReductionRecord: Sendable, Hashable, Codable {
  public var key: String
  public var full: String
  public var used: String
}

public struct AttemptRecord: Sendable, Hashable, Codable {
  /// From 1.
  public var attempt: Int
  public var startedAt: String
  public var environment: EnvironmentRecord
}

/// Where and with what an attempt ran.
public struct EnvironmentRecord: Sendable, Hashable, Codable {
  public var vgglabVersion: String
  public var binaryDigest: String
  public var gitCommit: String?
  public var gitDirty: Bool?
  public var host: String
  public var bootID: String?
  public var processID: Int
  /// The process's start in clock ticks since boot, which with boot id and process id names it for ever.
  public var processStart: UInt64?
  public var operatingSystem: String
  public var cpu: String
  public var cores: Int
  public var threads: Int
  public var kernels: String
  public var instructionSet: String
  public var blas: String
  public var blasCore: String
  /// SHA-256 by data file name.
  public var dataDigests: [String: String]
}

public struct NetworkRecord: Sendable, Hashable, Codable {
  /// `vgg11`, `alexnet`, `blocks`.
  public var arch: String
  public var ratio: Int
  /// `1x224x224`.
  public var input: String
  public var classes: Int
  public var parameters: Int
  public var multiplyAdds: Int
  public var activationFloats: Int
  /// PyTorch's `print(net)`.
  public var printed: String
  /// The walk over the direct children in the document's format.
  public var shapeWalk: String
  public var layers: [LayerRecord]
}

public struct LayerRecord: Sendable, Hashable, Codable {
  /// `2.0`.
  public var path: String
  /// From 0: which direct child of the outer Sequential it is or stands in.
  public var child: Int
  /// `Conv2d`.
  public var type: String
  /// The one-line text that PyTorch prints.
  public var printed: String
  /// `16x224x224`.
  public var outputShape: String
  public var parameters: Int
  public var multiplyAdds: Int
  public var activationFloats: Int
}

public struct MetricRecord: Sendable, Hashable, Codable {
  /// `step_loss`, `train_loss`, `test_accuracy`, …
  public var name: String
  public var step: Int
  public var epoch: Double
  public var value: Double

  public init(name: String, step: Int, epoch: Double, value: Double) {
    self.name = name
    self.step = step
    self.epoch = epoch
    self.value = value
  }
}

public struct EventRecord: Sendable, Hashable, Codable {
  public var at: String
  public var kind: String
  public var message: String
}

public struct ArtifactRecord: Sendable, Hashable, Codable {
  /// `initial`, `last`.
  public var name: String
  /// Relative to the run's folder.
  public var path: String
  public var bytes: Int
  public var digest: String
}

public struct EndRecord: Sendable, Hashable, Codable {
  public enum Outcome: String, Sendable, Hashable, Codable {
    case completed, failed
  }
  public var outcome: Outcome
  /// Why it failed.
  public var cause: String?
  public var at: String
  /// The training steps alone, the document's rate's denominator.
  public var trainingSeconds: Double
  /// The whole of this attempt.
  public var seconds: Double
  public var peakResidentBytes: Int
}
