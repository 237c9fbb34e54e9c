import Files
import Foundation

/// The limits that this process was started with (`ulimit`), and whether they suffice.
public enum ProcessLimits {
  /// Open files that a command needs.
  private static let files = 40
  /// Open files that `run` needs beside those, and for each job.
  private static let filesOfRun = 24
  private static let filesOfJob = 8

  /// Checks that enough files may be open at once; with `jobs`, for running so many trials at once. A limit that this process
  /// may raise by itself is raised. Throws ``ProcessError/tooFewFiles(limit:needed:)``.
  public static func checkFiles(jobs: Int? = nil) throws(ProcessError) {
    let needed = files + (jobs.map { filesOfRun + min($0, 100_000) * filesOfJob } ?? 0)
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < rlim_t(needed) else {
      return
    }
    let before = Int(limit.rlim_cur)
    limit.rlim_cur = min(limit.rlim_max, rlim_t(max(1024, needed)))
    guard limit.rlim_cur >= rlim_t(needed), setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
      throw .tooFewFiles(limit: max(before, Int(limit.rlim_max)), needed: needed)
    }
  }

  /// Address space that `run` needs with its libraries and threads: with less these wait for memory without an end, or end the
  /// program in their own way.
  private static let addressSpace = 400 << 20

  /// Checks that there is enough address space to start and follow workers. Throws
  /// ``ProcessError/tooLittleAddressSpace(limit:needed:)``.
  public static func checkAddressSpace() throws(ProcessError) {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < rlim_t(addressSpace) else {
      return
    }
    throw .tooLittleAddressSpace(limit: Int(limit.rlim_cur), needed: addressSpace)
  }

  /// Checks that so many threads can run at once, by starting them. Throws ``ProcessError/tooFewThreads(wanted:reason:)``.
  package static func check(threads: Int) throws(ProcessError) {
    let gate = NSLock()
    gate.lock()
    var started: [pthread_t] = []
    var failure: Int32 = 0
    for _ in 1..<max(1, threads) where failure == 0 {
      var thread = pthread_t()
      failure = pthread_create(
        &thread, nil,
        { pointer in
          let gate = Unmanaged<NSLock>.fromOpaque(pointer!).takeUnretainedValue()
          gate.lock()
          gate.unlock()
          return nil
        }, Unmanaged.passUnretained(gate).toOpaque())
      if failure == 0 { started.append(thread) }
    }
    gate.unlock()
    for thread in started { pthread_join(thread, nil) }
    guard failure == 0 else { throw .tooFewThreads(wanted: threads, reason: String(cString: strerror(failure))) }
  }
}
