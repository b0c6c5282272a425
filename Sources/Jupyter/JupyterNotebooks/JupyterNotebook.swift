package import Foundation
package import JSON

/// A notebook as Jupyter keeps it (nbformat 4).
package struct JupyterNotebook: Equatable, Sendable {
  /// The cells from top to bottom.
  package var cells: [Cell]
  /// What is said about the whole.
  package var metadata: JSONObject
  /// The minor version; 5 is the first in which cells have names.
  package var minor = 5
  /// Members that the format does not know.
  var others = JSONObject()

  /// One cell.
  package struct Cell: Equatable, Sendable {
    /// What a cell holds.
    package enum Kind: String, Sendable {
      case code, markdown, raw
    }

    /// What it holds.
    package var kind: Kind
    /// Its name in the notebook; nil in old ones.
    package var id: String?
    /// Its text.
    package var source: String
    /// What is said about it.
    package var metadata: JSONObject
    /// The number of its last run; nil where it was not run, or holds no code.
    package var count: Int?
    /// What it showed, as the format has it, texts in one piece.
    package var outputs: [JSONValue]
    /// Members that the format does not know, and attachments.
    var others: JSONObject

    /// A cell.
    package init(_ kind: Kind, _ source: String, metadata: JSONObject = JSONObject()) {
      (self.kind, self.source, self.metadata) = (kind, source, metadata)
      (id, count, outputs, others) = (nil, nil, [], JSONObject())
    }
  }

  /// A notebook of cells.
  package init(_ cells: [Cell], metadata: JSONObject = JSONObject()) {
    (self.cells, self.metadata) = (cells, metadata)
  }
}

/// Why a file is no notebook that can be read.
package struct NotebookError: Error, Equatable, CustomStringConvertible {
  /// One line.
  package let description: String

  init(_ description: String) { self.description = description }
}

// MARK: Reading

extension JupyterNotebook {
  /// Reads a file.
  ///
  /// Total: any bytes are a notebook or an error.
  ///
  /// - Throws: ``NotebookError`` with the place.
  package init(_ content: Data) throws(NotebookError) {
    let value: JSONValue
    do throws(JSONError) { value = try JSONReader.value([UInt8](content)) } catch {
      throw NotebookError("this is not a notebook: \(error)")
    }
    try self.init(value)
  }

  /// Reads the JSON of a file.
  init(_ value: JSONValue) throws(NotebookError) {
    guard var top = value.asObject else {
      throw NotebookError("this is not a notebook: expected an object")
    }
    guard let major = top["nbformat"]?.asInt else {
      throw NotebookError("this is not a notebook: 'nbformat' is missing")
    }
    guard major == 4 else {
      throw NotebookError(
        "yolos reads notebook format 4, not \(major); "
          + "convert it with Jupyter: jupyter nbconvert --to notebook")
    }
    guard let cells = top["cells"]?.asArray else {
      throw NotebookError("this is not a notebook: 'cells' is missing")
    }
    self.cells = []
    for (index, cell) in cells.enumerated() {
      self.cells.append(try Cell(cell, place: "cell \(index + 1)"))
    }
    metadata = top["metadata"]?.asObject ?? JSONObject()
    minor = top["nbformat_minor"]?.asInt ?? 0
    for key in ["nbformat", "nbformat_minor", "cells", "metadata"] { top[key] = nil }
    others = top
  }
}

extension JupyterNotebook.Cell {
  init(_ value: JSONValue, place: String) throws(NotebookError) {
    guard var object = value.asObject else {
      throw NotebookError("\(place): expected an object")
    }
    guard let kind = object["cell_type"]?.asString.flatMap(Kind.init) else {
      throw NotebookError("\(place): 'cell_type' is \"code\", \"markdown\" or \"raw\"")
    }
    guard let source = object["source"]?.joinedText else {
      throw NotebookError("\(place): 'source' is a text or a list of lines")
    }
    (self.kind, self.source) = (kind, source)
    id = object["id"]?.asString
    metadata = object["metadata"]?.asObject ?? JSONObject()
    count = object["execution_count"]?.asInt
    outputs = (object["outputs"]?.asArray ?? []).map(Self.joined)
    for key in ["cell_type", "source", "id", "metadata"] { object[key] = nil }
    if kind == .code { for key in ["execution_count", "outputs"] { object[key] = nil } }
    others = object
  }

  /// Whether a form of an output is JSON, whose lists are no lines.
  private static func isJSON(_ type: String) -> Bool {
    type == "application/json" || type.hasSuffix("+json")
  }

  /// An output whose texts are in one piece each.
  private static func joined(_ output: JSONValue) -> JSONValue {
    guard var object = output.asObject else { return output }
    if let text = object["text"]?.joinedText { object["text"] = .string(text) }
    if let data = object["data"]?.asObject {
      object["data"] = .object(
        JSONObject(
          data.members.map { member in
            guard !isJSON(member.key), let text = member.value.joinedText else { return member }
            return .init(key: member.key, value: .string(text))
          }))
    }
    return .object(object)
  }

  /// An output with its texts as lists of lines.
  private static func divided(_ output: JSONValue) -> JSONValue {
    guard var object = output.asObject else { return output }
    if let text = object["text"]?.asString { object["text"] = lines(text) }
    if let data = object["data"]?.asObject {
      object["data"] = .object(
        JSONObject(
          data.members.map { member in
            guard !isJSON(member.key), !member.key.hasPrefix("image/") || member.key == svg,
              let text = member.value.asString
            else { return member }
            return .init(key: member.key, value: lines(text))
          }))
    }
    return .object(object)
  }

  private static let svg = "image/svg+xml"

  private static func lines(_ text: String) -> JSONValue {
    var lines: [JSONValue] = [], current = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      current.append(scalar)
      if scalar == "\n" {
        lines.append(.string(String(current)))
        current = String.UnicodeScalarView()
      }
    }
    if !current.isEmpty { lines.append(.string(String(current))) }
    return .array(lines)
  }

  /// The cell as JSON.
  ///
  /// - Parameter isDivided: Whether texts are lists of lines, as files have them.
  /// - Returns: An object.
  func json(isDivided: Bool = true) -> JSONValue {
    var object = others
    object["cell_type"] = .string(kind.rawValue)
    if let id { object["id"] = .string(id) }
    object["metadata"] = .object(metadata)
    object["source"] = isDivided ? Self.lines(source) : .string(source)
    if kind == .code {
      object["execution_count"] = count.map { .number($0) } ?? .null
      object["outputs"] = .array(isDivided ? outputs.map(Self.divided) : outputs)
    }
    return .object(object)
  }
}

// MARK: Writing

extension JupyterNotebook {
  /// The notebook as JSON.
  func json(isDivided: Bool = true) -> JSONValue {
    var object = others
    object["cells"] = .array(cells.map { $0.json(isDivided: isDivided) })
    object["metadata"] = .object(metadata)
    object["nbformat"] = 4
    object["nbformat_minor"] = .number(minor)
    return .object(object)
  }

  /// The file, in the style of Jupyter's own writer.
  package var content: Data {
    Data(JSONWriter.indented(json()) + [UInt8(ascii: "\n")])
  }
}
