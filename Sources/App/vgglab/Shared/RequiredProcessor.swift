import Kernels
import Processes

/// A sentence for a processor that cannot run the kernels that this program was built with; nil if it can.
func processorComplaint() -> String? {
  let present = Processor.features
  let missing = present.isEmpty ? [] : InstructionSet.requiredFeatures.filter { !present.contains($0) }
  guard !missing.isEmpty else { return nil }
  return """
    this vgglab was built for \(InstructionSet.name), and this processor (\(Processor.name)) lacks \
    \(missing.joined(separator: ", ")); build it with VGGLAB_ISA=x86-64-v2 or VGGLAB_ISA= (empty)
    """
}
