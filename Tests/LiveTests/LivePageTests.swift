import Commands
import Files
import Foundation
import Live
import Report
import Synchronization
import Testing

/// The page as a browser, and as somebody with worse intentions, sees it.
@Suite("Live page", .timeLimit(.minutes(5)))
struct LivePageTests {
  private let folder = NSTemporaryDirectory() + "yolos-live-" + UUID().uuidString
  private let stops = Stops()
  private let page: LivePage
  private let port: UInt16
  private let path: String

  private final class Stops: Sendable {
    let count = Mutex(0)
  }

  init() throws {
    try AtomicFile.makeFolder(folder + "/runs")
    page = LivePage(runsFolder: folder + "/runs") { [stops] in
      stops.count.withLock { $0 += 1 }
      return true
    }
    let address = try #require(URL(string: try page.serve(port: nil)))
    port = UInt16(try #require(address.port))
    path = address.path.hasSuffix("/") ? address.path : address.path + "/"
    #expect(address.host == "127.0.0.1" && path.count == 34)
  }

  private func client() throws -> Client { try #require(Client(port: port)) }

  private func request(
    _ name: String, method: String = "GET", host: String? = nil, lines: String = "",
    path: String? = nil
  ) -> String {
    "\(method) \(path ?? self.path)\(name) HTTP/1.1\r\nHost: \(host ?? "127.0.0.1:\(port)")\r\n\(lines)\r\n"
  }

  private func get(_ name: String) throws -> Client.Answer {
    let client = try client()
    client.send(request(name))
    return client.answer()
  }

  // MARK: Who may see it

  @Test func `the page is there for whoever knows its address`() throws {
    for (name, type) in [
      ("", "text/html"), ("page.css", "text/css"), ("page.js", "text/javascript"),
    ] {
      let answer = try get(name)
      #expect(answer.status == 200 && answer.head.contains("\(type); charset=utf-8"), "\(name)")
      #expect(!answer.body.isEmpty && answer.head.contains("default-src 'none'"))
    }
    // Nothing comes from the network.
    #expect(try !get("").text.contains("://"))
    #expect(try get("absent").status == 404)
  }

  @Test func `other tokens, names and pages are refused`() throws {
    let wrong = "/" + String(repeating: "0", count: 32) + "/"
    let cases = [
      request("", path: "/"), request("", path: wrong), request("events", path: wrong),
      request("", host: "evil.example:\(port)"), request("", host: "127.0.0.1"),
      request("stop", method: "POST", lines: "Origin: http://evil.example\r\n"),
      request("stop", method: "POST", lines: "Origin: null\r\n"),
      request("report", lines: "Origin: http://127.0.0.1:1\r\n"),
      "GET \(path) HTTP/1.1\r\n\r\n",
    ]
    for text in cases {
      let client = try client()
      client.send(text)
      #expect(client.answer().status == 403, "\(text)")
    }
    #expect(stops.count.withLock { $0 } == 0)
  }

  @Test func `a stop is posted, from the page itself`() throws {
    let client = try client()
    client.send(request("stop"))
    #expect(client.answer().status == 405)
    let again = try self.client()
    again.send(
      request("stop", method: "POST", lines: "Origin: http://127.0.0.1:\(port)\r\n"))
    let answer = again.answer()
    #expect(answer.status == 200 && answer.text == #"{"isStopping":true}"#)
    #expect(stops.count.withLock { $0 } == 1)
  }

  // MARK: What it shows

  @Test func `two pages hear of the work as it goes on, and of its end`() throws {
    let clients = [try client(), try client()]
    for client in clients {
      client.send(request("events"))
      #expect((client.event()?["activities"] as? [Any])?.isEmpty == true)
    }
    let run = folder + "/runs/first"
    page.view.progress(
      .transient(
        Commands.Progress(title: "epoch 1/2", fraction: 0.25, details: "", secondsLeft: 3, run: run)
      ))
    for client in clients {
      let activity = (client.event()?["activities"] as? [[String: Any]])?.first
      #expect(activity?["run"] as? String == "first")
      #expect(activity?["title"] as? String == "epoch 1/2")
      #expect(activity?["secondsLeft"] as? Double == 3)
    }
    Task.detached { [page] in page.finish(code: 130) }
    for client in clients { #expect(client.event()?["ending"] as? Int == 130) }
  }

  @Test func `the report comes in blocks, and only its own pictures are given away`() throws {
    try AtomicFile.write("png", to: folder + "/r_files/01-plot.png")
    try AtomicFile.write("secret", to: folder + "/secret.png")
    let digest = Digest(of: "png").description
    let figure = Figure(path: "r_files/01-plot.png", alternativeText: "curves", digest: digest)
    try AtomicFile.write(
      MarkdownWriter.text(
        Document([
          .prose(Prose("# My <b>report</b>")), .step(Step("plot first")),
          .output(.figure(figure)), .prose(Prose("![other](secret.png)")),
        ])), to: folder + "/r.md")
    page.view.follow(report: folder + "/r.md")
    let report = try #require(try get("report").json as? [String: Any])
    let blocks = try #require(report["blocks"] as? [String])
    #expect(report["title"] as? String == "My <b>report</b>")
    #expect(blocks.first == "<h1>My &lt;b&gt;report&lt;/b&gt;</h1>")
    #expect(blocks.contains { $0.contains("picture?path=r_files/01-plot.png") }, "\(blocks)")
    #expect(try get("picture?path=r_files/01-plot.png").text == "png")
    for path in ["secret.png", "r_files/../secret.png", "%2e%2e/secret.png", "/etc/passwd", ""] {
      #expect(try get("picture?path=\(path)").status == 404, "\(path)")
    }
  }

  @Test func `runs are listed with their best score, and their curves are there`() throws {
    let run = folder + "/runs/first"
    try AtomicFile.write(
      "model: yolov8n.pt\ndata: toys/plush.yaml\nepochs: 3\n", to: run + "/args.yaml")
    try AtomicFile.write(
      """
      epoch,time,train/box_loss,train/cls_loss,train/dfl_loss,metrics/precision(B),metrics/recall(B),\
      metrics/mAP50(B),metrics/mAP50-95(B),val/box_loss,val/cls_loss,val/dfl_loss,lr/pg0,lr/pg1,lr/pg2
      1,5,1,2,3,0.1,0.2,0.3,0.4,1,2,3,0.01,0.01,0.1
      2,11,0.9,2,3,,,,,,,,0.01,0.01,0.1

      """, to: run + "/results.csv")
    try AtomicFile.write("no run", to: folder + "/runs/notes/a.txt")
    let list = try #require(try get("runs").json as? [[String: Any]])
    #expect(list.count == 1)
    let first = try #require(list.first)
    #expect(first["folder"] as? String == "first" && first["data"] as? String == "plush")
    #expect(first["score"] as? Double == 0.4 && first["best"] as? Int == 1)
    #expect(first["epochs"] as? Int == 2 && first["planned"] as? Int == 3)
    #expect(first["seconds"] as? Double == 11)
    let curves = try #require(try get("curves?run=first").json as? [String: Any])
    let columns = try #require(curves["columns"] as? [String: [Any]])
    #expect(curves["epochs"] as? [Int] == [1, 2])
    #expect(columns["train/box_loss"] as? [Double] == [1, 0.9])
    #expect(columns["metrics/mAP50-95(B)"]?.last is NSNull)
    for name in ["..", "../runs/first", "/etc", "absent"] {
      #expect(try get("curves?run=\(name)").status == 404, "\(name)")
    }
  }

  // MARK: Rough handling

  @Test func `half requests, broken ones and killed clients keep nobody else waiting`() throws {
    let halves = try (0..<50).map { _ in try client() }
    for half in halves { half.send("GET \(path)events HT") }
    for text in ["\r\n\r\n", "nonsense\r\n\r\n", "GET\0 / HTTP/9\r\n\r\n", "\u{FFFD}\r\n"] {
      let broken = try client()
      broken.send(text)
    }
    for _ in 0..<20 {
      let killed = try client()
      killed.send(request("events"))
      _ = killed.event()
    }
    #expect(try get("runs").status == 200)
    _ = halves.count
  }

  @Test func `a request of 100 MB is answered, and the next one, too`() throws {
    let large = try client()
    large.send(request("runs", lines: "Content-Length: 100000000\r\n"))
    let piece = Data(count: 1_000_000)
    for _ in 0..<100 where !large.send(piece) { break }
    #expect(large.answer().status == 200)
    let header = try client()
    header.send("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nX-Long: ")
    // The server looks through a line again with every byte: a long one keeps a core busy for minutes.
    header.send(String(repeating: "a", count: 20_000))
    #expect(try get("runs").status == 200)
  }

  @Test func `a port that is taken is an error that says so`() throws {
    let other = LivePage(runsFolder: folder) { false }
    let error = #expect(throws: LiveError.self) { try other.serve(port: Int(port)) }
    let words = "cannot be served at port \(port): another program uses it; choose another port"
    #expect(error?.description.contains(words) == true)
    // The page that has it is served once, whoever asks.
    #expect(try page.serve(port: nil).contains(path))
  }

  @Test func `the end waits for nobody who is not there`() throws {
    page.finish(code: 0)
    #expect(try get("report").status == 200)
  }
}
