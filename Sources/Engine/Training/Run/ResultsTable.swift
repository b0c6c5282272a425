internal import Foundation

/// The text of `results.csv`: one line an epoch, in the columns that YOLO users know.
public enum ResultsTable {
  /// The columns of Ultralytics 8.4.
  public static let columns = [
    "epoch", "time", "train/box_loss", "train/cls_loss", "train/dfl_loss", "metrics/precision(B)",
    "metrics/recall(B)", "metrics/mAP50(B)", "metrics/mAP50-95(B)", "val/box_loss", "val/cls_loss",
    "val/dfl_loss", "lr/pg0", "lr/pg1", "lr/pg2",
  ]

  /// The table of some epochs; numbers have six digits, scores that were not taken are empty.
  public static func text(_ results: [EpochResult]) -> String {
    header + results.map(line).joined()
  }

  /// The first line.
  static var header: String { columns.joined(separator: ",") + "\n" }

  /// The line of one epoch.
  static func line(_ result: EpochResult) -> String {
    let all = [result.seconds] + numbers(of: result)
    let cells = all.map { $0.map { String(format: "%.6g", $0) } ?? "" }
    return ([String(result.epoch)] + cells).joined(separator: ",") + "\n"
  }

  /// The numbers of one epoch that were taken, each with the name of its column; without epoch and time.
  public static func scalars(of result: EpochResult) -> [(name: String, value: Double)] {
    zip(columns.dropFirst(2), numbers(of: result)).compactMap { name, value in
      value.map { (name, $0) }
    }
  }

  private static func numbers(of result: EpochResult) -> [Double?] {
    let scores = result.scores.map { [$0.precision, $0.recall, $0.map50, $0.map50_95] }
    let validation = result.validation.map { [$0.box, $0.cls, $0.dfl] }
    return [result.train.box, result.train.cls, result.train.dfl]
      + (scores ?? [nil, nil, nil, nil]) + (validation ?? [nil, nil, nil]) + result.rates
  }

  /// The epochs of a table, ours or Ultralytics', old or new.
  ///
  /// Blanks around names and numbers do not matter, nor does the order of the columns; tables whose
  /// epochs start at 0 are counted from 1.
  ///
  /// - Parameters:
  ///   - text: The file's content.
  ///   - file: Its name, for errors.
  /// - Returns: The epochs in the table's order.
  /// - Throws: ``ResultsError`` with the line.
  public static func parse(_ text: String, file: String) throws(ResultsError) -> [EpochResult] {
    let lines = text.split(whereSeparator: \.isNewline).map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
    }
    guard let header = lines.first else {
      throw ResultsError(file: file, line: 1, problem: .empty)
    }
    for name in columns where name != "time" && !header.contains(name) {
      throw ResultsError(file: file, line: 1, problem: .missingColumn(name))
    }
    var results: [EpochResult] = []
    for (index, cells) in lines.enumerated().dropFirst() {
      let row = Row(header: header, cells: cells, file: file, line: index + 1)
      results.append(try row.result())
    }
    if results.first?.epoch == 0 { for i in results.indices { results[i].epoch += 1 } }
    return results
  }

  private struct Row {
    let header: [String], cells: [String], file: String, line: Int

    func result() throws(ResultsError) -> EpochResult {
      guard cells.count == header.count else {
        throw ResultsError(
          file: file, line: line, problem: .cells(found: cells.count, expected: header.count))
      }
      guard let epoch = Int(exactly: try number("epoch")) else {
        throw ResultsError(file: file, line: line, problem: .noNumber("epoch"))
      }
      let scored = try optional("metrics/mAP50-95(B)") != nil
      let lossed = try optional("val/box_loss") != nil
      return EpochResult(
        epoch: epoch, seconds: header.contains("time") ? try number("time") : 0,
        train: try losses("train"), scores: scored ? try scores() : nil,
        validation: lossed ? try losses("val") : nil,
        rates: [try number("lr/pg0"), try number("lr/pg1"), try number("lr/pg2")])
    }

    private func losses(_ kind: String) throws(ResultsError) -> Losses {
      Losses(
        box: try number(kind + "/box_loss"), cls: try number(kind + "/cls_loss"),
        dfl: try number(kind + "/dfl_loss"))
    }

    private func scores() throws(ResultsError) -> EpochScores {
      EpochScores(
        precision: try number("metrics/precision(B)"), recall: try number("metrics/recall(B)"),
        map50: try number("metrics/mAP50(B)"), map50_95: try number("metrics/mAP50-95(B)"))
    }

    private func number(_ column: String) throws(ResultsError) -> Double {
      guard let number = try optional(column) else {
        throw ResultsError(file: file, line: line, problem: .noNumber(column))
      }
      return number
    }

    private func optional(_ column: String) throws(ResultsError) -> Double? {
      guard let position = header.firstIndex(of: column), !cells[position].isEmpty else {
        return nil
      }
      guard let number = Double(cells[position]) else {
        throw ResultsError(file: file, line: line, problem: .noNumber(column))
      }
      return number
    }
  }
}

/// Why a table of results cannot be read.
public struct ResultsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Equatable, Sendable {
    /// The file has no header.
    case empty
    /// A column is absent.
    case missingColumn(String)
    /// A line has another number of cells than the header.
    case cells(found: Int, expected: Int)
    /// A cell that should hold a number does not.
    case noNumber(String)
  }

  /// The file's name.
  public let file: String
  /// Counted from 1; empty lines do not count.
  public let line: Int
  /// What is wrong.
  public let problem: Problem

  /// One line: file and line first.
  public var description: String {
    let what =
      switch problem {
      case .empty: "expected a header, but the file is empty"
      case .missingColumn(let name): "the column '\(name)' is missing"
      case .cells(let found, let expected): "expected \(expected) cells, found \(found)"
      case .noNumber(let column): "expected a number under '\(column)'"
      }
    return "\(file): line \(line): \(what)"
  }
}
