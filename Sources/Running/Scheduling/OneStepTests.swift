import Experiments
import Files
import Foundation
import Journals

extension Scheduler {
  /// One step of every distinct long trial that would begin anew; one that fails in it fails here, before the work begins.
  ///
  /// A trial alone takes its own first step as soon; short ones are not worth it.
  func runOneStepTests() throws {
    guard options.smoke else { return }
    let most = options.memory ?? system.totalMemory()
    let long = try entries.indices.filter { index in
      let decision = entries[index].decision
      guard [.new, .changed, .again].contains(decision.action), decision.trial.training.epochs > 0,
        // A measurement of a few steps gains nothing from a one-step test.
        decision.trial.measure?.cost == nil, decision.forecast.memoryBytes <= most
      else { return false }
      return try !planner.forecaster.isShort(decision.trial, decision.forecast)
    }
    guard long.count > 1 else { return }
    printer.printLine(
      "vgglab: running one step of each of \(long.count) trials as a test; --no-smoke skips it")
    var found: [String: String?] = [:]
    for index in long {
      handleSignals()
      if isStopping { return }
      let key = oneStepTestKey(entries[index].trial)
      let complaint: String?
      if let known = found[key] {
        complaint = known
      } else {
        complaint = try smoke(entries[index].trial)
        found[key] = .some(complaint)
      }
      if isStopping { return }
      if let complaint { try fail(index, "one-step test: \(complaint)") }
    }
  }

  /// Trials of one key take the same first step as far as it can fail: neither seed nor length matters.
  private func oneStepTestKey(_ trial: Trial) -> String {
    var trial = trial
    trial.training.seed = 0
    trial.training.epochs = 1
    trial.training.maxSteps = nil
    return trial.canonicalText
  }

  /// What is wrong with a trial's first step; nil if nothing is, or if it is not the trial's fault.
  private func smoke(_ trial: Trial) throws -> String? {
    let folder = try TemporaryFolder("vgglab-smoke")
    defer { folder.remove() }
    let open = try Folder(folder.path)
    try job(of: trial, .firstStep).write(to: open)
    let kills = system.kills()
    let worker = try executor.start(in: open)
    var isAsked = false
    while true {
      if let end = worker.poll() {
        if isAsked || end == .exited(0) { return nil }
        let text = (try? open.read(RunFiles.log, limit: 64 << 20)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let cause = WorkerCause(
          end, asked: nil, killsBefore: kills, killsNow: system.kills(), log: text, freeBytes: nil)
        switch cause {
        case .killed, .stoppedByOthers:
          printer.printLine("\(trial.name): its one-step test was not finished: \(cause.sentence)")
          return nil
        case .outOfMemory, .crashed: return cause.sentence
        default:
          let words = text.trimmingCharacters(in: .whitespacesAndNewlines)
          return words.isEmpty ? cause.sentence : words.replacingOccurrences(of: "vgglab: ", with: "")
        }
      }
      handlePause([worker])
      handleSignals()
      if isStopping {
        worker.send(signal: isAsked && system.stop().interrupts >= 2 ? SIGKILL : SIGTERM)
        isAsked = true
      }
      system.sleep(0.05)
    }
  }

  /// Keeps a run of a trial that failed before it began.
  private func fail(_ index: Int, _ cause: String) throws {
    let entry = entries[index]
    let folder = try createRun(
      of: entry.trial, in: directory, after: store.newestSequence(), forecast: entry.decision.forecast)
    try recordStartFailure(folder.run, cause)
    entry.run = folder.run
    entry.endedAs = "is failed"
    printer.printLine("\(entry.trial.name): failed, \(cause)")
    queue[index] = .over(isComplete: false)
    failFast()
  }
}
