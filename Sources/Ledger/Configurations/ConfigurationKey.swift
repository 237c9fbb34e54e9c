import Networks
import Text

/// A key of a configuration: all that the program knows of it.
///
/// What reads files and lays levels over each other, the canonical text, "which field changed", the columns of
/// `run_summary`, the fields of `list --filter`, the JSON schema and the table in the documentation are made from these.
public struct ConfigurationKey: Sendable {
  /// What may be written for it.
  public enum Kind: Sendable, Hashable {
    case whole(ClosedRange<Int>)
    /// From 0 to 2⁶⁴ − 1.
    case unsigned
    case number(NumberRange)
    case truth
    /// A folder's name.
    case path
    /// One of several words; `what` names the thing in sentences.
    case choice(what: String, words: [String])
    /// VGG blocks: `[[convolutions, channels], …]`.
    case blocks
    /// A mapping of other keys whose presence alone says something.
    case group
  }

  /// Whether the key is in the canonical text, which the trial's id is made of.
  public enum Canonical: Sendable, Hashable {
    case always
    /// Where it is not the default: so have all keys that were added after the first version, so that ids stay.
    case unlessDefault
    /// Where any key of its section is not the default.
    case unlessSectionDefault
    case never
  }

  /// A column of `run_summary`.
  public struct Column: Sendable, Hashable {
    /// Its name in SQL.
    public var name: String
    /// Where the value comes from if not from the configuration's text: `r` is the run, `n` its network.
    public var sql: String?

    /// A column of the configuration's text, or of an expression.
    public init(_ name: String, sql: String? = nil) {
      self.name = name
      self.sql = sql
    }
  }

  /// How many blocks a network may have, convolutions each of them, and channels.
  public static let blockCounts = 1...16
  public static let blockConvolutions = 1...64
  public static let blockChannels = 1...65_536

  /// Dotted, as `--set` takes it: `training.learning_rate`.
  public let name: String
  /// Other names in files and for `--set`.
  public let aliases: [String]
  /// What may be written for it.
  public let kind: Kind
  /// One sentence.
  public let help: String
  /// What people read where there is no value (`all`); nil for a key that always has one.
  public let absent: String?
  /// Whether a level may take back a value that an earlier one has set.
  public let isOptional: Bool
  /// Whether the canonical text has it.
  public let canonical: Canonical
  /// nil for a key without a column.
  public let column: Column?
  /// A key of the same section that cannot be written beside it.
  public let excludes: String?
  /// Whether files and `--set` may have it; others are derived.
  public let isWritable: Bool
  /// Whether `sweep` may have it.
  public let isSweepable: Bool
  /// The value in a configuration; nil where it has none.
  public let get: @Sendable (TrialConfiguration) -> ConfigurationValue?
  /// Puts a value into a configuration; nil takes it out.
  public let set: @Sendable (inout TrialConfiguration, ConfigurationValue?) -> Void

  init(
    _ name: String, aliases: [String] = [], _ kind: Kind, absent: String? = nil, isOptional: Bool? = nil,
    canonical: Canonical = .unlessDefault, column: Column?, excludes: String? = nil, isWritable: Bool = true,
    isSweepable: Bool = true, help: String,
    get: @escaping @Sendable (TrialConfiguration) -> ConfigurationValue?,
    set: @escaping @Sendable (inout TrialConfiguration, ConfigurationValue?) -> Void
  ) {
    self.name = name
    self.aliases = aliases
    self.kind = kind
    self.help = help
    self.absent = absent
    self.isOptional = isOptional ?? (absent != nil)
    self.canonical = canonical
    self.column = column
    self.excludes = excludes
    self.isWritable = isWritable
    self.isSweepable = isSweepable && isWritable
    self.get = get
    self.set = set
  }

  /// Its value in a configuration that says nothing.
  public var defaultValue: ConfigurationValue? { self.get(TrialConfiguration()) }

  /// The section that it is in: `training`.
  public var section: String { String(name.prefix { $0 != "." }) }

  /// Its last component: `learning_rate`.
  public var shortName: String { name.split(separator: ".").last.map(String.init) ?? name }

  /// The value in a configuration as people read it.
  public func text(_ configuration: TrialConfiguration) -> String {
    self.get(configuration)?.description ?? absent ?? "none"
  }
}

