import Files
import Journals
import Processes
import Training

/// Does what the job in a folder says: trains the run that the folder belongs to, or takes one step of a configuration.
///
/// With `attached` it stops when standard input ends, that is, when the process that started it does. A run's lock is waited for
/// `waiting` seconds: that of a process on a dead machine falls after a while. `report` is given sentences
/// for people. The exit code: 0 done, 1 failed, 75 or 130 stopped by a signal. Throws `JournalError` where there is no job, or
/// the journal cannot be read or written; ``WorkerError``, `ProcessError`, and what the training throws.
public func performJob(
  in path: String, attached: Bool, waiting: Int = 0, report: @escaping (String) -> Void
) throws -> Int32 {
  StopSignal.listen()
  if attached { try StopSignal.stopWithParent() }
  let runFolder = try runFolder(path)
  let job = try Job(in: runFolder?.open() ?? Folder(path))
  guard let kernels = KernelPath(name: job.kernels) else { throw WorkerError.unknownKernels(job.kernels) }
  try ProcessLimits.check(threads: job.threads)
  switch job.task {
  case .train:
    guard let runFolder else { throw WorkerError.noRunFolder(path: path) }
    return try RunWorker(folder: runFolder, job: job, kernels: kernels, waiting: waiting, report: report).work()
  case .firstStep:
    return try takeFirstStep(of: job.configuration ?? "", job, kernels)
  }
}

/// The run whose folder a path is; nil for a folder that is no run's by its place.
private func runFolder(_ path: String) throws -> RunFolder? {
  let runs = parentPath(path)
  guard lastPathComponent(runs) == StoreFolder.runs.text else { return nil }
  return try RunFolder(store: parentPath(runs), existing: lastPathComponent(path))
}
