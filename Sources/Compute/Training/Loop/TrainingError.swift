import Datasets
import Files
import Kernels

/// Why a training cannot start or go on, as facts.
public enum TrainingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The loss is NaN or infinite.
  case lossNotFinite(step: Int, loss: String)
  /// The operating system does not give a thread; `code` is its error number.
  case thread(number: Int, of: Int, code: Int32)
  /// The buffers of a training are larger than the memory that the process may have.
  case memory(bytes: Int)
  case impossible(what: String)

  public var description: String {
    switch self {
    case .lossNotFinite(let step, let loss):
      "the loss of step \(step) is \(loss); the training has diverged: try a smaller learning_rate"
    case .thread(let number, let threads, let code):
      "thread \(number) of \(threads) could not be started (error \(code)): use fewer --threads, or raise `ulimit -u` and `ulimit -v`"
    case .memory(let bytes):
      "the training needs buffers of \(bytes / 1_000_000) MB, which the system does not give: use a smaller batch_size, or raise `ulimit -v`"
    case .impossible(let what): what
    }
  }
}