/// Bounds of a number, which may or may not be reached.
public struct NumberRange: Sendable, Hashable {
  /// The lower bound.
  public var lower: Double
  /// The upper bound.
  public var upper: Double
  /// Whether the lower bound itself is out.
  public var excludesLower: Bool
  /// Whether the upper bound itself is out.
  public var excludesUpper: Bool

  /// From `lower` to `upper`.
  public init(_ lower: Double, _ upper: Double, excludesLower: Bool = false, excludesUpper: Bool = false) {
    self.lower = lower
    self.upper = upper
    self.excludesLower = excludesLower
    self.excludesUpper = excludesUpper
  }

  /// Whether a number is inside.
  public func contains(_ value: Double) -> Bool {
    // What is zero as a Float is zero to the trainer.
    (excludesLower ? Float(value) > Float(lower) : value >= lower) && (excludesUpper ? value < upper : value <= upper)
  }

  /// In words: `above 0 and at most 1000`.
  public var demand: String {
    "\(excludesLower ? "above" : "at least") \(short(lower)) and \(excludesUpper ? "below" : "at most") \(short(upper))"
  }

  private func short(_ value: Double) -> String { value == value.rounded() ? "\(Int(value))" : "\(value)" }
}

// MARK: A key by its property

extension ConfigurationKey {
  /// A whole number.
  public static func whole(
    _ name: String, _ path: any WritableKeyPath<TrialConfiguration, Int> & Sendable, _ range: ClosedRange<Int>,
    aliases: [String] = [], canonical: Canonical = .unlessDefault, column: Column?, help: String
  ) -> ConfigurationKey {
    ConfigurationKey(
      name, aliases: aliases, .whole(range), canonical: canonical, column: column, help: help,
      get: { .whole($0[keyPath: path]) },
      set: { if case .whole(let value)? = $1 { $0[keyPath: path] = value } })
  }

  /// A whole number that may be left out.
  public static func whole(
    _ name: String, _ path: any WritableKeyPath<TrialConfiguration, Int?> & Sendable, _ range: ClosedRange<Int>,
    absent: String, canonical: Canonical = .unlessDefault, column: Column?, help: String
  ) -> ConfigurationKey {
    ConfigurationKey(
      name, .whole(range), absent: absent, canonical: canonical, column: column, help: help,
      get: { $0[keyPath: path].map { .whole($0) } },
      set: { if case .whole(let value)? = $1 { $0[keyPath: path] = value } else { $0[keyPath: path] = nil } })
  }

  /// A number.
  public static func number(
    _ name: String, _ path: any WritableKeyPath<TrialConfiguration, Double> & Sendable, _ range: NumberRange,
    canonical: Canonical = .unlessDefault, column: Column?, help: String
  ) -> ConfigurationKey {
    ConfigurationKey(
      name, .number(range), canonical: canonical, column: column, help: help,
      get: { .number($0[keyPath: path]) },
      set: { if case .number(let value)? = $1 { $0[keyPath: path] = value } })
  }

  /// True or false.
  public static func truth(
    _ name: String, _ path: any WritableKeyPath<TrialConfiguration, Bool> & Sendable,
    canonical: Canonical = .unlessDefault, column: Column?, help: String
  ) -> ConfigurationKey {
    ConfigurationKey(
      name, .truth, canonical: canonical, column: column, help: help,
      get: { .truth($0[keyPath: path]) },
      set: { if case .truth(let value)? = $1 { $0[keyPath: path] = value } })
  }

  /// One of several words, which a property has as it is.
  public static func choice(
    _ name: String, _ path: any WritableKeyPath<TrialConfiguration, String> & Sendable, what: String, _ words: [String],
    canonical: Canonical = .unlessDefault, column: Column?, help: String
  ) -> ConfigurationKey {
    ConfigurationKey(
      name, .choice(what: what, words: words), canonical: canonical, column: column, help: help,
      get: { .text($0[keyPath: path]) },
      set: { if case .text(let value)? = $1 { $0[keyPath: path] = value } })
  }

  /// A number without a property of its own; it is kept in ``TrialConfiguration/others``.
  public static func other(
    _ name: String, _ range: NumberRange, default value: Double, column: Column?, help: String
  ) -> ConfigurationKey {
    ConfigurationKey(
      name, .number(range), column: column, help: help,
      get: { $0.others[name] ?? .number(value) },
      set: { $0.others[name] = $1 })
  }
}
