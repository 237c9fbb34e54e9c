import GRDB
import Journals

/// A row that is read by the names of its columns. An index may come from anybody, so that a value of another kind is an error
/// and not the end of the program.
struct Fetched<Value: Decodable>: FetchableRecord, Decodable {
  let value: Value

  init(row: Row) throws {
    do { self = try FetchableRecordDecoder().decode(Self.self, from: row) } catch is any RowFault {
      throw StoreError.badIndexValue(row: "\(Value.self)")
    }
  }

  init(from decoder: any Decoder) throws { value = try Value(from: decoder) }

  /// All rows of a query. Throws ``StoreError`` for a row that cannot be read.
  static func all(
    _ database: Database, _ sql: String, _ arguments: StatementArguments = StatementArguments()
  ) throws -> [Value] {
    try fetchAll(database, sql: sql, arguments: arguments).map(\.value)
  }

  /// The first row of a query; nil without rows. Throws ``StoreError`` for a row that cannot be read.
  static func first(
    _ database: Database, _ sql: String, _ arguments: StatementArguments = StatementArguments()
  ) throws -> Value? {
    try fetchOne(database, sql: sql, arguments: arguments)?.value
  }
}

/// What GRDB and Swift throw for a row that is not what a record expects.
private protocol RowFault: Error {}
extension RowDecodingError: RowFault {}
extension DecodingError: RowFault {}

/// A row that is written by the names of its columns, in the place of an earlier one with the same key.
protocol IndexRecord: Codable, PersistableRecord {}

extension IndexRecord {
  static var persistenceConflictPolicy: PersistenceConflictPolicy { PersistenceConflictPolicy(insert: .replace) }
}

/// A row that is written where there is none with its key.
protocol SharedRecord: Codable, PersistableRecord {}

extension SharedRecord {
  static var persistenceConflictPolicy: PersistenceConflictPolicy { PersistenceConflictPolicy(insert: .ignore) }
}

/// The rows of the tables that are written one at a time, with the columns that the schema has, in Swift's spelling.
enum IndexRows {
  struct Network: SharedRecord {
    static let databaseTableName = "network"
    var digest, arch: String
    var ratio: Int
    var input: String
    var classes, parameters, multiplyAdds, activationFloats: Int
    var printed, shapeWalk: String

    enum CodingKeys: String, CodingKey {
      case digest, arch, ratio, input, classes, parameters, printed
      case multiplyAdds = "multiply_adds"
      case activationFloats = "activation_floats"
      case shapeWalk = "shape_walk"
    }
  }

  struct Layer: SharedRecord {
    static let databaseTableName = "layer"
    var network: String
    var position: Int
    var path: String
    var child: Int
    var type, printed, outputShape: String
    var parameters, multiplyAdds, activationFloats: Int

    enum CodingKeys: String, CodingKey {
      case network, position, path, child, type, printed, parameters
      case outputShape = "output_shape"
      case multiplyAdds = "multiply_adds"
      case activationFloats = "activation_floats"
    }
  }

  struct Environment: SharedRecord {
    static let databaseTableName = "environment"
    var digest, vgglabVersion, binaryDigest: String
    var gitCommit: String?
    var gitDirty: Bool?
    var host, operatingSystem, cpu: String
    var cores, threads: Int
    var kernels, instructionSet, blas, blasCore, dataDigests: String

    enum CodingKeys: String, CodingKey {
      case digest, host, cpu, cores, threads, kernels, blas
      case vgglabVersion = "vgglab_version"
      case binaryDigest = "binary_digest"
      case gitCommit = "git_commit"
      case gitDirty = "git_dirty"
      case operatingSystem = "operating_system"
      case instructionSet = "instruction_set"
      case blasCore = "blas_core"
      case dataDigests = "data_digests"
    }
  }

  struct Run: Codable, PersistableRecord {
    static let databaseTableName = "run"
    var id, experiment, trial, trialID: String
    var profile: String?
    var configuration, seed: String
    var epochs: Int
    var createdAt: String
    var sequence: Int
    var author: String?

    enum CodingKeys: String, CodingKey {
      case id, experiment, trial, profile, configuration, seed, epochs, sequence, author
      case trialID = "trial_id"
      case createdAt = "created_at"
    }
  }

