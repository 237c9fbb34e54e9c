import COpenBLAS

/// The one wrapper of OpenBLAS, which is set up when it is first asked for anything here, by whichever thread asks.
public enum BLAS {
  /// The core that OpenBLAS works with from now on, in the calling thread alone: vgglab's own threads share the work.
  public static let core = {
    let core = BLASCore.choose()
    openblas_set_num_threads(1)
    return core
  }()

  /// The version and options that OpenBLAS was built with.
  public static var configuration: String {
    _ = core
    return String(cString: openblas_get_config()).trimmedTail
  }

  /// The processor core that its kernels were written for; results depend on it in the last bits.
  public static var coreName: String { core.name }

  /// Version, options, core, and who chose the core.
  public static var summary: String { "\(configuration); core \(core)" }
}

extension String {
  fileprivate var trimmedTail: String {
    var text = self[...]
    while text.last == " " || text.last == "\n" { text.removeLast() }
    return String(text)
  }
}

/// `C = alpha · op(A) · op(B) + beta · C`, row-major.
///
/// op(A) is `[m, k]`, op(B) `[k, n]`, C `[m, n]`; `lda`, `ldb` and `ldc` are the floats from one stored row to the next.
/// Waits for ``BLAS/core``: OpenBLAS's table of kernels must not be exchanged while any thread computes.
public func gemm(
  transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int, alpha: Float = 1,
  _ a: UnsafePointer<Float>, lda: Int, _ b: UnsafePointer<Float>, ldb: Int, beta: Float,
  _ c: UnsafeMutablePointer<Float>, ldc: Int
) {
  _ = BLAS.core
  cblas_sgemm(
    CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
    blasint(m), blasint(n), blasint(k), alpha, a, blasint(lda), b, blasint(ldb), beta, c, blasint(ldc))
}
