import Files
import Networks
import PositionedYAML

/// Reads an experiment file under a profile, overrides (`training.epochs=2`) and a choice of trials.
///
/// Later levels win: defaults, the file's top level, the trial, the sweep's point, the profile, the overrides. Each
/// trial's network is built once to see that it can be. Throws ``ExperimentError`` with all that is wrong at once.
public func readExperiment(
  file: String, profile: String? = nil, overrides: [String] = [], only: [String] = []
) throws(ExperimentError) -> Experiment {
  let text: String
  do { text = try readText(file, limit: YAMLLimit.bytes) } catch { throw .file(error) }
  let reader: YAMLReader
  do { reader = YAMLReader(try parseYAML(text, file: file)) } catch { throw .problems(error) }
  let source = ExperimentFile(reader)
  // What is wrong in the file is told first: its own profiles and trials may be misread because of it.
  do { try reader.finish() } catch { throw .problems(error) }
  let settings = try overrides.map { (text) throws(ExperimentError) in try readOverride(text) }
    .reduce(Overlay()) { $0.overlaid(by: $1) }
  var chosen: ExperimentFile.Profile?
  if let profile {
    chosen = source.profiles[profile]
    guard chosen != nil else {
      throw .unknownProfile(profile, file: file, known: source.profiles.keys.sorted())
    }
  }
  var trials: [Trial] = []
  for point in source.points(chosen, reader) {
    let full = source.top.overlaid(by: point.trial).overlaid(by: point.sweep)
    var used = full
    if let chosen {
      used = used.overlaid(by: chosen.overlay)
      if let own = chosen.trials[point.base] { used = used.overlaid(by: own) }
    }
    used = used.overlaid(by: settings)
    check(used, point, reader)
    var trial = Trial(
      name: point.name, experiment: source.name, question: source.question, profile: profile, dataset: used.dataset,
      network: used.network, training: used.training, measure: used.measure, reductions: [], priority: point.priority,
      after: point.after)
    var untouched = trial
    (untouched.dataset, untouched.network, untouched.training) = (full.dataset, full.network, full.training)
    untouched.measure = full.measure
    trial.reductions = zip(untouched.facts, trial.facts).compactMap { before, after in
      before.value == after.value ? nil : Reduction(key: after.key, full: before.value, used: after.value)
    }
    trials.append(trial)
  }
  do { try reader.finish() } catch { throw .problems(error) }
  if !only.isEmpty {
    let bases = Set(source.points(chosen, reader).map(\.base))
    for name in only where !trials.contains(where: { $0.name == name }) && !bases.contains(name) {
      throw .unknownTrial(name, file: file, known: trials.map(\.name))
    }
    trials = trials.filter { trial in only.contains { trial.isNamed($0) } }
  }
  // All are measured once before any is measured again: what changes on the machine meanwhile befalls all of them.
  let rounds = trials.indices.sorted {
    (trials[$0].measure?.repeat ?? 1, $0) < (trials[$1].measure?.repeat ?? 1, $1)
  }
  trials = rounds.map { trials[$0] }
  return Experiment(name: source.name, question: source.question, profile: profile, trials: trials)
}

/// One `--set key=value`.
private func readOverride(_ text: String) throws(ExperimentError) -> Overlay {
  let known = Overlay.dottedKeys
  guard let equals = text.firstIndex(of: "=") else {
    throw .override(
      text, reason: "write key=value, such as \(known.contains(text) ? "\(text)=1" : "training.epochs=2")")
  }
  let key = String(text[..<equals])
  guard known.contains(key) else {
    let remedy =
      nearest(to: key, among: known).map { "did you mean \"\($0)\"?" } ?? "known are \(known.joined(separator: ", "))"
    throw .override(text, reason: "there is no key \"\(shortened(key))\"; \(remedy)")
  }
  do {
    let reader = YAMLReader(try parseYAML(String(text[text.index(after: equals)...]), file: "--set"))
    let overlay = Overlay(dotted: key, reader.document.root, reader)
    try reader.finish()
    return overlay
  } catch {
    throw .override(text, reason: error.problems.map(\.message).joined(separator: "; "))
  }
}

/// Builds a trial's network, to tell at the place of the responsible value what is wrong with it.
private func check(_ overlay: Overlay, _ point: ExperimentFile.Point, _ reader: YAMLReader) {
  func report<T>(_ located: Located<T>?, _ message: String) {
    reader.report(line: located?.line ?? point.line, column: located?.column ?? point.column, message)
  }
  let dataset = overlay.dataset
  if dataset.name == "synthetic", dataset.path != nil {
    report(overlay.path, "the data set synthetic is generated and has no path")
  }
  if let measure = overlay.measure {
    if measure.cost != nil, measure.signal {
      report(overlay.signal, "a trial measures its cost or its signal; write one of them")
    }
    if overlay.training.epochs == 0, measure.cost != nil || measure.signal {
      report(overlay.epochs, "training.epochs is 0, and what is not trained cannot be measured; write 1")
    }
  }
  do throws(NetworkError) {
    _ = try overlay.network.build(
      input: .image(channels: 1, height: dataset.resize, width: dataset.resize), classes: 10)
  } catch {
    switch error {
    case .ratioTooLarge: report(overlay.ratio, "\(error)")
    case .pictureTooSmall: report(overlay.resize, "\(error)")
    case .dropoutOutOfRange: report(overlay.dropout, "\(error)")
    default: report(overlay.body, "\(error)")
    }
  }
}
