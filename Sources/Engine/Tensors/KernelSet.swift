internal import CKernels

/// The sets of kernels that compute convolutions and passes over maps.
///
/// All give the same bits. The best one for the processor is used unless another one is asked for.
public enum KernelSet: Int, CaseIterable, Sendable, CustomStringConvertible {
  /// What every processor of the architecture runs: NEON on AArch64, SSE2 on x86-64, which computes
  /// fused multiply-adds one by one, slowly.
  case portable
  /// AVX2 and FMA: eight lanes.
  case avx2
  /// AVX-512: sixteen lanes, and twice the registers.
  case avx512

  /// Whether this processor and its operating system can run it.
  public var isAvailable: Bool { yolos_has_kernel_set(number) != 0 }

  /// Its name: "portable" or "NEON", "AVX2", "AVX-512".
  public var description: String { unsafe String(cString: yolos_kernel_set_name(number)) }

  /// The set in use.
  public static var current: KernelSet { KernelSet(rawValue: Int(yolos_kernel_set())) ?? .portable }

  /// Uses a set from now on, in the whole process: for tests and benchmarks.
  ///
  /// - Parameter set: One that is available; the best one where nil.
  public static func use(_ set: KernelSet?) {
    if let set { precondition(set.isAvailable, "this processor cannot run the \(set) kernels") }
    yolos_use_kernel_set(set?.number ?? -1)
  }

  private var number: Int32 { Int32(rawValue) }
}
