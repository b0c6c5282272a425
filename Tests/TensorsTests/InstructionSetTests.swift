import CKernelBits
import TestSupport
import Tensors
import Testing

/// All sets of kernels compute the same bits.
///
/// `scripts/check-arm` shows it of those for AArch64.
@Suite struct InstructionSetTests {
  @Test(.enabled(if: KernelSet.avx2.isAvailable, "this processor has no AVX2 and FMA"))
  func `every pass with AVX2 gives the bits of the portable kernels`() {
    expectSameBits(.avx2)
  }

  @Test(.enabled(if: KernelSet.avx512.isAvailable, "this processor has no AVX-512"))
  func `every pass with AVX-512 gives the bits of the portable kernels`() {
    expectSameBits(.avx512)
  }

  @Test(
    arguments: [
      Layout(3, 16, 3, 2, 1, 12, 10), Layout(20, 24, 3, 1, 2, 9, 6), Layout(40, 44, 3, 1, 1, 6, 5),
      Layout(12, 20, 3, 2, 1, 9, 8), Layout(24, 17, 1, 1, 1, 7, 6),
      Layout(9, 12, 3, 1, 2, 19, 22), Layout(9, 12, 3, 2, 3, 30, 28),
    ])
  func `convolutions through the backend give the same bits with every set`(layout: Layout) {
    let example = layout.make()
    for backend in [NativeBackend(), NativeBackend(usesWinograd: false)] {
      let compute = Compute(pool: ThreadPool(threads: 1), backend: backend)
      let portable = withKernels(.portable) { example.run(on: compute) }
      for set in KernelSet.allCases where set.isAvailable {
        let got = withKernels(set) { example.run(on: compute) }
        #expect(got == portable, "\(set)")
      }
    }
  }

  @Test func `a set that is asked for is the one in use`() {
    for set in KernelSet.allCases where set.isAvailable {
      #expect(withKernels(set) { KernelSet.current } == set)
    }
  }

  private func expectSameBits(_ set: KernelSet) {
    let want = InstructionSetTests.portable, got = withKernels(set) { KernelDigests() }
    #expect(got.names == want.names)
    #expect(got.names.count > 1000)
    let different = zip(got.names, zip(got.digests, want.digests)).filter { $1.0 != $1.1 }
    #expect(different.map(\.0) == [])
  }

  /// Both sets are compared with these.
  private static let portable = withKernels(.portable) { KernelDigests() }
}

/// What every pass of the kernels wrote, on every shape of `Tests/CKernelBits`.
private struct KernelDigests {
  private(set) var names: [String] = []
  private(set) var digests: [UInt64] = []

  /// Runs them all with the set in use.
  init() {
    // SAFETY: the address is that of this value, which outlives the call; the names are C strings.
    unsafe withUnsafeMutablePointer(to: &self) { address in
      unsafe yolos_kernel_bits(
        { context, name, digest in
          guard let context = unsafe context, let name = unsafe name else { return }
          let digests = unsafe context.assumingMemoryBound(to: KernelDigests.self)
          unsafe digests.pointee.names.append(String(cString: name))
          unsafe digests.pointee.digests.append(digest)
        }, address)
    }
  }
}
