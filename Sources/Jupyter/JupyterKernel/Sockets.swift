internal import CSockets
internal import Foundation
internal import JupyterMessages

/// The sockets of a kernel; to be used by one thread.
@safe final class Sockets {
  /// What has come.
  struct Ready {
    /// The channels with a message.
    let channels: [ConnectionFile.Channel]
    /// Whether somebody rang.
    let hasRung: Bool
  }

  private let context: UnsafeMutableRawPointer
  private let channels: [ConnectionFile.Channel]
  private var sockets: [UnsafeMutableRawPointer]

  /// Opens the library and binds all channels.
  ///
  /// - Throws: ``KernelError`` where the library is missing or an address is taken.
  init(_ connection: ConnectionFile) throws(KernelError) {
    // SAFETY: the texts are the library's own and stay valid.
    if let problem = unsafe yolos_sockets_open() {
      throw KernelError(
        "ZeroMQ cannot be opened: \(unsafe String(cString: problem)); "
          + "install it: apt install libzmq5")
    }
    guard let context = unsafe yolos_sockets_context() else {
      throw KernelError("ZeroMQ returned no context")
    }
    unsafe self.context = context
    channels = ConnectionFile.Channel.allCases
    unsafe sockets = []
    for channel in channels {
      var problem: UnsafePointer<CChar>? = nil
      let kind = channel == .iopub ? yolos_publisher : yolos_router
      let endpoint = connection.endpoint(channel)
      // SAFETY: the context lives; the endpoint is read during the call.
      guard let socket = unsafe yolos_socket_bind(context, kind, endpoint, &problem) else {
        let reason = unsafe problem.map { unsafe String(cString: $0) } ?? "unknown"
        close()
        throw KernelError("\(endpoint): \(reason)")
      }
      unsafe sockets.append(socket)
    }
  }

  /// Closes everything; what was sent gets a second to leave.
  func close() {
    // SAFETY: each socket is closed once, and none is used behind it; the context ends last.
    unsafe sockets.forEach { unsafe yolos_socket_close($0) }
    unsafe sockets = []
    unsafe yolos_sockets_end(context)
  }

  /// Waits for messages or the bell.
  func wait(_ bell: Bell, milliseconds: Int) -> Ready {
    // SAFETY: the list of sockets lives for the call.
    let bits = unsafe sockets.withUnsafeBufferPointer { list -> UInt32 in
      guard let base = list.baseAddress else { return 0 }
      return unsafe yolos_sockets_wait(base, Int32(list.count), bell.descriptor, milliseconds)
    }
    return Ready(
      channels: channels.enumerated().filter { bits >> UInt32($0.offset) & 1 == 1 }.map(\.element),
      hasRung: bits >> UInt32(channels.count) & 1 == 1)
  }

  private func socket(_ channel: ConnectionFile.Channel) -> UnsafeMutableRawPointer? {
    let place = channels.firstIndex(of: channel)
    return unsafe place.flatMap { unsafe $0 < sockets.count ? unsafe sockets[$0] : nil }
  }

  /// The frames of the next message of a channel; nil where none has come.
  func receive(_ channel: ConnectionFile.Channel) -> [Data]? {
    guard let socket = unsafe socket(channel) else { return nil }
    var frames: [Data] = []
    // SAFETY: each frame is ours until it is freed, and its bytes are copied before.
    while let frame = unsafe yolos_frame_receive(socket) {
      let count = unsafe yolos_frame_count(frame)
      if let bytes = unsafe yolos_frame_bytes(frame), count > 0 {
        unsafe frames.append(Data(bytes: bytes, count: count))
      } else {
        frames.append(Data())
      }
      let isFollowed = unsafe yolos_frame_is_followed(frame) != 0
      unsafe yolos_frame_free(frame)
      if !isFollowed { return frames }
    }
    return frames.isEmpty ? nil : frames
  }

  /// Sends a message; whoever it was for may have gone.
  func send(_ frames: [Data], to channel: ConnectionFile.Channel) {
    guard let socket = unsafe socket(channel) else { return }
    for (index, frame) in frames.enumerated() {
      let isFollowed: Int32 = index < frames.count - 1 ? 1 : 0
      // SAFETY: the bytes are copied during the call.
      let failed = unsafe frame.withUnsafeBytes {
        unsafe yolos_frame_send(socket, $0.baseAddress, $0.count, isFollowed)
      }
      if failed != 0 { return }
    }
  }
}

/// Wakes the thread that waits for messages.
struct Bell: Sendable {
  fileprivate let descriptor = yolos_bell_make()

  /// Wakes it.
  func ring() { yolos_bell_ring(descriptor) }

  /// Ends the ringing.
  func still() { yolos_bell_still(descriptor) }
}

/// Why a kernel could not start.
package struct KernelError: Error, Equatable, CustomStringConvertible {
  /// One line.
  package let description: String

  init(_ description: String) { self.description = description }
}
