/// The states of Slurm's jobs, and what each means for a run: the one table of them.
package enum SlurmState: String, Sendable, Hashable, CaseIterable {
  case pending = "PENDING"
  case configuring = "CONFIGURING"
  case running = "RUNNING"
  case suspended = "SUSPENDED"
  case stopped = "STOPPED"
  case completing = "COMPLETING"
  case stageOut = "STAGE_OUT"
  case signaling = "SIGNALING"
  case resizing = "RESIZING"
  case requeued = "REQUEUED"
  case requeueHeld = "REQUEUE_HOLD"
  case requeueFederated = "REQUEUE_FED"
  case specialExit = "SPECIAL_EXIT"
  case reservationDeleted = "RESV_DEL_HOLD"
  case completed = "COMPLETED"
  case failed = "FAILED"
  case cancelled = "CANCELLED"
  case timeout = "TIMEOUT"
  case nodeFailed = "NODE_FAIL"
  case outOfMemory = "OUT_OF_MEMORY"
  case preempted = "PREEMPTED"
  case bootFailed = "BOOT_FAIL"
  case deadline = "DEADLINE"
  case revoked = "REVOKED"

  /// What a state means for the run that a job works on.
  package enum Phase: Sendable, Hashable {
    /// The job waits for its turn; the run is queued, or interrupted or lost where it was begun before.
    case waiting
    /// The job has a node; the run is running as soon as its worker holds the run's lock.
    case working
    /// The job is over, and what became of the run is in its journal.
    case over
  }

  /// What to do with a run without an end whose job is over.
  package enum Remedy: Sendable, Hashable {
    /// Submit it again: nothing of the run is to blame.
    case resubmit
    /// Submit it again as often as `--retry` allows.
    case retry
    /// Leave it as it is: somebody wanted that.
    case leave
  }

  /// A row of the table.
  package var meaning: (phase: Phase, remedy: Remedy, words: String) {
    switch self {
    case .pending: (.waiting, .leave, "waits for its turn")
    case .requeued, .requeueFederated: (.waiting, .leave, "is queued again")
    case .requeueHeld, .specialExit, .reservationDeleted:
      (.waiting, .leave, "is held; `scontrol release` releases it")
    case .suspended, .stopped: (.working, .leave, "is suspended on its node")
    case .configuring: (.working, .leave, "waits for its node to be ready")
    case .running, .signaling, .resizing: (.working, .leave, "runs")
    case .completing, .stageOut: (.working, .leave, "ends")
    case .completed: (.over, .retry, "ended without completing the run")
    case .failed: (.over, .retry, "failed")
    case .cancelled: (.over, .leave, "was canceled")
    case .timeout: (.over, .resubmit, "reached its time limit")
    case .nodeFailed: (.over, .resubmit, "lost its node")
    case .bootFailed: (.over, .resubmit, "had a node that did not start")
    case .preempted: (.over, .resubmit, "was preempted by another job")
    case .outOfMemory: (.over, .retry, "took more memory than it had asked for; raise --memory")
    case .deadline: (.over, .leave, "could not end before its deadline")
    case .revoked: (.over, .leave, "was moved to another cluster")
    }
  }

  /// The table of the documentation, in Markdown.
  package static var table: String {
    let rows = allCases.map { state in
      let meaning = state.meaning
      let ours =
        switch meaning.phase {
        case .waiting: "queued (interrupted or lost where it was begun before)"
        case .working: "running, once its worker holds the run's lock"
        case .over: "as its journal says: completed, failed, interrupted or lost"
        }
      let next =
        switch (meaning.phase, meaning.remedy) {
        case (.waiting, _), (.working, _): "followed"
        case (.over, .resubmit): "submitted again"
        case (.over, .retry): "submitted again where it exited with 75, otherwise as --retry says"
        case (.over, .leave): "left"
        }
      return "| `\(state.rawValue)` | \(meaning.words) | \(ours) | \(next) |"
    }
    return (["| Slurm's state | the job | the run | a following `run` |", "|---|---|---|---|"] + rows)
      .joined(separator: "\n") + "\n"
  }
}

/// The reasons for which a job waits that no waiting ends, and what to do.
package enum BlockingReason: String, Sendable, Hashable, CaseIterable {
  case partitionConfig = "PartitionConfig"
  case partitionNodeLimit = "PartitionNodeLimit"
  case partitionTimeLimit = "PartitionTimeLimit"
  case badConstraints = "BadConstraints"
  case dependencyNeverSatisfied = "DependencyNeverSatisfied"
  case invalidAccount = "InvalidAccount"
  case invalidQOS = "InvalidQOS"
  case accountNotAllowed = "AccountNotAllowed"
  case qosNotAllowed = "QOSNotAllowed"
  case qosTimeLimit = "QOSMaxWallDurationPerJobLimit"
  case qosCPULimit = "QOSMaxCpuPerJobLimit"
  case qosMemoryLimit = "QOSMaxMemoryPerJob"
  case associationTimeLimit = "AssocMaxWallDurationPerJobLimit"
  case associationCPULimit = "AssocMaxCpuPerJobLimit"
  case maxRequeue = "JobHoldMaxRequeue"
  case launchFailed = "JobLaunchFailure"
  case deadline = "DeadLine"

  /// In our words, and what to do.
  package var words: String {
    switch self {
    case .partitionConfig: "no node of the partition has what the job asks for; lower --cpus-per-task or --memory"
    case .partitionNodeLimit: "the partition allows fewer nodes or cores; choose another --partition"
    case .partitionTimeLimit: "the partition allows less time; lower --time or choose another --partition"
    case .badConstraints: "no node has the features that were asked for; change the constraint"
    case .dependencyNeverSatisfied: "a job that it depends on failed; remove the dependency"
    case .invalidAccount, .accountNotAllowed: "the account may not be used there; change --account"
    case .invalidQOS, .qosNotAllowed: "the quality of service may not be used there; change --qos"
    case .qosTimeLimit, .associationTimeLimit: "your limits do not allow a job this long; lower --time"
    case .qosCPULimit, .associationCPULimit: "your limits do not allow this many cores; lower --cpus-per-task"
    case .qosMemoryLimit: "your limits do not allow this much memory; lower --memory"
    case .maxRequeue: "the job was queued again too often"
    case .launchFailed: "the job could not be started on its node; ask the administrator"
    case .deadline: "its deadline cannot be kept"
    }
  }

  /// The table of the documentation, in Markdown.
  package static var table: String {
    (["| Slurm's reason | what it means, and what to do |", "|---|---|"]
      + allCases.map { "| `\($0.rawValue)` | \($0.words) |" }).joined(separator: "\n") + "\n"
  }
}
