import ExactJSON
import Files
import Foundation
import PositionedYAML
import Text

/// Where trials are worked on, and what is asked of a cluster for each: the block `cluster` of an experiment file or of the
/// user's configuration file, or options. No part of a trial's identity.
public struct ClusterSettings: Sendable, Hashable {
  /// Where trials are worked on.
  public enum Executor: String, Sendable, Hashable, CaseIterable {
    /// By processes of this machine.
    case local
    /// By jobs of Slurm.
    case slurm
  }

  public var executor: Executor?
  public var partition: String?
  public var account: String?
  public var qos: String?
  public var constraint: String?
  public var reservation: String?
  /// The time limit of a job, in minutes; nil for the partition's.
  public var minutes: Int?
  /// Processor cores of a job, which are the threads of a training; nil for one.
  public var cpusPerTask: Int?
  /// Memory of a job; nil for what the trial is forecast to take, and a quarter more.
  public var memoryBytes: Int?
  /// Seconds before the time limit at which a job is asked to stop and to go on later; nil for two minutes.
  public var signalSeconds: Int?
  /// Further options of sbatch, such as `--nice=100`: from the command line or the user's own file alone.
  public var options: [String] = []

  /// Settings that say nothing.
  public init() {}

  /// These settings, where `later` says nothing else.
  public func overlaid(by later: ClusterSettings) -> ClusterSettings {
    var result = later
    for key in Self.keys { key.inherit(self, &result) }
    result.options = options + later.options
    return result
  }

  /// The keys of the block, in the order of the documentation.
  public static var keyNames: [String] { keys.map(\.name) }

  // MARK: Values

