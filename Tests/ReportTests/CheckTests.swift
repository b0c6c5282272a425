import Report
import Testing

@Suite struct CheckTests {
  private func check(
    _ change: (inout Table) -> Void, comparesFigures: Bool = true
  ) -> ReportCheck {
    var table = SampleReport.runs
    change(&table)
    var fresh = SampleReport.document
    for index in fresh.entries.indices {
      if case .output(.table) = fresh.entries[index].block {
        fresh.entries[index].block = .output(.table(table))
      }
    }
    return ReportCheck(
      recorded: SampleReport.document, fresh: fresh, comparesFigures: comparesFigures)
  }

  @Test func `the same report is the same`() {
    let check = check { _ in }
    #expect(check.isSame)
    #expect(check.items.count { $0.isStep } == 4)
    #expect(check.text.hasSuffix("all 7 came out the same"))
  }

  @Test func `a picture of times may differ, but not what it shows`() {
    func check(_ figures: (Figure, Figure)) -> ReportCheck {
      ReportCheck(
        recorded: Document([.step(Step("compare runs")), .output(.figure(figures.0))]),
        fresh: Document([.step(Step("compare runs")), .output(.figure(figures.1))]),
        comparesFigures: true)
    }
    func figure(_ digest: String, of shown: String = "n, s", isVolatile: Bool = true) -> Figure {
      Figure(
        path: "a.png", alternativeText: "cost of \(shown)", digest: digest, numbers: "a.csv",
        numbersDigest: digest, isVolatile: isVolatile)
    }
    #expect(check((figure("1"), figure("2"))).isSame)
    #expect(!check((figure("1"), figure("1", of: "n, l"))).isSame)
    #expect(!check((figure("1"), figure("2", isVolatile: false))).isSame)
  }

