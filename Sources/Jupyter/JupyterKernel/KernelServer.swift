internal import Foundation
internal import JSON
internal import JupyterMessages

/// The thread that alone uses the sockets: it hands requests of the shell channel to the one that runs steps,
/// sends what is to be sent, and answers the control channel itself, so that a training can be interrupted.
final class KernelServer: @unchecked Sendable {
  // After `run()` has begun, its thread alone touches what is not constant.
  private let sockets: Sockets
  private var codec: FrameCodec
  private let outbox: Outbox
  private let queue: RequestQueue
  private let interrupts: KernelInterrupts
  private let information: JSONValue
  private let parentIsGone: () -> Bool
  private let log: @Sendable (String) -> Void
  /// When the kernel ends, whatever still runs; nil while nobody wants that.
  private var end: ContinuousClock.Instant?
  private var lastLook = ContinuousClock.now

  /// How long a step may take to end once the kernel shall.
  private static let patience = Duration.seconds(3)

  /// A server on sockets that are bound.
  ///
  /// - Parameters:
  ///   - sockets: Nobody else uses them.
  ///   - codec: Signs and checks.
  ///   - outbox: What is to be sent.
  ///   - queue: Takes the requests of the shell channel.
  ///   - interrupts: Are told of interrupts.
  ///   - information: The answer to `kernel_info_request`.
  ///   - parentIsGone: Whether the program that wanted the kernel has ended.
  ///   - log: Takes remarks for whoever looks at the kernel's standard error.
  init(
    _ sockets: Sockets, codec: FrameCodec, outbox: Outbox, queue: RequestQueue,
    interrupts: KernelInterrupts, information: JSONValue,
    parentIsGone: @escaping () -> Bool, log: @escaping @Sendable (String) -> Void
  ) {
    (self.sockets, self.codec, self.outbox, self.queue) = (sockets, codec, outbox, queue)
    (self.interrupts, self.information) = (interrupts, information)
    (self.parentIsGone, self.log) = (parentIsGone, log)
  }

  /// Serves until a client wants the end, or the program that wanted the kernel has ended.
  func run() {
    outbox.publish(status: "starting", parent: .emptyObject)
    while true {
      let pause = sendAll()
      if let end, queue.isLeft || ContinuousClock.now > end { break }
      let ready = sockets.wait(outbox.bell, milliseconds: pause ?? (end == nil ? 1000 : 20))
      if ready.hasRung { outbox.bell.still() }
      // Whoever wants to interrupt goes first.
      for channel in ready.channels where channel == .control { receive(from: channel) }
      for channel in ready.channels where channel != .control { receive(from: channel) }
      lookForParent()
    }
    _ = sendAll()
    sockets.close()
  }

  private func lookForParent() {
    guard ContinuousClock.now - lastLook > .seconds(1) else { return }
    lastLook = .now
    if end == nil, parentIsGone() {
      log("the program that started this kernel has ended")
      finish()
    }
  }

  private func finish() {
    interrupts.interrupt()
    interrupts.interrupt()
    queue.close()
    end = ContinuousClock.now + Self.patience
  }

  // MARK: Sending

  /// Sends what waits; nil, or the milliseconds until more is to be sent.
  private func sendAll() -> Int? {
    while true {
      let (entries, pause) = outbox.take()
      guard !entries.isEmpty else { return pause }
      for entry in entries {
        switch entry {
        case .message(let message, let channel):
          sockets.send(codec.frames(message), to: channel)
        case .stream(let name, let text, let parent):
          let message = KernelMessage(
            identities: [Data("stream".utf8)], header: outbox.header("stream"), parent: parent,
            content: ["name": .string(name), "text": .string(text)])
          sockets.send(codec.frames(message), to: .iopub)
        }
      }
    }
  }

  // MARK: Receiving

  private func receive(from channel: ConnectionFile.Channel) {
    // Not all that has come: other channels have their turn.
    for _ in 0..<32 {
      guard let frames = sockets.receive(channel) else { return }
      switch channel {
      case .heartbeat: sockets.send(frames, to: .heartbeat)
      case .iopub: greet(frames)
      case .stdin: break
      case .shell, .control: take(frames, from: channel)
      }
    }
  }

  /// Tells a new subscriber that it will hear everything from now on (JEP 65).
  private func greet(_ frames: [Data]) {
    for frame in frames where frame.first == 1 {
      let topic = frame.dropFirst()
      let message = KernelMessage(
        identities: topic.isEmpty ? [] : [Data(topic)], header: outbox.header("iopub_welcome"),
        content: ["subscription": .string(String(decoding: topic, as: UTF8.self))])
      sockets.send(codec.frames(message), to: .iopub)
    }
  }

  private func take(_ frames: [Data], from channel: ConnectionFile.Channel) {
    do throws(FrameError) {
      switch try codec.read(frames) {
      case .message(let message):
        if channel == .control || message.kind == "shutdown_request" {
          control(message, on: channel)
        } else {
          queue.add(.init(message: message, excess: nil))
        }
      case .tooLong(let message, let count):
        log("a message of \(count) bytes was rejected")
        queue.add(.init(message: message, excess: count))
      }
    } catch { log("a message on the \(channel.rawValue) channel was rejected: \(error)") }
  }

  private func control(_ request: KernelMessage, on channel: ConnectionFile.Channel) {
    outbox.publish(status: "busy", parent: request.header)
    defer { outbox.publish(status: "idle", parent: request.header) }
    switch request.kind {
    case "kernel_info_request": outbox.reply(to: request, on: channel, information)
    case "interrupt_request":
      interrupts.interrupt()
      outbox.reply(to: request, on: channel, ["status": "ok"])
    case "shutdown_request":
      let content: JSONValue = [
        "status": "ok", "restart": request.content["restart"] ?? false,
      ]
      outbox.reply(to: request, on: channel, content)
      outbox.publish("shutdown_reply", content, parent: request.header)
      finish()
    case let kind where kind.hasSuffix("_request"):
      let text = "yolos does not answer '\(kind)'"
      outbox.reply(
        to: request, on: channel,
        [
          "status": "error", "ename": "NotImplemented", "evalue": .string(text),
          "traceback": .strings([text]),
        ])
    default: break
    }
  }
}
