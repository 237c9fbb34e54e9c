import Digests
import Foundation
package import Journals
import Kernels
import Processes
package import Provenance
package import Training

/// Where and with what this process runs, without what only this machine needs: see ``ProcessRecord``.
package func captureEnvironment(
  threads: Int, kernels: KernelPath, dataDigests: [String: String], git: GitProvenance = .none
) -> EnvironmentRecord {
  EnvironmentRecord(
    vgglabVersion: vgglabVersion,
    binaryDigest: sha256Hex(ofFile: ProcessFacts.executable) ?? "unknown",
    gitCommit: git.commit,
    gitDirty: git.dirty,
    host: ProcessInfo.processInfo.hostName,
    // What names this process is kept beside the journal: the journal may be handed on.
    processID: 0,
    operatingSystem: ProcessFacts.operatingSystem,
    cpu: Processor.name,
    cores: Processor.cores,
    threads: threads,
    kernels: kernels.rawValue,
    instructionSet: InstructionSet.name,
    blas: BLAS.configuration,
    blasCore: BLAS.coreName,
    dataDigests: dataDigests)
}
