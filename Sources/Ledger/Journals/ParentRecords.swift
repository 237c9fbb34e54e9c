/// How a worker ended that left no end of its run behind.
public struct ExitRecord: Sendable, Hashable, Codable {
  /// The attempt that it was; 0 if it had not come to begin one.
  public var attempt: Int
  public var at: String
  /// Its exit code; nil where a signal killed it.
  public var code: Int?
  public var signal: Int?
  /// Why, as far as it is known.
  public var cause: String?

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
  public var at: String
  public var steps: Int
  /// nil where nothing was known to forecast it from.
  public var seconds: Double?
  public var memoryBytes: Int
  public var diskBytes: Int
  /// What the seconds come from: `history`, `measured`; nil without them.
  public var basis: String?

  public init(at: String, steps: Int, seconds: Double?, memoryBytes: Int, diskBytes: Int, basis: String?) {
    self.at = at
    self.steps = steps
    self.seconds = seconds
    self.memoryBytes = memoryBytes
    self.diskBytes = diskBytes
    self.basis = basis
  }
}
