import Foundation
import Testing

@Suite("Interrupts at a terminal")
struct InterruptTests {
  typealias Key = PseudoTerminal.Key

  @Test func `an interrupt clears the line and whatever was begun before it`() throws {
    let terminal = try PseudoTerminal.prompt()
    terminal.type("print \"no")
    try terminal.see("print \"no")
    try terminal.clearLine()
    terminal.enter("print [")
    try terminal.see("...> ")
    try terminal.clearLine()
    terminal.enter("print \"yes\"")
    try terminal.see("\nyes")
  }

  @Test func `an interrupt stops a long command and gives the prompt back`() throws {
    let terminal = try PseudoTerminal.prompt()
    terminal.enter("for i in range(100000) { x = sorted(range(1000)) }")
    try terminal.see("}\n")
    // Until the line runs an interrupt is meant for the prompt, which has gone.
    usleep(300_000)
    terminal.type(Key.interrupt)
    try terminal.see("interrupted")
    try terminal.seePrompt()
    terminal.enter("print \"alive\"")
    try terminal.see("\nalive")
  }

  /// With the recipe, an option that is given at its default must not be chosen anew on the way.
  @Test(arguments: ["patience=0", "recipe=\"small\" close_mosaic=10"])
  func `an interrupt stops a training at the next batch and leaves a run to go on with`(
    options: String
  ) throws {
    let terminal = try PseudoTerminal.prompt()
    try terminal.run("data = toys \"small\" train=4 val=2 test=0 size=32")
    try terminal.run("nano = load \"yolov8n.yaml\"")
    let rest = "data=data epochs=20 imgsz=32 batch=2 freeze=2 \(options)"
    terminal.enter("first = train nano \(rest)")
    try terminal.see("epoch 1", within: 60)
    terminal.type(Key.interrupt)
    try terminal.seePrompt()
    terminal.enter("print \"stopped:\" (first.epochs < 20)")
    try terminal.see("\nstopped: true")
    terminal.enter("extend first data=data epochs=1 imgsz=32")
    try terminal.see("resume it first")
    try terminal.seePrompt()
    // By its folder alone it goes on, and ends with the bytes of a run that was never stopped.
    terminal.enter("again = resume \"runs/first\"")
    try terminal.see("epoch 20", within: 60)
    try terminal.seePrompt()
    terminal.enter("whole = train nano \(rest) name=\"whole\"")
    try terminal.see("epoch 20", within: 60)
    try terminal.seePrompt()
    terminal.enter("print \"same:\" (again.best.digest == whole.best.digest)")
    try terminal.see("\nsame: true")
    terminal.enter("resume first")
    try terminal.see("has nothing to resume")
  }

  @Test func `an opening that takes long shows how far it is, and ends by an interrupt`() throws {
    let terminal = try PseudoTerminal.prompt()
    let folder = terminal.folder.path + "/slow"
    try FileManager.default.createDirectory(
      atPath: folder + "/images", withIntermediateDirectories: true)
    // A BMP has no mark at its end, so each name means decoding it: minutes in all.
    try Self.bitmap(side: 3000).write(to: URL(filePath: folder + "/one"))
    for number in 0..<3000 {
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/images/\(number).bmp", withDestinationPath: "../one")
    }
    try terminal.folder.write("train: images\nval: images\nnames: [a]\n", to: "slow/data.yaml")
    terminal.enter("data = dataset \"slow/data.yaml\"")
    try terminal.see("of 3,000 images", within: 60)
    terminal.type(Key.interrupt)
    try terminal.see("stopped on request", within: 60)
    try terminal.seePrompt()
    terminal.enter("data")
    try terminal.see("unknown name 'data'")
  }

  /// A black bitmap: the file header, the header of 40 bytes, rows of blue, green and red.
  private static func bitmap(side: Int) -> Data {
    func number(_ value: Int, _ bytes: Int) -> [UInt8] {
      (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let length = 3 * side * side
    var file = Array("BM".utf8) + number(54 + length, 4) + number(0, 4) + number(54, 4)
    file += number(40, 4) + number(side, 4) + number(side, 4) + number(1, 2) + number(24, 2)
    file += number(0, 4) + number(length, 4) + [UInt8](repeating: 0, count: 16)
    return Data(file + [UInt8](repeating: 0, count: length))
  }

  @Test func `a second interrupt stops a training at once, in the middle of a batch`() throws {
    let terminal = try PseudoTerminal.prompt()
    try terminal.run("data = toys \"large\" train=4 val=1 test=0 size=320")
    try terminal.run("small = load \"yolov8s.yaml\"")
    // One batch of this takes seconds.
    terminal.enter("run = train small data=data epochs=1 imgsz=640 batch=4")
    try terminal.see("training ", within: 60)
    usleep(500_000)
    terminal.type(Key.interrupt)
    try terminal.see("Ctrl-C again stops at once")
    terminal.type(Key.interrupt)
    let shown = try terminal.see("stopped on request", within: 60)
    try terminal.seePrompt()
    #expect(!shown.contains("epoch 1/1"), "the first batch was not waited for")
    terminal.enter("run")
    try terminal.see("unknown name 'run'")
  }
}