  /// A name as Slurm has them: nothing in it is a blank, a quote, or the beginning of an option.
  public static func isName(_ text: String) -> Bool {
    (1...200).contains(text.utf8.count) && text.utf8.first != UInt8(ascii: "-")
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: Array("_.,:@+=-&|*()[]".utf8).contains(byte)
        }
      }
  }

  /// A further option of sbatch; none that vgglab itself needs to set.
  public static func isOption(_ text: String) -> Bool {
    let name = text.prefix { $0 != "=" }
    return text.hasPrefix("--") && name.count > 2 && text.utf8.count <= 1000
      && text.utf8.allSatisfy { (33...126).contains($0) && !#""'\`$#"#.utf8.contains($0) }
      && !ownOptions.contains(String(name))
  }

  private static let ownOptions: Set<String> = [
    "--array", "--output", "--error", "--input", "--job-name", "--parsable", "--requeue", "--no-requeue", "--signal",
    "--open-mode", "--wrap", "--chdir", "--test-only", "--wait", "--ntasks", "--nodes",
  ]

  /// Minutes: a whole number of them, or a time such as `90m` or `2h`, rounded up.
  public static func minutes(_ text: String) -> Int? {
    let minutes = Int(text) ?? Quantity.parseSeconds(text).map { $0 < 1e9 ? Int(($0 / 60).rounded(.up)) : 0 }
    return minutes.flatMap { (1...1_000_000).contains($0) ? $0 : nil }
  }

  // MARK: Keys

  private struct Key {
    var name: String
    var help: String
    var schema: [JSONValue.Member]
    var read: (YAMLNode, YAMLReader, inout ClusterSettings) -> Void
    var inherit: (ClusterSettings, inout ClusterSettings) -> Void
  }

  private static func named(
    _ name: String, _ path: WritableKeyPath<ClusterSettings, String?>, _ help: String
  ) -> Key {
    Key(
      name: name, help: help, schema: [.init("type", .text("string"))],
      read: { node, reader, settings in
        guard let text = reader.string(node, "cluster.\(name)") else { return }
        guard isName(text) else {
          return reader.report(node, "cluster.\(name) is \(node.shown); a name of Slurm's was expected, without blanks")
        }
        settings[keyPath: path] = text
      }, inherit: { $1[keyPath: path] = $1[keyPath: path] ?? $0[keyPath: path] })
  }

  private static func whole(
    _ name: String, _ path: WritableKeyPath<ClusterSettings, Int?>, _ range: ClosedRange<Int>, _ help: String
  ) -> Key {
    Key(
      name: name, help: help,
      schema: [
        .init("type", .text("integer")), .init("minimum", .integer(Int64(range.lowerBound))),
        .init("maximum", .integer(Int64(range.upperBound))),
      ],
      read: { node, reader, settings in
        if let value = reader.integer(node, "cluster.\(name)", range) { settings[keyPath: path] = value }
      }, inherit: { $1[keyPath: path] = $1[keyPath: path] ?? $0[keyPath: path] })
  }

  private static func quantity(
    _ name: String, _ path: WritableKeyPath<ClusterSettings, Int?>, _ help: String, isNumber: Bool, _ demand: String,
    _ parse: @escaping (String) -> Int?
  ) -> Key {
    Key(
      name: name, help: help,
      schema: [.init("type", isNumber ? .array([.text("integer"), .text("string")]) : .text("string"))],
      read: { node, reader, settings in
        guard let text = reader.string(node, "cluster.\(name)") else { return }
        guard let value = parse(text) else {
          return reader.report(node, "cluster.\(name) is \(node.shown); \(demand)")
        }
        settings[keyPath: path] = value
      }, inherit: { $1[keyPath: path] = $1[keyPath: path] ?? $0[keyPath: path] })
  }

  private static var keys: [Key] {
    [
      Key(
        name: "executor", help: "Where trials run; --executor overrides it.",
        schema: [.init("enum", .array(Executor.allCases.map { .text($0.rawValue) }))],
        read: { node, reader, settings in
          let words = Executor.allCases.map(\.rawValue)
          settings.executor = reader.choice(node, "cluster.executor", words).flatMap { Executor(rawValue: $0) }
        }, inherit: { $1.executor = $1.executor ?? $0.executor }),
      named("partition", \.partition, "The partition of the jobs."),
      named("account", \.account, "The account that the jobs are charged to."),
      named("qos", \.qos, "The quality of service of the jobs."),
      named("constraint", \.constraint, "Features that the nodes must have."),
      named("reservation", \.reservation, "The reservation that the jobs use."),
      quantity(
        "time", \.minutes, "The time limit of a job: minutes, or a time such as 2h.", isNumber: true,
        "write minutes, or a time such as 90m or 2h", minutes),
      whole("cpus_per_task", \.cpusPerTask, 1...4096, "Cores of a job, and threads of its training."),
      quantity(
        "memory", \.memoryBytes, "Memory of a job, such as 4GB; by default the forecast and a quarter more.",
        isNumber: false, "write a size such as 4GB", Quantity.parseBytes),
      whole(
        "signal_seconds", \.signalSeconds, 1...3600,
        "Seconds before the time limit at which a job saves a checkpoint and queues again."),
    ]
  }

  /// Reads a block; what is wrong with it is reported.
  init(_ node: YAMLNode, _ reader: YAMLReader, allowsOptions: Bool = false) {
    let known = Self.keyNames + (allowsOptions ? ["options"] : [])
    guard let entries = reader.mapping(node, "cluster", known: known) else { return }
    for key in Self.keys {
      guard let entry = entries[key.name], !entry.value.isNull else { continue }
      key.read(entry.value, reader, &self)
    }
    guard let entry = entries["options"] else { return }
    for item in reader.sequence(entry.value, "cluster.options") ?? [] {
      guard let text = reader.string(item, "an option of sbatch") else { continue }
      guard Self.isOption(text) else {
        reader.report(item, "\(item.shown) is no option that can be added; write one such as --nice=100")
        continue
      }
      options.append(text)
    }
  }

  /// The block's JSON schema.
  static var schema: JSONValue {
    .object([
      JSONValue.Member("description", .text("What each trial requests from a cluster; not part of its identity.")),
      JSONValue.Member("type", .text("object")), JSONValue.Member("additionalProperties", .bool(false)),
      JSONValue.Member(
        "properties",
        .object(keys.map { .init($0.name, .object($0.schema + [.init("description", .text($0.help))])) })),
    ])
  }

  /// The table of the keys in the documentation, in Markdown.
  public static var keyTable: String {
    let rows = keys.map { "| `\($0.name)` | \($0.help) |" }
    return (["| key | meaning |", "|---|---|"] + rows).joined(separator: "\n") + "\n"
  }
}

/// The user's configuration file, `~/.config/vgglab/config.yaml` (or below `XDG_CONFIG_HOME`).
public enum UserConfiguration {
  /// Where it is; nil without a home folder.
  public static func path(environment: [String: String]) -> String? {
    if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") { return "\(folder)/vgglab/config.yaml" }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return "\(home)/.config/vgglab/config.yaml"
  }

  /// What it says of clusters; nothing where it is not there. Throws ``ExperimentError``.
  public static func cluster(environment: [String: String]) throws(ExperimentError) -> ClusterSettings {
    guard let path = path(environment: environment) else { return ClusterSettings() }
    let text: String
    do { text = try readText(path, limit: YAMLLimit.bytes) } catch {
      if case .missing = error { return ClusterSettings() }
      throw .file(error)
    }
    // A file of comments alone says nothing.
    let isBlank = text.split(whereSeparator: \.isNewline).allSatisfy { line in
      let start = line.first { !$0.isWhitespace }
      return start == nil || start == "#"
    }
    guard !isBlank else { return ClusterSettings() }
    do {
      let reader = YAMLReader(try parseYAML(text, file: path))
      var settings = ClusterSettings()
      if !reader.document.root.isNull,
        let entries = reader.mapping(reader.document.root, "the configuration", known: ["cluster"]),
        let entry = entries["cluster"], !entry.value.isNull
      {
        settings = ClusterSettings(entry.value, reader, allowsOptions: true)
      }
      try reader.finish()
      return settings
    } catch { throw .problems(error) }
  }
}
