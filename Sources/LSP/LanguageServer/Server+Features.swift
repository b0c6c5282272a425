internal import Commands
internal import Foundation
internal import JSONRPC
internal import Language

/// A document and a place in it, with all that is known of both.
struct Query {
  let document: Document
  let inspection: Inspection
  let workspace: Workspace
  /// The place, in bytes.
  let offset: Int

  /// Where each name stands.
  var names: NameIndex { document.names(of: inspection) }

  /// The name at the place.
  var occurrence: NameIndex.Occurrence? {
    names.occurrence(at: offset, in: inspection.source)
  }

  /// The range of a span of the document.
  func range(_ span: Span) -> TextRange { document.lines.range(of: span) }

  /// Where an occurrence stands, which may be in an included file.
  func location(of occurrence: NameIndex.Occurrence) -> Location {
    location(of: occurrence.span, in: occurrence.source)
  }

  /// Where a span stands in a text of the program.
  func location(of span: Span, in source: SourceText) -> Location {
    guard source !== inspection.source else {
      return Location(uri: document.uri, range: range(span))
    }
    let path = inspection.path(of: source)
    let lines = LineTable(source.utf8, encoding: workspace.encoding)
    return Location(
      uri: workspace.document(at: path)?.uri ?? FileAddress.uri(of: path),
      range: lines.range(of: span))
  }
}

extension Server {
  /// Answers a request about a document.
  func feature(_ method: String, _ message: Message) throws(ResponseError) -> any Encodable {
    switch method {
    case "textDocument/hover": return HoverText(try place(message)).hover(as: hoverFormat)
    case "textDocument/completion":
      return CompletionAnswer(try place(message), format: completionFormat).list
    case "textDocument/signatureHelp": return SignatureAnswer(try place(message)).help
    case "textDocument/definition": return try place(message).definition
    case "textDocument/documentHighlight": return try place(message).highlights
    case "textDocument/references":
      let parameters: ReferenceParameters = try message.parameters()
      let query = try place(parameters.textDocument, parameters.position)
      return query.references(withDefinition: parameters.context.includeDeclaration)
    case "textDocument/prepareRename": return try place(message).renamePlace()
    case "textDocument/rename":
      let parameters: RenameParameters = try message.parameters()
      return try place(parameters.textDocument, parameters.position)
        .renaming(to: parameters.newName)
    case "textDocument/documentSymbol": return Symbols(try whole(message)).all
    case "textDocument/foldingRange": return try whole(message).foldings
    case "textDocument/formatting": return try whole(message).formatting
    case "textDocument/codeLens": return offersRuns ? try whole(message).lenses : []
    case "textDocument/codeAction":
      let parameters: CodeActionParameters = try message.parameters()
      let query = try place(parameters.textDocument, parameters.range.start)
      return Findings(query.inspection, query.document, workspace).actions(
        in: query.document.lines.span(of: parameters.range), only: parameters.context?.only)
    default: throw ResponseError(.methodNotFound, "there is no '\(method)' here")
    }
  }

  private func place(_ message: Message) throws(ResponseError) -> Query {
    let parameters: TextDocumentPosition = try message.parameters()
    return try place(parameters.textDocument, parameters.position)
  }

  private func whole(_ message: Message) throws(ResponseError) -> Query {
    let parameters: DocumentParameters = try message.parameters()
    return try place(parameters.textDocument, Position(line: 0, character: 0))
  }

  private func place(
    _ document: TextDocumentIdentifier, _ position: Position
  ) throws(ResponseError) -> Query {
    let document = try workspace.document(document.uri)
    return Query(
      document: document, inspection: workspace.inspection(of: document), workspace: workspace,
      offset: document.lines.offset(of: position))
  }

  /// Markdown, unless the client says that it wants plain text alone.
  private var hoverFormat: Markup {
    Markup(capabilities.textDocument?.hover?.contentFormat)
  }

  private var completionFormat: Markup {
    Markup(capabilities.textDocument?.completion?.completionItem?.documentationFormat)
  }
}

/// How explanations are written.
enum Markup: String {
  case markdown, plaintext

  /// What a client can show, as it says; Markdown where it says nothing.
  init(_ formats: [String]?) {
    self = formats.map { $0.contains("markdown") || $0.isEmpty } ?? true ? .markdown : .plaintext
  }

  /// A text with its kind.
  func content(_ text: Explanation) -> MarkupContent {
    MarkupContent(kind: rawValue, value: self == .markdown ? text.markdown : text.plain)
  }
}
