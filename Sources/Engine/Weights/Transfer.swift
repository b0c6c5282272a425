internal import CTransfer
internal import Foundation

/// One download by libcurl, a step at a time.
@safe struct Transfer: ~Copyable {
  private let handle: OpaquePointer

  /// What came in a step.
  struct Step {
    /// What is known of the server's answer.
    var answer: Answer
    /// The next bytes of the file; perhaps none.
    var bytes: Data
    /// How the download ended; nil while it runs.
    var end: End?
  }

  /// What a server says of the file before it sends it.
  struct Answer {
    /// The HTTP status; 0 while there is no answer.
    var status = 0
    /// Where in the file the first byte belongs.
    var start = 0
    /// The size of the whole file, where the server says it.
    var total: Int?
  }

  /// How a download ended.
  enum End: Equatable {
    case complete
    case failed(reason: String)
  }

  /// Prepares a download.
  ///
  /// - Parameters:
  ///   - address: An `http` or `https` address.
  ///   - offset: The first byte of the file that is asked for.
  init?(of address: String, from offset: Int) {
    // SAFETY: the address is copied during the call; `deinit` gives the handle back.
    guard let handle = unsafe yolos_transfer_open(address, Int64(offset)) else { return nil }
    unsafe self.handle = handle
  }

  /// Waits for more, for at most so many milliseconds; not to be called after the end.
  mutating func advance(milliseconds: Int) -> Step {
    // SAFETY: the handle is open; its bytes and reason are copied before the next step changes them.
    let step = unsafe yolos_transfer_advance(handle, Int32(milliseconds))
    let bytes = unsafe step.bytes.map { unsafe Data(bytes: $0, count: step.count) } ?? Data()
    let end: End? =
      switch unsafe step.state {
      case YOLOS_TRANSFER_RUNS: nil
      case YOLOS_TRANSFER_ENDED: .complete
      default: .failed(reason: unsafe String(cString: step.reason))
      }
    let total = unsafe step.total
    let answer = unsafe Answer(
      status: step.status, start: Int(step.start), total: total < 0 ? nil : Int(total))
    return Step(answer: answer, bytes: bytes, end: end)
  }

  deinit { unsafe yolos_transfer_close(handle) }
}
