import Configurations
import Digests
import ExactJSON
import Files
import Networks
import PositionedYAML
import Text

/// An experiment file as it was written: levels that are still to be laid over each other.
struct ExperimentFile {
  struct Profile {
    var overlay = Level()
    /// What it says of single trials, by their names.
    var trials: [String: Level] = [:]
    /// Its own sweep, in place of the file's.
    var sweep: [(key: String, values: [YAMLNode])]?
    /// The trials that it has, by their names; nil for all.
    var only: Set<String>?
  }

  /// A trial at one combination of swept values.
  struct Point {
    var name: String
    /// The trial's name without swept values.
    var base: String
    var trial: Level
    var sweep: Level
    var priority: Int
    var after: [String]
    var line: Int
    var column: Int
  }

  private struct NamedTrial {
    var name: String
    var overlay: Level
    var priority = 0
    var after: [(name: String, node: YAMLNode)] = []
    var line: Int
    var column: Int
  }

  private(set) var name = ""
  private(set) var question = ""
  private(set) var top = Level()
  private(set) var cluster = ClusterSettings()
  private var trials: [NamedTrial] = []
  private var sweep: [(key: String, values: [YAMLNode])] = []
  private(set) var profiles: [String: Profile] = [:]

  /// A sweep may make so many trials of a file.
  static let trialLimit = 10_000

  private let table: ConfigurationTable

  init(_ reader: YAMLReader, _ table: ConfigurationTable) {
    self.table = table
    let root = reader.document.root
    let keys = ["schema", "experiment", "question"] + table.sections + ["trials", "sweep", "profiles", "cluster"]
    guard let entries = reader.mapping(root, "an experiment", known: keys) else { return }
    if let schema = entries["schema"] {
      if let version = reader.integer(schema.value, "schema", 1...Int.max), version > 1 {
        reader.report(schema.value, "schema \(version) is of a newer vgglab; this one reads schema 1")
      }
    } else {
      reader.report(root, "the key \"schema\" is missing; write schema: 1")
    }
    if let entry = entries["experiment"] {
      name = readName(entry.value, "the experiment's name", reader) ?? ""
    } else {
      reader.report(root, "the key \"experiment\" is missing; write the experiment's name")
    }
    if let entry = entries["question"] { question = reader.string(entry.value, "question") ?? "" }
    if question.unicodeScalars.count > 2000 {
      reader.report(entries["question"]!.value, "question is longer than 2000 characters")
    }
    top = Level(entries, table, reader)
    if let entry = entries["trials"] { readTrials(entry.value, reader) }
    if entries["trials"] == nil, let entry = entries["experiment"] {
      trials = [NamedTrial(name: name, overlay: Level(), line: entry.value.line, column: entry.value.column)]
    }
    if let entry = entries["sweep"] { sweep = readSweep(entry.value, reader) }
    if let entry = entries["profiles"] { readProfiles(entry.value, reader) }
    if let entry = entries["cluster"] { cluster = ClusterSettings(entry.value, reader) }
  }

  /// A name that is allowed in file names, pages and commands.
  private func readName(_ node: YAMLNode, _ what: String, _ reader: YAMLReader) -> String? {
    guard let text = reader.string(node, what) else { return nil }
    guard ExperimentName.isValid(text) else {
      reader.report(node, "\(what) is \(node.shown); \(ExperimentName.rule)")
      return nil
    }
    return text
  }

  private mutating func readTrials(_ node: YAMLNode, _ reader: YAMLReader) {
    guard let items = reader.sequence(node, "trials") else { return }
    if items.isEmpty { reader.report(node, "trials is an empty list; write at least one, or leave the key out") }
    if items.count > Self.trialLimit {
      reader.report(node, "trials has \(items.count) entries; at most \(Self.trialLimit) are read")
      return
    }
    var seen: [String: Int] = [:]
    for item in items {
      guard let entries = reader.mapping(item, "a trial", known: ["name"] + table.sections + ["priority", "after"])
      else { continue }
      let overlay = Level(entries, table, reader)
      let priority = entries["priority"].flatMap { reader.integer($0.value, "a trial's priority", -1000...1000) }
      let after = entries["after"].map { readAfter($0.value, reader) }
      guard let entry = entries["name"] else {
        reader.report(item, "a trial's key \"name\" is missing")
        continue
      }
      guard let name = readName(entry.value, "a trial's name", reader) else { continue }
      if let line = seen[name] {
        reader.report(entry.value, "the trial's name \"\(name)\" is doubled: line \(line) has it already")
        continue
      }
      seen[name] = entry.value.line
      trials.append(
        NamedTrial(
          name: name, overlay: overlay, priority: priority ?? 0, after: after ?? [], line: item.line,
          column: item.column))
    }
    checkOrder(reader)
  }

