/// The parameters of `initialize`, as far as they matter here.
struct InitializeParameters: Decodable {
  struct Folder: Decodable { var uri: String }

  struct Options: Decodable {
    /// Whether the client has the commands `yolos.runFile` and `yolos.runTo`.
    var runLenses: Bool?
  }

  struct Capabilities: Decodable {
    struct General: Decodable { var positionEncodings: [String]? }
    struct TextDocument: Decodable {
      struct Hover: Decodable { var contentFormat: [String]? }
      struct Completion: Decodable {
        struct Item: Decodable { var documentationFormat: [String]? }
        var completionItem: Item?
      }
      var hover: Hover?
      var completion: Completion?
    }

    var general: General?
    var textDocument: TextDocument?
  }

  var rootUri: String?
  var workspaceFolders: [Folder]?
  var capabilities: Capabilities?
  var initializationOptions: Options?

  enum CodingKeys: String, CodingKey {
    case rootUri, workspaceFolders, capabilities, initializationOptions
  }

  /// Reads what is there; what has another form than expected counts as absent.
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    rootUri = try? container.decodeIfPresent(String.self, forKey: .rootUri)
    workspaceFolders = try? container.decodeIfPresent([Folder].self, forKey: .workspaceFolders)
    capabilities = try? container.decodeIfPresent(Capabilities.self, forKey: .capabilities)
    initializationOptions = try? container.decodeIfPresent(
      Options.self, forKey: .initializationOptions)
  }
}

/// What `initialize` answers.
struct InitializeResult: Encodable {
  struct Information: Encodable {
    var name = "yolos"
    var version: String
  }

  struct Capabilities: Encodable {
    struct Synchronization: Encodable {
      var openClose = true
      /// 2: changes come as stretches.
      var change = 2
      var save = true
    }

    struct Completion: Encodable {
      var triggerCharacters = [".", "=", "\"", "/", "{", "("]
    }

    struct SignatureHelp: Encodable {
      var triggerCharacters = [" ", "("]
      var retriggerCharacters = ["="]
    }

    struct Rename: Encodable { var prepareProvider = true }
    struct CodeActions: Encodable { var codeActionKinds = ["quickfix"] }
    struct Lenses: Encodable { var resolveProvider = false }

    var positionEncoding: String
    var textDocumentSync = Synchronization()
    var completionProvider = Completion()
    var hoverProvider = true
    var signatureHelpProvider = SignatureHelp()
    var definitionProvider = true
    var referencesProvider = true
    var documentHighlightProvider = true
    var renameProvider = Rename()
    var documentSymbolProvider = true
    var foldingRangeProvider = true
    var codeActionProvider = CodeActions()
    var documentFormattingProvider = true
    var codeLensProvider: Lenses?
  }

  var capabilities: Capabilities
  var serverInfo: Information
}
