import Files
import Foundation
import JSON
import JupyterMessages
import Mathematics
import Testing

@Suite("Messages")
struct MessageTests {
  private static let key = Data("a0436f6c-1916-498b-8eb9-e81ab9368e84".utf8)

  private func request(_ code: String = "x = 1") -> KernelMessage {
    KernelMessage(
      identities: [Data("client".utf8)],
      header: KernelMessage.header("execute_request", session: "s", name: UUID().uuidString),
      content: ["code": .string(code)])
  }

  @Test func `HMAC is that of the standard`() {
    // RFC 4231, cases 1, 2 and 6.
    let cases = [
      (
        Data(repeating: 0x0B, count: 20), "Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
      ),
      (
        Data("Jefe".utf8), "what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
      ),
      (
        Data(repeating: 0xAA, count: 131),
        "Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
      ),
    ]
    for (key, text, expected) in cases {
      let parts = [Data(text.utf8.prefix(3)), Data(text.utf8.dropFirst(3))]
      let digest = Digest(authenticating: parts, key: key)
      #expect(digest.description == expected)
      #expect(digest.isWritten(as: Data(expected.utf8)))
      #expect(!digest.isWritten(as: Data(expected.dropLast().utf8)))
    }
  }

  @Test func `a message is read as it was written`() throws {
    var codec = FrameCodec(key: Self.key)
    var message = request("print \"é\"")
    message.buffers = [Data([1, 2, 3])]
    guard case .message(let read) = try codec.read(codec.frames(message)) else {
      Issue.record("it was refused")
      return
    }
    #expect(read.kind == "execute_request" && read.content == message.content)
    #expect(read.identities == message.identities && read.buffers == message.buffers)
  }

  @Test func `a wrong signature, a missing one and a second use are refused`() throws {
    var codec = FrameCodec(key: Self.key)
    let frames = codec.frames(request())
    var forged = frames
    forged[5] = Data(#"{"code":"other"}"#.utf8)
    #expect(throws: FrameError.wrongSignature) { try codec.read(forged) }
    var bare = frames
    bare[2] = Data()
    #expect(throws: FrameError.wrongSignature) { try codec.read(bare) }
    let other = FrameCodec(key: Data("another".utf8)).frames(request())
    #expect(throws: FrameError.wrongSignature) { try codec.read(other) }
    _ = try codec.read(frames)
    #expect(throws: FrameError.repeated) { try codec.read(frames) }
  }

  @Test func `halves of messages are errors`() {
    var codec = FrameCodec(key: Data())
    let frames = codec.frames(request())
    #expect(throws: FrameError.noDelimiter) { try codec.read([]) }
    #expect(throws: FrameError.noDelimiter) { try codec.read([Data("x".utf8)]) }
    for count in 2..<frames.count {
      let half = Array(frames.prefix(count))
      #expect(throws: FrameError.tooFewFrames(count - 2)) { try codec.read(half) }
    }
    for place in 3..<frames.count {
      var broken = frames
      broken[place] = Data("[1]".utf8)
      #expect(throws: FrameError.self) { try codec.read(broken) }
      broken[place] = Data([0xFF])
      #expect(throws: FrameError.self) { try codec.read(broken) }
    }
  }

  @Test func `a content that is too long is left out, and its sender is known`() throws {
    var codec = FrameCodec(key: Self.key)
    let long = String(repeating: "x", count: FrameCodec.contentLimit)
    guard case .tooLong(let message, let count) = try codec.read(codec.frames(request(long))) else {
      Issue.record("it was read")
      return
    }
    #expect(message.identities == [Data("client".utf8)] && count > FrameCodec.contentLimit)
    #expect(message.content == .emptyObject)
  }

  @Test func `a connection file says where to listen`() throws {
    let text = """
      {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5,
       "ip": "127.0.0.1", "key": "k", "transport": "tcp", "signature_scheme": "hmac-sha256",
       "kernel_name": "yolos"}
      """
    let file = try ConnectionFile(Data(text.utf8))
    #expect(file.endpoint(.control) == "tcp://127.0.0.1:4" && file.key == Data("k".utf8))
    let local = try ConnectionFile(Data(text.replacing("tcp", with: "ipc").utf8))
    #expect(local.endpoint(.heartbeat) == "ipc://127.0.0.1-5")
    for (right, wrong) in [
      ("\"hb_port\": 5", "\"hb_port\": 0"), ("hb_port", "port"), ("hmac-sha256", "hmac-md5"),
      ("tcp", "udp"), ("{", "["),
    ] {
      #expect(throws: ConnectionFile.Problem.self) {
        try ConnectionFile(Data(text.replacing(right, with: wrong).utf8))
      }
    }
  }
}
