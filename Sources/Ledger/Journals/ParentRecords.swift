/// How a worker ended that left no end of its run behind.
public struct ExitRecord: Sendable, Hashable, Codable {
  /// The attempt that it was; 0 if it had not come to begin one.
  public var attempt: Int
  /// ISO 8601 in UTC.
  public var at: String
  /// Its exit code; nil where a signal killed it.
  public var code: Int?
  /// The signal that killed it; nil where none did.
  public var signal: Int?
  /// Why, as far as it is known.
  public var cause: String?

  /// An end as the process's parent saw it.
  public init(attempt: Int, at: String, code: Int? = nil, signal: Int? = nil, cause: String? = nil) {
    self.attempt = attempt
    self.at = at
    self.code = code
    self.signal = signal
    self.cause = cause
  }
}

/// What a run was expected to cost.
public struct ForecastRecord: Sendable, Hashable, Codable {
  /// ISO 8601 in UTC.
  public var at: String
  /// Training steps of the whole run.
  public var steps: Int
  /// nil where nothing was known to forecast it from.
  public var seconds: Double?
  /// Peak resident memory.
  public var memoryBytes: Int
  /// Bytes of its folder.
  public var diskBytes: Int
  /// What the seconds come from: `history`, `measured`; nil without them.
  public var basis: String?

  /// A forecast as it was made.
  public init(at: String, steps: Int, seconds: Double?, memoryBytes: Int, diskBytes: Int, basis: String?) {
    self.at = at
    self.steps = steps
    self.seconds = seconds
    self.memoryBytes = memoryBytes
    self.diskBytes = diskBytes
    self.basis = basis
  }
}
