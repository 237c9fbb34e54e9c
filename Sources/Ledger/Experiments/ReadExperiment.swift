public import Configurations
import ExactJSON
import Files
import Networks
import PositionedYAML
import Text

/// Reads an experiment file under a profile, overrides (`training.epochs=2`) and a choice of trials.
///
/// Later levels win: defaults, the file's top level, the trial, the sweep's point, the profile, the overrides. Each
/// trial's network is built once to see that it can be. A relative `dataset.path` in the file is taken from the file's
/// folder. Throws ``ExperimentError`` with all that is wrong at once.
public func readExperiment(
  file: String, profile: String? = nil, overrides: [String] = [], only: [String] = [],
  table: ConfigurationTable = .standard
) throws(ExperimentError) -> Experiment {
  // What is wrong with the options is reported behind what is wrong in the file.
  let (settings, faults) = readOverrides(overrides, table)
  func all(_ error: ExperimentError) -> ExperimentError { faults.isEmpty ? error : .several([error] + faults) }
  let text: String
  do { text = try readText(file, limit: YAMLLimit.bytes) } catch { throw all(.file(error)) }
  let reader: YAMLReader
  do { reader = YAMLReader(try parseYAML(text, file: file)) } catch { throw all(.problems(error)) }
  let source = ExperimentFile(reader, table)
  // The file's own profiles and trials may be misread because of an error in it.
  do { try reader.finish() } catch { throw all(.problems(error)) }
  var chosen: ExperimentFile.Profile?
  if let profile {
    chosen = source.profiles[profile]
    guard chosen != nil else {
      throw all(.unknownProfile(profile, file: file, known: source.profiles.keys.sorted()))
    }
  }
  var problems = PlacedProblems(file: file, text: text)
  var trials: [Trial] = []
  let points = source.points(chosen, settings: settings, reader)
  for point in points {
    let full = source.top.overlaid(by: point.trial, table).overlaid(by: point.sweep, table)
    var used = full
    if let chosen {
      used = used.overlaid(by: chosen.overlay, table)
      if let own = chosen.trials[point.base] { used = used.overlaid(by: own, table) }
    }
    used = used.overlaid(by: settings, table)
    let places = used.values.mapValues { ValuePlace(line: $0.line, column: $0.column, option: $0.option) }
    var configuration = used.configuration(table)
    check(configuration, places, ValuePlace(line: point.line, column: point.column), &problems)
    configuration.dataset.path = resolved(configuration.dataset.path, places["dataset.path"], file: file)
    let reductions = zip(table.facts(full.configuration(table)), table.facts(configuration)).compactMap {
      $0.value == $1.value ? nil : Reduction(key: $1.key, full: $0.value, used: $1.value)
    }
    trials.append(
      Trial(
        name: point.name, experiment: source.name, question: source.question, profile: profile,
        configuration: configuration, reductions: reductions, priority: point.priority, after: point.after,
        places: places))
  }
  do { try reader.finish() } catch { throw all(.problems(error)) }
  do { try problems.finish() } catch { throw all(error) }
  if !only.isEmpty {
    let bases = Set(points.map(\.base))
    for name in only where !trials.contains(where: { $0.name == name }) && !bases.contains(name) {
      throw all(.unknownTrial(name, file: file, known: trials.map(\.name)))
    }
    trials = trials.filter { trial in only.contains { trial.isNamed($0) } }
  }
  if let error = ExperimentError.all(faults) { throw error }
  // All are measured once before any is measured again: what changes on the machine meanwhile affects all equally.
  let rounds = trials.indices.sorted {
    (trials[$0].measure?.repeat ?? 1, $0) < (trials[$1].measure?.repeat ?? 1, $1)
  }
  trials = rounds.map { trials[$0] }
  return Experiment(
    name: source.name, question: source.question, profile: profile, trials: trials, cluster: source.cluster, file: file,
    text: text)
}

/// All `--set` options laid over each other, and what is wrong with those that are left out.
private func readOverrides(
  _ texts: [String], _ table: ConfigurationTable
) -> (settings: Level, faults: [ExperimentError]) {
  var settings = Level()
  var faults: [ExperimentError] = []
  for text in texts {
    do throws(ExperimentError) {
      let level = try readOverride(text, table)
      // The last one would win without a word.
      for name in level.values.keys.sorted() {
        let other =
          settings.values[name] != nil ? name : table[name]?.excludes.flatMap { settings.values[$0] != nil ? $0 : nil }
        guard let other else { continue }
        throw .override(
          text, reason: other == name ? "\(name) is set twice; leave one out" : "\(other) is set as well; leave one out"
        )
      }
      settings = settings.overlaid(by: level, table)
    } catch { faults.append(error) }
  }
  return (settings, faults)
}

/// A folder as the working directory sees it.
private func resolved(_ path: String?, _ place: ValuePlace?, file: String) -> String? {
  guard let path, !path.hasPrefix("/"), place?.option == nil, let slash = file.lastIndex(of: "/") else { return path }
  return "\(file[...slash])\(path)"
}

/// Builds a trial's network, to tell at the place of the responsible value what is wrong with it.
private func check(
  _ configuration: TrialConfiguration, _ places: [String: ValuePlace], _ trial: ValuePlace,
  _ problems: inout PlacedProblems
) {
  func report(_ keys: String..., message: String) {
    problems.report(keys.lazy.compactMap { places[$0] }.first ?? trial, message)
  }
  let dataset = configuration.dataset
  if dataset.name == "synthetic", dataset.path != nil {
    report("dataset.path", message: "the data set synthetic is generated and has no path")
  }
  let measure = configuration.measure
  if measure.cost != nil, measure.signal {
    report("measure.signal", message: "a trial measures its cost or its signal; write one of them")
  }
  if configuration.training.epochs == 0, measure.cost != nil || measure.signal {
    report(
      "training.epochs", message: "training.epochs is 0, and what is not trained cannot be measured; write 1")
  }
  do throws(NetworkError) {
    _ = try configuration.network.build(
      input: .image(channels: 1, height: dataset.resize, width: dataset.resize), classes: 10)
  } catch {
    switch error {
    case .ratioTooLarge: report("network.ratio", message: "\(error)")
    case .imageTooSmall: report("dataset.resize", message: "\(error)")
    case .dropoutOutOfRange: report("network.dropout", message: "\(error)")
    default: report("network.arch", "network.blocks", message: "\(error)")
    }
  }
}