  private func readAfter(_ node: YAMLNode, _ reader: YAMLReader) -> [(name: String, node: YAMLNode)] {
    (reader.sequence(node, "a trial's after") ?? []).compactMap { item in
      reader.string(item, "a name in after").map { ($0, item) }
    }
  }

  /// Reports names in `after` that no trial has, and trials that would wait for each other for ever.
  private func checkOrder(_ reader: YAMLReader) {
    let places = Dictionary(uniqueKeysWithValues: trials.enumerated().map { ($1.name, $0) })
    // For each trial: not looked at, on the way that is followed, done.
    var marks = [Int](repeating: 0, count: trials.count)
    for start in trials.indices where marks[start] == 0 {
      // A way through the trials with how many of each one's `after` were followed: a list, for it may be long.
      var way = [(trial: start, next: 0)]
      marks[start] = 1
      while let (trial, next) = way.last {
        guard next < trials[trial].after.count else {
          marks[trial] = 2
          way.removeLast()
          continue
        }
        way[way.count - 1].next += 1
        let (name, node) = trials[trial].after[next]
        guard let other = places[name] else {
          let remedy = nearest(to: name, among: trials.map(\.name)).map { "; did you mean \"\($0)\"?" } ?? ""
          reader.report(node, "after names \"\(shortened(name))\", and there is no such trial\(remedy)")
          continue
        }
        if marks[other] == 1 {
          let names = way.drop { $0.trial != other }.map { trials[$0.trial].name } + [name]
          reader.report(
            node, "after makes these trials wait for each other: \(names.joined(separator: " after "))")
        } else if marks[other] == 0 {
          marks[other] = 1
          way.append((other, 0))
        }
      }
    }
  }

  private func readSweep(_ node: YAMLNode, _ reader: YAMLReader) -> [(key: String, values: [YAMLNode])] {
    guard let entries = reader.mapping(node, "sweep", known: table.sweepableNames) else { return [] }
    var result: [(key: String, values: [YAMLNode])] = []
    var seen: [String: String] = [:]
    for entry in entries.values.sorted(by: { ($0.line, $0.column) < ($1.line, $1.column) }) {
      guard let values = reader.sequence(entry.value, "sweep's \(entry.key)") else { continue }
      if let key = table[entry.key] {
        // One of the two would win, and the trials' names would have values that they do not use.
        if let other = seen[key.name] ?? key.excludes.flatMap({ seen[$0] }) {
          reader.report(
            line: entry.line, column: entry.column, "sweep has both \(other) and \(entry.key); write one of them")
          continue
        }
        seen[key.name] = entry.key
      }
      if values.isEmpty {
        reader.report(entry.value, "sweep's \(entry.key) is an empty list; write at least one value")
      }
      // Each value is read once here so that all that is wrong is reported, whatever profile is chosen.
      for value in values.prefix(Self.trialLimit) { _ = Level(dotted: entry.key, value, table, reader) }
      result.append((entry.key, values))
    }
    return result
  }

  private mutating func readProfiles(_ node: YAMLNode, _ reader: YAMLReader) {
    guard case .mapping(let entries) = node.content else {
      reader.report(node, "profiles is \(node.kind); a mapping from names to profiles was expected")
      return
    }
    for entry in entries {
      let key = YAMLNode(content: .scalar(entry.key, plain: true), line: entry.line, column: entry.column)
      guard let name = readName(key, "a profile's name", reader),
        let parts = reader.mapping(
          entry.value, "the profile \(entry.key)", known: table.sections + ["only", "trials", "sweep"])
      else { continue }
      var profile = Profile(overlay: Level(parts, table, reader))
      if let own = parts["only"] { profile.only = readOnly(own.value, reader) }
      if let own = parts["sweep"] { profile.sweep = readSweep(own.value, reader) }
      for (swept, values) in profile.sweep ?? []
      where table[swept].map({ profile.overlay.values[$0.name] != nil }) == true {
        reader.report(values[0], "the profile \(name) both sets and sweeps \(swept); leave one of them out")
      }
      if let own = parts["trials"], let items = reader.sequence(own.value, "the profile's trials") {
        for item in items {
          guard let fields = reader.mapping(item, "a profile's trial", known: ["name"] + table.sections) else {
            continue
          }
          let overlay = Level(fields, table, reader)
          guard let name = fields["name"].flatMap({ reader.string($0.value, "a trial's name") }) else {
            reader.report(item, "the key \"name\" is missing; it says which trial is meant")
            continue
          }
          guard isTrial(name, at: fields["name"]!.value, reader) else { continue }
          profile.trials[name] = overlay
        }
      }
      profiles[name] = profile
    }
  }

