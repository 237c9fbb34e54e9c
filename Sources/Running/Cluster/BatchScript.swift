package import Experiments
import Provenance

/// The script of a job array whose tasks each work on one run.
package struct BatchScript: Sendable, Hashable {
  /// The name of the submission, which is the name of its jobs.
  package var name: String
  /// The store's folder, the working folder and the program, as absolute paths that every node has.
  package var store: String
  package var directory: String
  package var program: String
  /// The ids of the runs, by the numbers of their tasks.
  package var runs: [String]
  package var settings: ClusterSettings
  /// Threads of each training.
  package var threads: Int
  /// Memory of a job in bytes.
  package var memoryBytes: Int
  /// Whether a job has its node to itself: it measures costs.
  package var isExclusive: Bool
  /// Tasks at once; nil for as many as there is room for.
  package var limit: Int?

  package init(
    name: String, store: String, directory: String, program: String, runs: [String], settings: ClusterSettings,
    threads: Int, memoryBytes: Int, isExclusive: Bool, limit: Int?
  ) {
    self.name = name
    self.store = store
    self.directory = directory
    self.program = program
    self.runs = runs
    self.settings = settings
    self.threads = threads
    self.memoryBytes = memoryBytes
    self.isExclusive = isExclusive
    self.limit = limit
  }

  /// Seconds that a worker waits for a lock which a process of a dead node seems to hold.
  private static let lockPatience = 180
  /// How often a job queues itself again.
  private static let restarts = 1000

  /// Seconds before its time limit at which a job is asked to stop: at most half of the limit.
  private var signalSeconds: Int {
    let wanted = settings.signalSeconds ?? 120
    return settings.minutes.map { min(wanted, $0 * 30) } ?? wanted
  }

  /// The options of sbatch, in the order in which the script has them.
  private var options: [String] {
    var options = [
      "--job-name=\(name)", "--array=0-\(max(0, runs.count - 1))\(limit.map { "%\($0)" } ?? "")",
      "--output=\(Self.quoted(option: "\(store)/cluster/\(name)/%a.log", folder: store))", "--open-mode=append",
      "--requeue", "--signal=B:TERM@\(signalSeconds)", "--nodes=1", "--ntasks=1", "--cpus-per-task=\(threads)",
      "--mem=\((memoryBytes + (1 << 20) - 1) >> 20)M",
    ]
    if let minutes = settings.minutes { options.append("--time=\(minutes)") }
    for (name, value) in [
      ("partition", settings.partition), ("account", settings.account), ("qos", settings.qos),
      ("constraint", settings.constraint), ("reservation", settings.reservation),
    ] {
      if let value { options.append("--\(name)=\(value)") }
    }
    if isExclusive { options.append("--exclusive") }
    return options + settings.options
  }

  /// Variables that would have the last word over the script's options.
  package var dropped: Set<String> {
    var names: Set<String> = [
      "SBATCH_ARRAY_INX", "SBATCH_OUTPUT", "SBATCH_ERROR", "SBATCH_INPUT", "SBATCH_JOB_NAME", "SBATCH_REQUEUE",
      "SBATCH_NO_REQUEUE", "SBATCH_SIGNAL", "SBATCH_OPEN_MODE", "SBATCH_WAIT", "SBATCH_EXPORT", "SBATCH_IGNORE_PBS",
      "SBATCH_MEM_PER_CPU", "SBATCH_MEM_PER_NODE", "SBATCH_CPUS_PER_TASK",
    ]
    let given: [(String, Bool)] = [
      ("SBATCH_TIMELIMIT", settings.minutes != nil), ("SBATCH_PARTITION", settings.partition != nil),
      ("SBATCH_ACCOUNT", settings.account != nil), ("SBATCH_QOS", settings.qos != nil),
      ("SBATCH_CONSTRAINT", settings.constraint != nil), ("SBATCH_RESERVATION", settings.reservation != nil),
    ]
    for (name, isGiven) in given where isGiven { names.insert(name) }
    return names
  }

  /// The script.
  package var text: String {
    """
    #!/bin/bash
    \(options.map { "#SBATCH \($0)" }.joined(separator: "\n"))

    # Written by vgglab \(vgglabVersion): each task of the array works on one run of the store.
    program=\(Self.quoted(program))
    store=\(Self.quoted(store))
    directory=\(Self.quoted(directory))
    runs=(
    \(runs.map { "  \(Self.quoted($0))" }.joined(separator: "\n"))
    )
    folder=$store/runs/${runs[$SLURM_ARRAY_TASK_ID]}
    node=${SLURMD_NODENAME:-$(hostname)}

    stop() { echo "vgglab: $1 is not on node $node; every node must see it under this path" >&2; exit 66; }
    [ -d "$folder" ] || stop "$folder"
    [ -x "$program" ] || stop "$program"
    cd "$directory" || stop "$directory"
    for file in "$folder" "$folder/log"; do
      [ ! -L "$file" ] || { echo "vgglab: $file is a link; nothing is written where it leads" >&2; exit 65; }
    done
    exec >>"$folder/log" 2>&1

    # One thread a job is the training's own business, not that of a library.
    export OPENBLAS_NUM_THREADS=1
    "$program" worker "$folder" --wait \(Self.lockPatience) </dev/null &
    worker=$!
    # Near the time limit, and when the job is preempted or canceled: the worker saves a checkpoint and exits with 75.
    trap 'kill -TERM "$worker" 2>/dev/null' TERM
    wait "$worker"
    code=$?
    # A signal to this shell ends its waiting, not the worker.
    while [ "$code" -gt 128 ] && kill -0 "$worker" 2>/dev/null; do
      wait "$worker"
      code=$?
    done
    if [ "$code" -gt 128 ]; then
      wait "$worker" 2>/dev/null
      again=$?
      [ "$again" -eq 127 ] || code=$again
    fi

    # Stopped and not complete. To Slurm the job still runs where its time was over; where it was preempted or canceled,
    # Slurm itself decides what becomes of it.
    if [ "$code" -eq 75 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt \(Self.restarts) ]; then
      task=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID
      if [ "$(squeue -h -j "$task" -t all -o %T)" = RUNNING ]; then
        echo "vgglab: job $task stopped on node $node; requeuing"
        scontrol requeue "$task"
      fi
    fi
    exit "$code"

    """
  }

  /// A text as one word of the shell.
  static func quoted(_ text: String) -> String {
    "'\(text.replacing("'", with: #"'\''"#))'"
  }

  /// A value of an option in the script's head: Slurm reads quotes and backslashes there, and `%` in names of files.
  private static func quoted(option text: String, folder: String) -> String {
    let path = folder.replacing("%", with: "%%") + text.dropFirst(folder.count)
    return "\"\(path.replacing(#"\"#, with: #"\\"#).replacing("\"", with: #"\""#))\""
  }
}
