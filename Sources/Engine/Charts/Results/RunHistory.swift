/// What one run wrote down epoch by epoch, under the column names of `results.csv`.
public struct RunHistory: Sendable {
  /// One column, such as `train/box_loss`.
  public struct Column: Sendable {
    /// Its name in `results.csv`.
    public let name: String
    /// One value an epoch; not finite where there was none.
    public let values: [Double]

    /// A column from its values.
    public init(name: String, values: [Double]) { (self.name, self.values) = (name, values) }
  }

  /// The run's name.
  public let name: String
  /// Its color in every picture; see ``Palette``.
  public let colorIndex: Int
  /// The numbers of the epochs.
  public let epochs: [Int]
  /// The columns, each as long as ``epochs``.
  public let columns: [Column]
  /// The epoch whose weights were kept as the best ones.
  public let bestEpoch: Int?

  /// A run's history.
  public init(
    name: String, colorIndex: Int, epochs: [Int], columns: [Column], bestEpoch: Int? = nil
  ) {
    precondition(
      columns.allSatisfy { $0.values.count == epochs.count },
      "every column needs \(epochs.count) values")
    (self.name, self.colorIndex, self.epochs) = (name, colorIndex, epochs)
    (self.columns, self.bestEpoch) = (columns, bestEpoch)
  }

  /// The values of a column, where it has any.
  func values(_ column: String) -> [Double]? {
    columns.first { $0.name == column && $0.values.contains(where: \.isFinite) }?.values
  }

  /// A column as a series of a line chart.
  func series(_ column: String) -> LineChart.Series? {
    values(column).map {
      LineChart.Series(name: name, x: epochs.map(Double.init), y: $0, colorIndex: colorIndex)
    }
  }

  /// The best epoch's point on a column.
  func best(_ column: String) -> Point? {
    guard let bestEpoch, let index = epochs.firstIndex(of: bestEpoch),
      let value = values(column)?[index], value.isFinite
    else { return nil }
    return Point(x: Double(bestEpoch), y: value)
  }

  /// All columns of all runs, one row an epoch.
  static func numbers(_ runs: [RunHistory]) -> NumberTable {
    var names: [String] = []
    for column in runs.flatMap(\.columns) where !names.contains(column.name) {
      names.append(column.name)
    }
    var table = NumberTable(columns: ["run", "epoch"] + names)
    for run in runs {
      for (index, epoch) in run.epochs.enumerated() {
        table.append(
          [.text(run.name), .count(epoch)]
            + names.map { name in
              run.columns.first { $0.name == name }.map { .number($0.values[index]) } ?? .empty
            })
      }
    }
    return table
  }
}
