import Experiments

/// Which trial is next: by priority, by the order they were given in, and by what each must wait for.
struct TrialQueue {
  enum State: Hashable {
    /// Not begun, or to be tried again; not before a moment.
    case waiting(notBefore: Double)
    case working
    /// Nothing more is done with it; `isComplete` is what those behind it want to know.
    case over(isComplete: Bool)
  }

  private var states: [State]
  private let priorities: [Int]
  /// For each trial the places of those that must be complete before it.
  private let after: [[Int]]

  init(priorities: [Int], after: [[Int]]) {
    self.priorities = priorities
    self.after = after
    states = [State](repeating: .waiting(notBefore: 0), count: priorities.count)
  }

  /// Trials of experiments, each behind those of its experiment that it names.
  init(_ trials: [Trial]) {
    self.init(
      priorities: trials.map(\.priority),
      after: trials.map { trial in
        trials.indices.filter { other in
          trials[other].experiment == trial.experiment && trial.after.contains { trials[other].isNamed($0) }
        }
      })
  }

  subscript(index: Int) -> State {
    get { states[index] }
    set { states[index] = newValue }
  }

  var waiting: [Int] { states.indices.filter { if case .waiting = states[$0] { true } else { false } } }

  /// The next to begin now, but none of `passed`.
  func next(now: Double, passing passed: Set<Int>) -> Int? {
    let ready = states.indices.filter { index in
      guard case .waiting(let moment) = states[index], moment <= now, !passed.contains(index) else { return false }
      return after[index].allSatisfy { states[$0] == .over(isComplete: true) }
    }
    return ready.min { (-priorities[$0], $0) < (-priorities[$1], $1) }
  }

  /// A waiting trial whose turn will never come, and the one that it waits for in vain.
  func blocked() -> (index: Int, because: Int)? {
    for index in waiting {
      if let other = after[index].first(where: { states[$0] == .over(isComplete: false) }) { return (index, other) }
    }
    return nil
  }
}
