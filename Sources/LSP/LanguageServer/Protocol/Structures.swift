/// A place in a text: line and column, both from 0; columns in units of the agreed encoding.
struct Position: Codable, Hashable, Sendable {
  var line: Int
  var character: Int
}

/// A stretch of a text; its end is not part of it.
struct TextRange: Codable, Hashable, Sendable {
  var start: Position
  var end: Position
}

/// A stretch of a file.
struct Location: Codable, Hashable, Sendable {
  var uri: String
  var range: TextRange
}

/// A stretch and what takes its place.
struct TextEdit: Codable, Hashable, Sendable {
  var range: TextRange
  var newText: String
}

/// Edits of several files.
struct WorkspaceEdit: Codable, Hashable, Sendable {
  var changes: [String: [TextEdit]]
}

/// Text with its markup.
struct MarkupContent: Codable, Hashable, Sendable {
  var kind: String
  var value: String
}

/// Names a document.
struct TextDocumentIdentifier: Codable, Sendable {
  var uri: String
  var version: Int?
}

/// A document and a place in it: the parameters of most requests.
struct TextDocumentPosition: Codable, Sendable {
  var textDocument: TextDocumentIdentifier
  var position: Position
}

/// The parameters of requests about a whole document.
struct DocumentParameters: Codable, Sendable {
  var textDocument: TextDocumentIdentifier
}

/// The parameters of `textDocument/didOpen`.
struct DidOpenParameters: Codable, Sendable {
  struct Item: Codable, Sendable {
    var uri: String
    var languageId: String?
    var version: Int?
    var text: String
  }

  var textDocument: Item
}

/// The parameters of `textDocument/didChange`.
struct DidChangeParameters: Codable, Sendable {
  struct Change: Codable, Sendable {
    /// What is replaced; nil for the whole text.
    var range: TextRange?
    var text: String
  }

  var textDocument: TextDocumentIdentifier
  var contentChanges: [Change]
}

/// The parameters of `textDocument/references`.
struct ReferenceParameters: Codable, Sendable {
  struct Context: Codable, Sendable { var includeDeclaration: Bool }

  var textDocument: TextDocumentIdentifier
  var position: Position
  var context: Context
}

/// The parameters of `textDocument/rename`.
struct RenameParameters: Codable, Sendable {
  var textDocument: TextDocumentIdentifier
  var position: Position
  var newName: String
}

/// What `textDocument/prepareRename` answers.
struct RenamePlace: Codable, Sendable {
  var range: TextRange
  var placeholder: String
}

/// The parameters of `textDocument/codeAction`.
struct CodeActionParameters: Codable, Sendable {
  struct Context: Codable, Sendable { var only: [String]? }

  var textDocument: TextDocumentIdentifier
  var range: TextRange
  var context: Context?
}

/// What `textDocument/hover` answers.
struct Hover: Codable, Sendable {
  var contents: MarkupContent
  var range: TextRange?
}

/// Something found in a text.
struct PublishedDiagnostic: Codable, Sendable {
  struct Related: Codable, Sendable {
    var location: Location
    var message: String
  }

  var range: TextRange
  /// 1 error, 2 warning, 3 information.
  var severity: Int
  var source = "yolos"
  var message: String
  var relatedInformation: [Related]?
}

/// The parameters of `textDocument/publishDiagnostics`.
struct PublishDiagnosticsParameters: Codable, Sendable {
  var uri: String
  var version: Int?
  var diagnostics: [PublishedDiagnostic]
}

/// A repair that is offered.
struct CodeAction: Codable, Sendable {
  var title: String
  var kind = "quickfix"
  var diagnostics: [PublishedDiagnostic]
  var isPreferred: Bool
  var edit: WorkspaceEdit
}

/// Something that could be typed.
struct CompletionItem: Codable, Sendable {
  var label: String
  var kind: Int
  var detail: String?
  var documentation: MarkupContent?
  var sortText: String?
  var filterText: String?
  var textEdit: TextEdit
}

/// What `textDocument/completion` answers.
struct CompletionList: Codable, Sendable {
  var isIncomplete: Bool
  var items: [CompletionItem]
}

/// What `textDocument/signatureHelp` answers.
struct SignatureHelp: Codable, Sendable {
  struct Signature: Codable, Sendable {
    struct Parameter: Codable, Sendable {
      /// Where in the label it stands, from and up to.
      var label: [Int]
      var documentation: MarkupContent?
    }

    var label: String
    var documentation: MarkupContent?
    var parameters: [Parameter]
  }

  var signatures: [Signature]
  var activeSignature: Int
  var activeParameter: Int?
}

/// A heading, a parameter, a def or a variable with what belongs to it.
struct DocumentSymbol: Codable, Sendable {
  var name: String
  var detail: String?
  var kind: Int
  var range: TextRange
  var selectionRange: TextRange
  var children: [DocumentSymbol]?
}

/// Lines that can be folded away; from 0.
struct FoldingRange: Codable, Sendable {
  var startLine: Int
  var endLine: Int
  var kind: String?
}

/// A line above a step that starts something.
struct CodeLens: Codable, Sendable {
  struct Command: Codable, Sendable {
    var title: String
    var command: String
    var arguments: [Argument]
  }

  /// A text or a number.
  enum Argument: Codable, Sendable {
    case text(String)
    case number(Int)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Int.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .text(let text): try container.encode(text)
      case .number(let number): try container.encode(number)
      }
    }
  }

  var range: TextRange
  var command: Command
}

/// The numbers of `CompletionItemKind`.
enum ItemKind {
  static let text = 1, function = 3, field = 5, variable = 6, property = 10, value = 12
  static let enumeration = 13, keyword = 14, file = 17, folder = 19, command = 2
}

/// The numbers of `SymbolKind`.
enum SymbolKind {
  static let heading = 15, function = 12, variable = 13, constant = 14
}
