import Charts
import Foundation
import TestSupport
import Testing

/// Writes docs/gallery.md and its images; scripts/gallery asks for it.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["YOLOS_GALLERY"] == "1"))
struct Gallery {
  @Test func `the gallery is drawn anew`() throws {
    let docs = Shared.root.appendingPathComponent("docs")
    let folder = docs.appendingPathComponent("gallery")
    try? FileManager.default.removeItem(at: folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var page = """
      # Gallery

      Every kind of chart that yolos draws, from made-up numbers and drawn toys. `scripts/gallery` writes
      this page; the files are the same byte for byte on every run.


      """
    for (name, chart) in Samples.charts + [("training-batch", try Samples.trainingBatch())] {
      let picture = try chart.file(provenance: "scripts/gallery")
      let file = "\(name).\(picture.ending)"
      try picture.content.write(to: folder.appendingPathComponent(file))
      page += "## \(chart.title)\n\n![\(chart.alternativeText)](gallery/\(file))\n\n"
    }
    let sketch = TextSketch(
      title: "box loss of n",
      series: [
        .init(name: "train", values: Samples.runs[0].columns[0].values),
        .init(name: "val", values: Samples.runs[0].columns[7].values),
      ])
    page += "## The same at a prompt\n\n```text\n\(sketch.text)\n```\n"
    try page.write(to: docs.appendingPathComponent("gallery.md"), atomically: true, encoding: .utf8)
  }
}
