import Files
import Foundation
import Synchronization
import TestSupport
import Testing
import Weights

/// What is published: a few pieces of libcurl's buffer, so that it comes in several steps.
private let content = Data((0..<200_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 7) })

@Suite("Fetching weights from a server on loopback")
struct FetchTests {
  private typealias Answer = LoopbackServer.Answer

  private let weights = PublishedWeights(
    name: "tiny.pt", size: content.count, digest: Digest(of: content), publisher: "Somebody",
    license: "CC0-1.0")
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("yolos-weights-\(UUID().uuidString)").path

  private func store(_ address: String) -> WeightStore {
    WeightStore(catalog: WeightCatalog([weights], at: address), folder: folder + "/weights")
  }

  private func fetch(from server: LoopbackServer) throws(WeightsError) -> WeightStore.Fetched {
    try store(server.address).fetch(weights)
  }

  private var path: String { folder + "/weights/tiny.pt" }
  private var part: String { path + ".part" }

  private func bytes(at path: String) -> Data? { FileManager.default.contents(atPath: path) }

  /// Leaves a part of an earlier attempt.
  private func leave(_ content: Data) throws { try AtomicFile.write(content, to: part) }

  private func clean() { try? FileManager.default.removeItem(atPath: folder) }

  @Test func `a file is downloaded once, with its progress, and then found`() throws {
    defer { clean() }
    let server = try LoopbackServer { Answer(content, for: $0) }
    defer { server.stop() }
    var news: [DownloadProgress] = []
    let fetched = try store(server.address + "/").fetch(weights, progress: { news.append($0) })
    #expect(fetched.path == path && fetched.isNew)
    #expect(bytes(at: path) == content)
    #expect(bytes(at: part) == nil)
    #expect(news.last?.received == content.count && news.last?.size == content.count)
    #expect(news.map(\.received) == news.map(\.received).sorted())
    #expect(try !fetch(from: server).isNew)
    #expect(server.requests == [.init(path: "/tiny.pt", offset: nil)])
    #expect(try store(server.address).state(of: weights) == .present(path: path))
  }

  @Test func `redirects are followed`() throws {
    defer { clean() }
    let server = try LoopbackServer { request in
      switch request.path {
      case "/tiny.pt": Answer(status: 302, headers: ["Location": "/elsewhere?key=1"])
      case "/elsewhere?key=1": Answer(status: 301, headers: ["Location": "/here"])
      default: Answer(content, for: request)
      }
    }
    defer { server.stop() }
    #expect(try fetch(from: server).isNew)
    #expect(server.requests.map(\.path) == ["/tiny.pt", "/elsewhere?key=1", "/here"])
    #expect(bytes(at: path) == content)
  }

