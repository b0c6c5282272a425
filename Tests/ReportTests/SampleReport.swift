import Report

/// A report with every kind of block.
enum SampleReport {
  static let runs = Table(
    title: "Runs",
    columns: [
      .init("run"), .init("model"), .init("mAP50-95", isNumeric: true),
      .init("time", isNumeric: true), .init("peak memory", isNumeric: true),
    ],
    rows: [
      [
        "n", .init("models/yolov8n.pt", style: .code), .init("0.712", style: .bold),
        .init("3 m 12 s", isVolatile: true), .init("1.2 GB", isVolatile: true),
      ],
      [
        "s, 10 | frozen", .init("models/yolov8s.pt", style: .code), "0.705",
        .init("6 m 2 s", isVolatile: true), .init("2.0 GB", isVolatile: true),
      ],
    ])

  static let document = Document([
    .prose(Prose("# Two plush toys, *oslík* and *ovečka*")),
    .output(
      .parameters([
        .init(name: "epochs", value: "100", origin: .script),
        .init(name: "photos", value: "\"datasets/toys.yaml\"", origin: .commandLine),
      ])),
    .step(Step("plush = dataset photos\nshow plush")),
    .output(.text("23 images, 31 boxes: oslík 17, ovečka 14")),
    .output(
      .figure(
        Figure(
          path: "toys_files/labels.png",
          alternativeText: "Labels of toys, train: 17 oslík, 14 ovečka",
          digest: "ab12", numbers: "toys_files/labels.csv", numbersDigest: "cd34"))),
    .output(
      .figure(
        Figure(
          path: "toys_files/cost.png", alternativeText: "Cost and quality of n, s", digest: "ef56",
          isVolatile: true))),
    .step(Step("first = train nano data=plush epochs=epochs")),
    .output(.warning("labels/3.txt:2: the box reaches beyond the right edge; it was clipped")),
    .output(
      .console(
        Console(title: "Console output, 2 lines", text: "epoch 1\nepoch 2", isVolatile: true))),
    .output(
      .text(
        VolatileText(
          "cached, 3 m 12 s when it ran", volatilePieces: ["3 m 12 s"]))),
    .prose(
      Prose(
        "The nano model reached mAP50-95 {first.best.map50_95:.3f}\nin {first.time}.",
        rendered: VolatileText(
          "The nano model reached mAP50-95 0.712\nin 3 m 12 s.", volatilePieces: ["3 m 12 s"]))),
    .step(Step("for size in [\"s\"] {\n    # ### YOLOv8{size}\n}\ncompare runs")),
    .output(.emitted("### YOLOv8s")),
    .output(.table(runs)),
    .output(.code(Listing("layer  parameters\n0      464"))),
    .prose(Prose("- a list\n- of two\n\n```python\nprint(\"| not ours |\")\n```")),
    .step(Step("assert first.best.map50 > 0.9")),
    .output(
      .error("toys.yolos:14:8: error: assertion failed\n   14 | assert first\n      |        ^~~~~")
    ),
    .output(
      .provenance([
        .init("engine", "yolos 1.0.0"), .init("seed", "0"),
        .init("CPU", "four cores", isVolatile: true),
      ])),
  ])
}