  private func isTrial(_ name: String, at node: YAMLNode, _ reader: YAMLReader) -> Bool {
    if trials.contains(where: { $0.name == name }) { return true }
    let remedy = nearest(to: name, among: trials.map(\.name)).map { "; did you mean \"\($0)\"?" } ?? ""
    reader.report(node, "there is no trial \"\(shortened(name))\"\(remedy)")
    return false
  }

  /// The names of the trials that a profile has; those behind others that it leaves out do not wait for them.
  private func readOnly(_ node: YAMLNode, _ reader: YAMLReader) -> Set<String>? {
    guard let items = reader.sequence(node, "the profile's only") else { return nil }
    if items.isEmpty { reader.report(node, "the profile's only is an empty list; name at least one trial") }
    var names: Set<String> = []
    for item in items {
      guard let name = reader.string(item, "a name in only"), isTrial(name, at: item, reader) else { continue }
      names.insert(name)
    }
    return names
  }

  /// Every trial at every combination of the swept values, in the order of the file. What the profile or `settings` say of a
  /// swept key takes the sweep's place: a trial's name has only values that it uses.
  func points(_ profile: Profile?, settings: Level, _ reader: YAMLReader) -> [Point] {
    var points: [Point] = []
    var seen: Set<String> = []
    for trial in trials where profile?.only?.contains(trial.name) ?? true {
      let later = [profile?.overlay, profile?.trials[trial.name], settings].compactMap(\.self)
      let swept = (profile?.sweep ?? sweep).filter { key, _ in
        guard let known = table[key] else { return true }
        return !later.contains { level in
          level.values[known.name] != nil || known.excludes.map { level.values[$0] != nil } ?? false
        }
      }
      guard let combinations = combinations(of: swept, besides: points.count, reader) else { return [] }
      for combination in combinations {
        let name = trial.name + combination.suffix
        if !seen.insert(name).inserted {
          reader.report(line: trial.line, column: trial.column, "the sweep makes two trials of the name \"\(name)\"")
        }
        points.append(
          Point(
            name: name, base: trial.name, trial: trial.overlay, sweep: combination.overlay,
            priority: trial.priority, after: trial.after.map(\.name), line: trial.line, column: trial.column))
      }
    }
    return points
  }

  /// Every combination of swept values; nil where there are too many with the trials that there are.
  private func combinations(
    of sweep: [(key: String, values: [YAMLNode])], besides others: Int, _ reader: YAMLReader
  ) -> [(suffix: String, overlay: Level)]? {
    var combinations: [(suffix: String, overlay: Level)] = [("", Level())]
    for (key, values) in sweep {
      guard others + combinations.count * values.count <= Self.trialLimit else {
        reader.report(values[0], "the sweep makes more than \(Self.trialLimit) trials")
        return nil
      }
      // Equal values are one point, however they are written.
      var seen: Set<ConfigurationValue?> = []
      let levels = values.map { (text: suffix($0), level: Level(dotted: key, $0, table, reader)) }.filter { _, level in
        guard let value = table[key].flatMap({ level.values[$0.name] }) else { return true }
        return seen.insert(value.value).inserted
      }
      let short = key.split(separator: ".").last.map(String.init) ?? key
      combinations = combinations.flatMap { combination in
        levels.map { text, level in
          ("\(combination.suffix) \(short)=\(text)", combination.overlay.overlaid(by: level, table))
        }
      }
    }
    return combinations
  }

  /// A swept value in a trial's name.
  private func suffix(_ node: YAMLNode) -> String {
    switch node.content {
    case .scalar(let text, _): text
    case .sequence(let items): items.map(suffix).joined(separator: "-")
    case .mapping: "?"
    }
  }
}