  struct Reduction: IndexRecord {
    static let databaseTableName = "reduction"
    var run, key, fullValue, usedValue: String

    enum CodingKeys: String, CodingKey {
      case run, key
      case fullValue = "full_value"
      case usedValue = "used_value"
    }
  }

  struct Attempt: IndexRecord {
    static let databaseTableName = "attempt"
    var run: String
    var attempt: Int
    var startedAt, environment: String
    var bootID: String?
    var processID: Int
    var processStart: Int64?
    var resumedFrom: Int
    var differences: String?

    enum CodingKeys: String, CodingKey {
      case run, attempt, environment, differences
      case startedAt = "started_at"
      case bootID = "boot_id"
      case processID = "process_id"
      case processStart = "process_start"
      case resumedFrom = "resumed_from"
    }
  }

  struct Event: Codable, PersistableRecord {
    static let databaseTableName = "event"
    var run: String
    var attempt: Int
    var at, kind, message: String
  }

  struct Artifact: IndexRecord {
    static let databaseTableName = "artifact"
    var run, name, path: String
    var bytes: Int
    var digest: String
  }

  struct Prediction: IndexRecord {
    static let databaseTableName = "prediction"
    var run: String
    var examples: Int
    var correct: String
  }

  struct EpochTiming: IndexRecord {
    static let databaseTableName = "epoch_timing"
    var run: String
    var attempt, step: Int
    var epoch: Double
    var examples: Int
    var trainingSeconds, seconds, processorSeconds: Double
    var involuntarySwitches: Int
    var waitSeconds, otherProcessorSeconds, pressureSeconds: Double?

    enum CodingKeys: String, CodingKey {
      case run, attempt, step, epoch, examples, seconds
      case trainingSeconds = "training_seconds"
      case processorSeconds = "processor_seconds"
      case involuntarySwitches = "involuntary_switches"
      case waitSeconds = "wait_seconds"
      case otherProcessorSeconds = "other_processor_seconds"
      case pressureSeconds = "pressure_seconds"
    }
  }

  struct ClassName: IndexRecord {
    static let databaseTableName = "class"
    var run: String
    var label: Int
    var name: String
  }

  struct Confusion: IndexRecord {
    static let databaseTableName = "confusion"
    var run: String
    var label, predicted, images: Int
  }

  struct Calibration: IndexRecord {
    static let databaseTableName = "calibration"
    var run: String
    var bin, images, correct: Int
    var confidence: Double
  }

  struct Mistake: IndexRecord {
    static let databaseTableName = "mistake"
    var run: String
    var rank, image, label, predicted: Int
    var probability: Double
    var height, width: Int
    var pixels: String
  }

  struct FirstFilter: IndexRecord {
    static let databaseTableName = "first_filter"
    var run: String
    var position, channels, height, width: Int
    /// A JSON array.
    var weights: String
  }

  struct Checkpoint: IndexRecord {
    static let databaseTableName = "checkpoint"
    var run: String
    var attempt, step: Int
    var at, path: String
    var bytes: Int
    var digest: String
  }

  struct Forecast: IndexRecord {
    static let databaseTableName = "forecast"
    var run, at: String
    var steps: Int
    var seconds: Double?
    var memoryBytes, diskBytes: Int
    var basis: String?

    enum CodingKeys: String, CodingKey {
      case run, at, steps, seconds, basis
      case memoryBytes = "memory_bytes"
      case diskBytes = "disk_bytes"
    }
  }

  struct Tag: IndexRecord {
    static let databaseTableName = "tag"
    var run, name, at: String
  }

  struct Note: IndexRecord {
    static let databaseTableName = "note"
    var run: String
    var position: Int
    var at, text: String
  }

  struct Removal: IndexRecord {
    static let databaseTableName = "removal"
    var run, at: String
  }

  /// How far a run's files were read.
  struct Progress: IndexRecord {
    static let databaseTableName = "journal"
    var run: String
    var offset: Int
    var annotationOffset: Int

    enum CodingKeys: String, CodingKey {
      case run, offset
      case annotationOffset = "annotation_offset"
    }
  }

  /// The last value of a metric.
  struct FinalMetric: Codable, FetchableRecord {
    var name: String
    /// nil for what is not a number.
    var value: Double?
  }
}
