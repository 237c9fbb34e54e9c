import Datasets
import Files
import Foundation
import Kernels
import Processes
import Provenance
public import Store
import Text

/// What this machine, the data set and the store are like.
public struct Diagnosis: Codable, Sendable {
  public var vgglab_version: String
  public var instruction_set: String
  public var processor: String
  public var cores: Int
  public var memory_bytes: Int
  public var blas: String
  public var blas_core: String
  /// The core, and who chose it.
  public var blas_core_choice: String
  public var dataset: String
  /// Where it is.
  public var dataset_folder: String?
  public var dataset_problem: String?
  public var store: StoreHealth?
  public var store_problem: String?
  /// Why there can be no temporary files.
  public var temporary_problem: String?
  /// What was wrong with journals when they were taken in.
  public var journal_problems: [String]

  /// Whether everything that a training needs is there and sound.
  public var isHealthy: Bool {
    dataset_problem == nil && store_problem == nil && temporary_problem == nil && journal_problems.isEmpty
      && store?.problems.isEmpty != false
  }

  public var text: String {
    var lines = [
      "vgglab            \(vgglab_version), kernels for \(instruction_set)",
      "processor         \(processor), \(cores) cores",
      "memory            \(Quantity.bytes(memory_bytes))",
      "BLAS              \(blas), core \(blas_core_choice)",
      "data set          \(dataset)\(dataset_problem.map { ": \($0)" } ?? ": complete, all digests right\(dataset_folder.map { ", in \($0)" } ?? "")")",
    ]
    if let store {
      lines.append(
        "store             \(store.path), version \(store.version): \(Quantity.grouped(store.runs)) \(store.runs == 1 ? "run" : "runs"), "
          + "\(Quantity.grouped(store.metrics)) metric rows, \(store.problems.isEmpty ? "sound" : "damaged")")
      if let name = store.networkFileSystem {
        lines.append("                  \(NetworkFileSystem.sentence(name, path: store.path))")
      }
      lines += store.backups.map { "earlier version   kept in \($0)" }
      lines += store.problems.map { "                  \($0)" }
    }
    if let store_problem { lines.append("store             \(store_problem)") }
    if let temporary_problem { lines.append("temporary files   \(temporary_problem)") }
    lines += journal_problems.map { "journal           \($0)" }
    return lines.joined(separator: "\n")
  }
}

/// Looks at the machine, the data set and the store; with `rebuild` makes the store's database again from the journals.
///
/// Throws `StoreError` if rebuilding fails.
public func diagnose(store directory: String, data: String?, rebuild: Bool) throws(StoreError) -> Diagnosis {
  var problems: [String] = []
  if rebuild { problems = try Store.rebuild(at: directory) }
  var diagnosis = Diagnosis(
    vgglab_version: vgglabVersion, instruction_set: InstructionSet.name, processor: Processor.name,
    cores: Processor.cores, memory_bytes: Int(ProcessInfo.processInfo.physicalMemory), blas: BLAS.configuration,
    blas_core: BLAS.coreName, blas_core_choice: BLAS.core.description, dataset: "fashion-mnist",
    journal_problems: problems)
  do {
    diagnosis.dataset_folder =
      try loadDataset(named: "fashion-mnist", path: data, environment: ProcessInfo.processInfo.environment).folder
  } catch { diagnosis.dataset_problem = "\(error)" }
  do {
    let store = try Store.openToRead(at: directory) { remark in
      switch remark {
      case .migrated(let migration): printError("vgglab: \(migration.sentence)")
      case .journal(let problem): diagnosis.journal_problems.append(problem)
      }
    }
    diagnosis.store = try store.health()
    diagnosis.store?.problems += try store.indexProblems()
    for problem in try store.contradictions() + store.damagedFiles()
    where !diagnosis.journal_problems.contains(problem) {
      diagnosis.journal_problems.append(problem)
    }
  } catch StoreError.missing {
    // A store that is not there yet is no fault.
  } catch StoreError.file(let problem) {
    if case .noTemporaryFolder = problem {
      diagnosis.temporary_problem = "\(problem); the store was not compared with its journals"
    } else {
      diagnosis.store_problem = "\(problem)"
    }
  } catch { diagnosis.store_problem = "\(error)" }
  return diagnosis
}