  @Test func `of a listing only the lines are shown that differ`() {
    func differences(_ old: String, _ new: String) -> [ReportCheck.Difference] {
      func document(_ text: String) -> Document {
        let console = Console(title: "options", text: text, isVolatile: false)
        return Document([.step(Step("show run")), .output(.console(console))])
      }
      let check = ReportCheck(
        recorded: document(old), fresh: document(new), comparesFigures: true)
      return check.items.flatMap(\.differences)
    }
    let old = (1...40).map { "option \($0)" }
    #expect(differences(old.joined(separator: "\n"), old.joined(separator: "\n")).isEmpty)
    var new = old
    new[2] = "option three"
    new.remove(at: 30)
    new.append("one more")
    let found = differences(old.joined(separator: "\n"), new.joined(separator: "\n"))
    #expect(
      found.map { [$0.place, $0.recorded, $0.fresh] } == [
        ["console output, line 3", "option 3", "option three"],
        ["console output, line 31", "option 31", nil],
        ["console output, line 41", nil, "one more"],
      ])
  }

  @Test func `times and memory may differ`() {
    let check = check {
      $0.rows[0][3] = .init("9 m 1 s", isVolatile: true)
      $0.rows[1][4] = .init("7 GB", isVolatile: true)
    }
    #expect(check.isSame)
  }

  @Test func `a cell that is no longer volatile does not hide a difference`() {
    #expect(!check { $0.rows[0][3] = "9 m 1 s" }.isSame)
  }

  @Test func `a metric may not differ`() throws {
    let check = check { $0.rows[1][2] = "0.706" }
    let item = try #require(check.items.first { !$0.differences.isEmpty })
    #expect(item.title == "for size in [\"s\"] {")
    #expect(item.differences.count == 1)
    let difference = try #require(item.differences.first)
    #expect(difference.place == "table 'Runs', row 2 (s, 10 | frozen), column 'mAP50-95'")
    #expect(difference.recorded == "0.705" && difference.fresh == "0.706")
    #expect(check.text.contains("DIFFERENT  for size in"))
    #expect(check.text.hasSuffix("1 of 7 did not come out the same"))
    #expect(check.json.contains("\"recorded\" : \"0.705\""))
  }

  @Test func `a missing row is a difference`() {
    let check = check { $0.rows.removeLast() }
    #expect(check.items.flatMap(\.differences).map(\.place) == ["table 'Runs', row 2"])
  }

  @Test func `a row more or less leaves the rows behind it alone`() {
    func places(_ old: [[Table.Cell]], _ new: [[Table.Cell]]) -> [String] {
      func document(_ rows: [[Table.Cell]]) -> Document {
        Document([
          .step(Step("show plush")),
          .output(
            .table(Table(title: "T", columns: [.init("split"), .init("n")], rows: rows))),
        ])
      }
      return ReportCheck(
        recorded: document(old), fresh: document(new), comparesFigures: true
      ).items.flatMap(\.differences).map(\.place)
    }
    let rows: [[Table.Cell]] = [["train", "23"], ["val", "3"], ["test", "2"]]
    #expect(places(rows, rows).isEmpty)
    #expect(places([rows[0], rows[2]], rows) == ["table 'T', row 2"])
    #expect(places(rows, [rows[0], rows[2]]) == ["table 'T', row 2"])
    #expect(
      places(rows, [["train", "24"]] + rows[1...]) == ["table 'T', row 1 (train), column 'n'"])
    // A row that changed beside one that is missing is found by its name.
    #expect(
      places([["train", "24"], ["test", "2"]], rows)
        == ["table 'T', row 1 (train), column 'n'", "table 'T', row 2"])
    #expect(places(rows, rows[..<2] + [["other", "2"]]) == ["table 'T', row 3, column 'split'"])
    #expect(
      places(rows, []) == ["table 'T', row 1", "table 'T', row 2", "table 'T', row 3"])
  }

  @Test func `a report that stopped early differs`() {
    var fresh = SampleReport.document
    fresh.entries.removeLast(4)
    let check = ReportCheck(
      recorded: SampleReport.document, fresh: fresh, comparesFigures: false)
    #expect(!check.isSame)
  }

  @Test func `prose with values is compared, its times are not`() {
    func document(_ text: String, _ time: String) -> Document {
      Document([
        .prose(
          Prose("{x} in {t}", rendered: VolatileText("\(text) in \(time)", volatilePieces: [time])))
      ])
    }
    let same = ReportCheck(
      recorded: document("0.7", "3 s"), fresh: document("0.7", "4 s"), comparesFigures: true)
    let other = ReportCheck(
      recorded: document("0.7", "3 s"), fresh: document("0.8", "3 s"), comparesFigures: true)
    #expect(same.isSame)
    #expect(other.items.flatMap(\.differences).first?.recorded == "0.7 in …")
  }

  @Test func `pictures are compared only where asked for, their numbers always`() {
    func document(_ digest: String, _ numbers: String) -> Document {
      Document([
        .step(Step("plot first")),
        .output(
          .figure(
            Figure(
              path: "a.png", alternativeText: "a", digest: digest, numbers: "a.csv",
              numbersDigest: numbers))),
      ])
    }
    func isSame(_ digest: String, _ numbers: String, _ comparesFigures: Bool) -> Bool {
      ReportCheck(
        recorded: document("1", "1"), fresh: document(digest, numbers),
        comparesFigures: comparesFigures
      ).isSame
    }
    #expect(isSame("1", "1", true))
    #expect(!isSame("2", "1", true))
    #expect(isSame("2", "1", false))
    #expect(!isSame("1", "2", false))
  }

  @Test func `what lies beside the report must be what it was written with`() {
    let document = Document([
      .step(Step("compare runs")),
      .output(
        .figure(
          Figure(
            path: "r_files/01-plot.png", alternativeText: "a", digest: "aa",
            numbers: "r_files/01-plot.csv", numbersDigest: "bb", isVolatile: true))),
    ])
    func differences(_ files: [String: String]) -> [ReportCheck.Difference] {
      ReportCheck(recorded: document, fresh: document, comparesFigures: false) { files[$0] }
        .items.flatMap(\.differences)
    }
    #expect(differences(["r_files/01-plot.png": "aa", "r_files/01-plot.csv": "bb"]).isEmpty)
    let replaced = differences(["r_files/01-plot.png": "cc", "r_files/01-plot.csv": "bb"])
    #expect(replaced.map(\.place) == ["file r_files/01-plot.png"])
    #expect(replaced.first?.recorded == "SHA-256 aa" && replaced.first?.fresh == "SHA-256 cc")
    let missing = differences(["r_files/01-plot.png": "aa"])
    #expect(missing.map(\.fresh) == ["no such file beside the report"])
  }

  @Test func `pictures that were not compared are said to be so`() {
    func text(_ comparesFigures: Bool, _ output: Output) -> String {
      let document = Document([.step(Step("plot run")), .output(output)])
      return ReportCheck(
        recorded: document, fresh: document, comparesFigures: comparesFigures
      ).text
    }
    let figure = Output.figure(Figure(path: "a.png", alternativeText: "a", digest: "1"))
    #expect(text(false, figure).contains("for charts only the numbers were compared"))
    #expect(!text(true, figure).contains("of pictures"))
    #expect(!text(false, .text("no picture")).contains("of pictures"))
  }

  @Test func `a parameter that changed is named`() {
    func document(_ value: String, _ origin: Parameter.Origin) -> Document {
      Document([.output(.parameters([.init(name: "epochs", value: value, origin: origin)]))])
    }
    let origins = ReportCheck(
      recorded: document("5", .script), fresh: document("5", .commandLine), comparesFigures: true)
    let values = ReportCheck(
      recorded: document("5", .script), fresh: document("6", .script), comparesFigures: true)
    #expect(origins.isSame)
    #expect(values.items.flatMap(\.differences).map(\.place) == ["parameters, epochs"])
  }
}