  @Test(arguments: ["ftp://127.0.0.1/tiny.pt", "file:///etc/passwd", "/tiny.pt"])
  func `a redirect that leads nowhere, or away from the web, is refused`(target: String) throws {
    defer { clean() }
    let server = try LoopbackServer { _ in Answer(status: 302, headers: ["Location": target]) }
    defer { server.stop() }
    let error = #expect(throws: WeightsError.self) { try fetch(from: server) }
    guard case .unreachable(_, let reason, _)? = error?.problem else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains(target == "/tiny.pt" ? "redirects" : "not supported"), "\(reason)")
    #expect(bytes(at: part) == nil, "nothing came, and nothing is left")
  }

  @Test(arguments: [1, 70_000, 199_999])
  func `the part of an earlier attempt is continued`(count: Int) throws {
    defer { clean() }
    try leave(content.prefix(count))
    let server = try LoopbackServer { Answer(content, for: $0) }
    defer { server.stop() }
    #expect(try fetch(from: server).isNew)
    #expect(server.requests == [.init(path: "/tiny.pt", offset: count)])
    #expect(bytes(at: path) == content)
  }

  @Test func `a part that is whole needs no server`() throws {
    defer { clean() }
    try leave(content)
    #expect(try store(LoopbackServer.deadAddress()).fetch(weights).isNew)
    #expect(bytes(at: path) == content)
  }

  @Test func `a server that knows no ranges sends everything again`() throws {
    defer { clean() }
    try leave(content.prefix(70_000))
    let server = try LoopbackServer { _ in Answer(content) }
    defer { server.stop() }
    #expect(try fetch(from: server).isNew)
    #expect(server.requests == [.init(path: "/tiny.pt", offset: 70_000)])
    #expect(bytes(at: path) == content)
  }

  @Test func `a part from elsewhere in the file is not glued in`() throws {
    defer { clean() }
    try leave(content.prefix(70_000))
    let server = try LoopbackServer { request in
      var answer = Answer(content, for: request)
      if request.offset != nil { answer.headers["Content-Range"] = "bytes 60000-199999/200000" }
      return answer
    }
    defer { server.stop() }
    #expect(try fetch(from: server).isNew)
    #expect(server.requests.map(\.offset) == [70_000, nil])
    #expect(bytes(at: path) == content)
  }

  @Test(arguments: [100, 70_000, 199_999])
  func `a part that is of another file is downloaded anew`(count: Int) throws {
    defer { clean() }
    try leave(Data(repeating: 7, count: count))
    let server = try LoopbackServer { Answer(content, for: $0) }
    defer { server.stop() }
    #expect(try fetch(from: server).isNew)
    #expect(server.requests.map(\.offset) == [count, nil])
    #expect(bytes(at: path) == content)
  }

  @Test func `a part that is too long, or that the server has no rest of, is downloaded anew`()
    throws
  {
    defer { clean() }
    try leave(Data(repeating: 7, count: 300_000))
    let server = try LoopbackServer { request in
      request.offset == nil ? Answer(content) : Answer(status: 416)
    }
    defer { server.stop() }
    #expect(try fetch(from: server).isNew)
    try FileManager.default.removeItem(atPath: path)
    try leave(content.prefix(10))
    #expect(try fetch(from: server).isNew)
    #expect(server.requests.map(\.offset) == [nil, 10, nil])
    #expect(bytes(at: path) == content)
  }

  @Test(arguments: [true, false])
  func `a connection that is cut is made again and continues`(saysLength: Bool) throws {
    defer { clean() }
    let server = try LoopbackServer { request in
      var answer = Answer(content, for: request)
      answer.saysLength = saysLength
      return request.offset ?? 0 < 120_000 ? answer.cut(after: 60_000) : answer
    }
    defer { server.stop() }
    #expect(try fetch(from: server).isNew)
    #expect(server.requests.map(\.offset) == [nil, 60_000, 120_000])
    #expect(bytes(at: path) == content)
  }

  @Test func `where the network stays away what came is kept for the next attempt`() throws {
    defer { clean() }
    let cutting = try LoopbackServer { request in
      request.offset == nil ? Answer(content).cut(after: 60_000) : Answer(status: 503)
    }
    defer { cutting.stop() }
    let error = #expect(throws: WeightsError.self) { try fetch(from: cutting) }
    #expect(error?.problem == .status(address: cutting.address + "/tiny.pt", code: 503))
    #expect(bytes(at: part) == content.prefix(60_000))
    let dead = try LoopbackServer.deadAddress()
    #expect(throws: WeightsError.self) { try store(dead).fetch(weights) }
    #expect(bytes(at: part) == content.prefix(60_000))
    let server = try LoopbackServer { Answer(content, for: $0) }
    defer { server.stop() }
    #expect(try fetch(from: server).isNew)
    #expect(server.requests.map(\.offset) == [60_000])
  }

  @Test func `a connection that brings nothing any more is not made again for ever`() throws {
    defer { clean() }
    let server = try LoopbackServer { request in
      Answer(content, for: request).cut(after: request.offset == nil ? 60_000 : 0)
    }
    defer { server.stop() }
    let error = #expect(throws: WeightsError.self) { try fetch(from: server) }
    guard case .unreachable? = error?.problem else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(server.requests.map(\.offset) == [nil, 60_000])
    let dripping = try LoopbackServer { Answer(content, for: $0).cut(after: 10) }
    defer { dripping.stop() }
    let second = #expect(throws: WeightsError.self) { try fetch(from: dripping) }
    #expect(second?.description.contains("broke off after 60,060 of 200,000 bytes") == true)
    #expect(dripping.requests.count == 6)
  }

  @Test func `an end that the user asks for keeps what came`() throws {
    defer { clean() }
    let server = try LoopbackServer { Answer(content, for: $0).held(after: 60_000) }
    defer { server.stop() }
    let received = Mutex(0)
    let error = #expect(throws: WeightsError.self) {
      try store(server.address).fetch(
        weights,
        isCancelled: {
          (FileManager.default.contents(atPath: part)?.count ?? 0) >= 60_000
        }, progress: { news in received.withLock { $0 = news.received } })
    }
    #expect(error?.problem == .cancelled(received: 60_000, size: 200_000))
    #expect(received.withLock { $0 } > 0)
    #expect(bytes(at: part) == content.prefix(60_000))
    #expect(bytes(at: path) == nil)
  }

  @Test func `content with another digest is not kept, and an older file stays`() throws {
    defer { clean() }
    var other = content
    other[199_999] ^= 1
    let found = other
    try AtomicFile.write("older", to: path)
    let server = try LoopbackServer { Answer(found, for: $0) }
    defer { server.stop() }
    let error = #expect(throws: WeightsError.self) { try fetch(from: server) }
    #expect(
      error?.problem
        == .wrongDigest(
          address: server.address + "/tiny.pt", expected: weights.digest,
          found: Digest(of: found)))
    #expect(bytes(at: part) == nil)
    #expect(bytes(at: path) == Data("older".utf8))
    #expect(server.requests.count == 1, "a file that came whole does not get better")
  }

  @Test func `a file of another size is refused before it comes`() throws {
    defer { clean() }
    let server = try LoopbackServer { _ in
      Answer(Data("<html>Please log in</html>".utf8))
    }
    defer { server.stop() }
    let error = #expect(throws: WeightsError.self) { try fetch(from: server) }
    #expect(
      error?.problem
        == .wrongSize(address: server.address + "/tiny.pt", expected: 200_000, found: 26))
    #expect(bytes(at: part) == nil)
  }

  @Test func `a file without an end is not kept`() throws {
    defer { clean() }
    let server = try LoopbackServer { _ in
      var answer = Answer(Data(repeating: 1, count: 2_000_000))
      answer.saysLength = false
      return answer
    }
    defer { server.stop() }
    let error = #expect(throws: WeightsError.self) { try fetch(from: server) }
    guard case .wrongSize(_, let expected, let found)? = error?.problem else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(expected == 200_000 && found > expected)
    #expect(bytes(at: part) == nil)
  }

  @Test(arguments: [404, 403, 429, 500, 204])
  func `an error of the server is named`(status: Int) throws {
    defer { clean() }
    let server = try LoopbackServer { _ in Answer(status: status) }
    defer { server.stop() }
    let error = #expect(throws: WeightsError.self) { try fetch(from: server) }
    #expect(error?.problem == .status(address: server.address + "/tiny.pt", code: status))
    #expect(bytes(at: part) == nil)
  }

  @Test func `without anybody who answers that is said`() throws {
    defer { clean() }
    let address = try LoopbackServer.deadAddress()
    let error = #expect(throws: WeightsError.self) { try store(address).fetch(weights) }
    guard case .unreachable(let asked, let reason, let target)? = error?.problem else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(asked == address + "/tiny.pt" && reason.contains("connect"), "\(reason)")
    #expect(target == path)
    #expect(error?.hint?.contains("copy the file from another machine to \(path)") == true)
    #expect(bytes(at: part) == nil)
  }

  @Test func `of two at once the second waits for nobody`() throws {
    defer { clean() }
    let server = try LoopbackServer { Answer(content, for: $0).held(after: 60_000) }
    defer { server.stop() }
    // Within one process, too, two descriptors of a file are two owners of its lock.
    let store = store(server.address), weights = weights
    var second: WeightsError?
    let first = #expect(throws: WeightsError.self) {
      try store.fetch(
        weights, isCancelled: { second != nil },
        progress: { _ in
          do throws(WeightsError) { _ = try store.fetch(weights) } catch { second = error }
        })
    }
    #expect(second?.problem == .busy)
    guard case .cancelled? = first?.problem else {
      Issue.record("\(String(describing: first))")
      return
    }
  }

  @Test func `a folder that cannot be made is named`() throws {
    defer { clean() }
    try AtomicFile.write("a file", to: folder + "/weights")
    let server = try LoopbackServer { _ in Answer(status: 404) }
    defer { server.stop() }
    let error = #expect(throws: WeightsError.self) { try fetch(from: server) }
    guard case .file(let reason)? = error?.problem else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.path.hasPrefix(folder + "/weights"))
    #expect(server.requests.isEmpty)
  }
}
