/// The instruction set that the kernels were compiled for.
public enum InstructionSet {
  /// Its name as Clang's `-march` has it; "baseline" where none was asked for.
  public static var name: String {
    #if VGGLAB_ISA_V2
      "x86-64-v2"
    #elseif VGGLAB_ISA_V3
      "x86-64-v3"
    #elseif VGGLAB_ISA_V4
      "x86-64-v4"
    #elseif VGGLAB_ISA_OTHER
      "other"
    #else
      "baseline"
    #endif
  }

  /// The CPU features (names as in /proc/cpuinfo) that the compiled kernels need.
  public static var requiredFeatures: [String] {
    let v2 = ["cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"]
    let v3 = v2 + ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"]
    return switch name {
    case "x86-64-v2": v2
    case "x86-64-v3": v3
    case "x86-64-v4": v3 + ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]
    default: []
    }
  }
}
