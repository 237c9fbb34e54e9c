public import Scheduling
import Text

/// What `run` would do with each trial, a line each, and the totals.
public func planText(_ decisions: [TrialDecision], jobs: Int, look: OutputStyle = .plain) -> String {
  var table = FittedTable([
    .init("experiment", folds: true), .init("trial"), .init("action"), .init("steps", .right), .init("time", .right),
    .init("memory", .right), .init("disk", .right), .init("why", folds: true),
  ])
  for decision in decisions {
    let forecast = decision.forecast
    let trains = decision.trains
    func cell(_ text: String) -> FittedTable.Cell { .init(trains ? text : FittedTable.absent) }
    table.add([
      .init(decision.trial.experiment), .init(decision.trial.name), action(decision.action),
      cell("\(forecast.steps - forecast.firstStep)"), cell(forecast.seconds.map(Quantity.duration) ?? "unknown"),
      cell(Quantity.bytes(forecast.memoryBytes)), cell(Quantity.bytes(forecast.diskBytes)),
      .init(
        decision.why + (decision.trial.after.isEmpty ? "" : "; after \(decision.trial.after.joined(separator: ", "))")),
    ])
  }
  // The reasons are whole sentences: a line may be longer than the terminal is wide.
  let fit = table.fit(width: nil, paint: look.painted)
  var lines = fit.common.map { look.painted("all: \($0.title) \($0.value)", .faint) } + fit.lines
  lines.append(PlanTotals(decisions, jobs: jobs).text)
  if decisions.contains(where: { $0.trains && $0.forecast.seconds == nil }) {
    lines.append("A time is unknown until such a network has run here; --measure times a few steps.")
  }
  return lines.joined(separator: "\n")
}

private func action(_ action: TrialDecision.Action) -> FittedTable.Cell {
  switch action {
  case .skip: .init(action.rawValue, .faint)
  case .resume: .init(action.rawValue, .active)
  case .new, .changed, .again: .init(action.rawValue, .good)
  }
}

extension TrialDecision {
  /// Whether `run` would take training steps for it.
  fileprivate var trains: Bool { action != .skip && trial.training.epochs > 0 }
}

/// What a plan comes to.
struct PlanTotals {
  /// Trials by what would be done with them, in the order of the actions.
  private(set) var counts: [(action: TrialDecision.Action, count: Int)] = []
  private(set) var trials: Int
  /// The known times of all trials, one after another.
  private(set) var seconds = 0.0
  /// The same with `jobs` at once, as long as the longest at least.
  private(set) var secondsAtOnce = 0.0
  private(set) var unknownTimes = 0
  /// Of the largest trials that may run at once.
  private(set) var memoryBytes = 0
  private(set) var diskBytes = 0
  private let jobs: Int

  init(_ decisions: [TrialDecision], jobs: Int) {
    self.jobs = max(1, jobs)
    trials = decisions.count
    for action in [TrialDecision.Action.new, .resume, .changed, .again, .skip] {
      let count = decisions.count { $0.action == action }
      if count > 0 { counts.append((action, count)) }
    }
    let forecasts = decisions.filter(\.trains).map(\.forecast)
    let times = forecasts.compactMap(\.seconds)
    seconds = times.reduce(0, +)
    secondsAtOnce = max(times.max() ?? 0, seconds / Double(self.jobs))
    unknownTimes = forecasts.count - times.count
    memoryBytes = forecasts.map(\.memoryBytes).sorted(by: >).prefix(self.jobs).reduce(0, +)
    diskBytes = forecasts.map(\.diskBytes).reduce(0, +)
  }

  /// `total: 3 trials (2 new, 1 skip), time 3 min 20 s, memory 210 MB, disk 14.0 MB`.
  var text: String {
    let actions = counts.map { "\($0.count) \($0.action.rawValue)" }.joined(separator: ", ")
    var parts = ["total: \(trials) trial\(trials == 1 ? "" : "s")\(actions.isEmpty ? "" : " (\(actions))")"]
    guard counts.contains(where: { $0.action != .skip }) else { return parts[0] + ", nothing to do" }
    parts.append("time \(time)")
    parts.append("memory \(Quantity.bytes(memoryBytes))")
    parts.append("disk \(Quantity.bytes(diskBytes))")
    return parts.joined(separator: ", ")
  }

  private var time: String {
    if unknownTimes > 0, seconds == 0 { return "unknown" }
    let least = unknownTimes > 0 ? "at least " : ""
    guard jobs > 1 else { return least + Quantity.duration(seconds) }
    return "\(least)\(Quantity.duration(secondsAtOnce)) with \(jobs) jobs"
  }
}
