// swift-tools-version: 6.2
import PackageDescription

/// One strict dialect for every Swift target: a rule that binds only some rooms binds none.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let flyingFox: [Target.Dependency] = [
  .product(name: "FlyingFox", package: "FlyingFox"),
  .product(name: "FlyingSocks", package: "FlyingFox"),
]
let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

extension Target {
  /// A room of the engine or of the REPL: one small module with a folder of its own.
  static func room(_ name: String, in folder: String, uses: [Target.Dependency] = []) -> Target {
    .target(
      name: name, dependencies: uses, path: "Sources/\(folder)/\(name)", swiftSettings: strict)
  }

  /// The tests of one room; what they share stands in TestSupport.
  static func tests(
    _ name: String, of uses: [Target.Dependency], data: [String] = []
  ) -> Target {
    .testTarget(
      name: "\(name)Tests", dependencies: uses + ["TestSupport"], path: "Tests/\(name)Tests",
      exclude: data, swiftSettings: strict)
  }

  /// A C library of Debian's, reached through a module map and a shim header.
  ///
  /// `pkgConfig` is left out throughout: Debian's flags for some of them are refused by SwiftPM.
  static func debian(_ name: String, package: String) -> Target {
    .systemLibrary(
      name: name, path: "Sources/System/\(name)", providers: [.apt([package])])
  }
}

let package = Package(
  name: "yolos",
  products: [
    .library(
      name: "Engine",
      targets: [
        "Text", "Mathematics", "Files", "Geometry", "Images", "Tensors", "Layers", "YOLO",
        "Evaluation",
        "Datasets", "Checkpoints", "Weights", "Export", "Training", "Toys", "Charts", "Logs",
      ]),
    .executable(name: "yolos", targets: ["yolos"]),
  ],
  dependencies: [
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
  ],
  targets: [
    .debian("COpenBLAS", package: "libopenblas-dev"),
    .debian("CPNG", package: "libpng-dev"),
    .debian("CTurboJPEG", package: "libturbojpeg0-dev"),
    .debian("CWebP", package: "libwebp-dev"),
    .debian("CTIFF", package: "libtiff-dev"),
    .debian("CGIF", package: "libgif-dev"),
    .debian("CHEIF", package: "libheif-dev"),
    .debian("CCairo", package: "libcairo2-dev"),
    .debian("CZip", package: "libzip-dev"),
    .debian("CCrypto", package: "libssl-dev"),
    .debian("CCurl", package: "libcurl4-openssl-dev"),
    .debian("CReadline", package: "libreadline-dev"),
    .debian("CZMQ", package: "libzmq3-dev"),

    // Engine, from the ground up. An arrow points only to rooms above it in this list.
    .target(name: "CKernels", path: "Sources/Engine/CKernels"),
    .target(
      name: "CImages", dependencies: ["CPNG", "CWebP", "CTIFF", "CGIF", "CHEIF"],
      path: "Sources/Engine/CImages",
      linkerSettings: ["png", "webp", "webpdemux", "tiff", "gif", "dl"].map {
        .linkedLibrary($0)
      }),
    .target(name: "CAugment", path: "Sources/Engine/CAugment"),
    .target(
      name: "CTransfer", dependencies: ["CCurl"], path: "Sources/Engine/CTransfer",
      linkerSettings: [.linkedLibrary("curl")]),
    .target(
      name: "CArchive", dependencies: ["CZip"], path: "Sources/Engine/CArchive",
      linkerSettings: [.linkedLibrary("dl")]),
    .target(name: "Text", path: "Sources/Text", swiftSettings: strict),
    .room("Mathematics", in: "Engine"),
    .room("Files", in: "Engine", uses: ["CCrypto", "Text"]),
    .room("Geometry", in: "Engine", uses: ["Mathematics"]),
    .room("Images", in: "Engine", uses: ["CImages", "CTurboJPEG", "Files", "Geometry"]),
    .room("Tensors", in: "Engine", uses: ["CKernels", "COpenBLAS", "Mathematics"]),
    .room("Layers", in: "Engine", uses: ["CKernels", "Tensors"]),
    .target(
      name: "CMPI", path: "Sources/Engine/CMPI",
      linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .room("Ranks", in: "Engine", uses: ["CMPI", "Tensors"]),
    .room("Evaluation", in: "Engine", uses: ["Geometry", "Mathematics"]),
    .room("Checkpoints", in: "Engine", uses: ["CArchive", "Files", "Tensors"]),
    .room("Weights", in: "Engine", uses: ["CTransfer", "Files", "Text"]),
    .room(
      "YOLO", in: "Engine",
      uses: ["CKernels", "Geometry", "Layers", "Mathematics", "Tensors", yams]),
    .room(
      "Export", in: "Engine", uses: ["Checkpoints", "Files", "Layers", "Tensors", "Text", "YOLO"]),
    .room(
      "Datasets", in: "Engine",
      uses: ["CAugment", "Files", "Geometry", "Images", "Mathematics", "Tensors", "Text", yams]),
    .room(
      "Training", in: "Engine",
      uses: [
        "CKernels", "Checkpoints", "Datasets", "Evaluation", "Files", "Geometry", "Images",
        "Layers", "Mathematics", "Tensors", "Text", "YOLO", yams,
      ]),
    .room("Logs", in: "Engine", uses: ["Files"]),
    .room(
      "Charts", in: "Engine",
      uses: ["CCairo", "Files", "Geometry", "Images", "Mathematics", "Text"]),
    .room(
      "Toys", in: "Engine",
      uses: ["CCairo", "Datasets", "Files", "Geometry", "Images", "Mathematics", "Tensors"]),

    // REPL: the language, the report, and the one room that knows both houses.
    .room("Language", in: "REPL", uses: ["Text"]),
    .room("Report", in: "REPL", uses: ["Files", "Text"]),
    .room(
      "Commands", in: "REPL",
      uses: [
        "Charts", "Checkpoints", "Datasets", "Evaluation", "Export", "Files", "Geometry", "Images",
        "Language", "Layers", "Logs", "Mathematics", "Report", "Tensors", "Text", "Toys",
        "Training",
        "Weights", "YOLO", yams,
      ]),

    // The language server: a client of the REPL house that neither house knows.
    .room("JSONRPC", in: "LSP"),
    .room(
      "LanguageServer", in: "LSP",
      uses: ["Commands", "Files", "JSONRPC", "Language", "Report", "Text"]),

    // The Jupyter kernel and its notebooks: another client, which finds ZeroMQ when it starts.
    .target(
      name: "CSockets", dependencies: ["CZMQ"], path: "Sources/Jupyter/CSockets",
      linkerSettings: [.linkedLibrary("dl")]),
    .room("JSON", in: "Jupyter"),
    .room("JupyterMessages", in: "Jupyter", uses: ["Files", "JSON"]),
    .room(
      "JupyterNotebooks", in: "Jupyter", uses: ["Commands", "Files", "JSON", "Language", "Report"]),
    .room(
      "JupyterKernel", in: "Jupyter",
      uses: [
        "Charts", "Commands", "CSockets", "Files", "Images", "JSON", "JupyterMessages",
        "JupyterNotebooks", "Language", "Report", "Text", "Toys", "Training",
      ]),

    // The page in the browser: the one room that knows of HTTP.
    .target(
      name: "Live", dependencies: ["Commands", "Files", "Report", "Training", yams] + flyingFox,
      path: "Sources/Live",
      resources: ["html", "css", "js"].map { .embedInCode("Page/page.\($0)") },
      swiftSettings: strict),

    .executableTarget(
      name: "yolos",
      dependencies: [
        "Charts", "Commands", "CReadline", "Files", "JSONRPC", "JupyterKernel", "JupyterMessages",
        "JupyterNotebooks", "Language", "LanguageServer", "Live", "Ranks", "Report", "Tensors",
        "Text", "Training", argumentParser,
      ],
      path: "Sources/REPL/yolos", swiftSettings: strict),
    .executableTarget(
      name: "bench",
      dependencies: [
        "Datasets", "Export", "Geometry", "Images", "Layers", "Mathematics", "Ranks", "Tensors",
        "Toys", "Training", "YOLO",
      ],
      path: "Sources/Bench", swiftSettings: strict),

    .target(
      name: "TestSupport", dependencies: ["Files", "Tensors"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .target(name: "CTerminal", path: "Tests/CTerminal"),
    .target(
      name: "CKernelBits", dependencies: ["CKernels"], path: "Tests/CKernelBits",
      exclude: ["main.c"]),
    .tests("Mathematics", of: ["Mathematics"]),
    .tests("Files", of: ["Files"]),
    .tests("Images", of: ["Files", "Geometry", "Images", "Tensors"]),
    .tests("Tensors", of: ["CKernelBits", "Mathematics", "Tensors"]),
    .tests("Layers", of: ["Layers", "Tensors"]),
    .tests("Evaluation", of: ["Evaluation", "Geometry", "Mathematics", "Tensors"]),
    .tests("Geometry", of: ["Geometry", "Tensors"]),
    .tests("Checkpoints", of: ["Checkpoints", "Files", "Tensors"]),
    .tests(
      "YOLO",
      of: ["Checkpoints", "Geometry", "Images", "Layers", "Mathematics", "Tensors", "YOLO"],
      data: ["structures.json"]),
    .tests("Weights", of: ["Files", "Weights"]),
    .tests("Export", of: ["Checkpoints", "Export", "Files", "Tensors", "YOLO"]),
    .tests(
      "Datasets", of: ["Datasets", "Files", "Geometry", "Images", "Mathematics", "Tensors"]),
    .tests(
      "Training",
      of: [
        "Checkpoints", "Datasets", "Evaluation", "Files", "Geometry", "Images", "Layers",
        "Mathematics", "Ranks", "Tensors", "Toys", "Training", "YOLO",
      ]),
    .tests("Ranks", of: ["Ranks", "Tensors"]),
    .tests(
      "Charts", of: ["Charts", "Datasets", "Files", "Geometry", "Images", "Mathematics", "Toys"]),
    .tests("Logs", of: ["Files", "Logs"]),
    .tests("Toys", of: ["Datasets", "Files", "Geometry", "Images", "Toys"]),
    .tests("Language", of: ["Language", "Text"]),
    .tests("Report", of: ["Files", "Mathematics", "Report"]),
    .tests("Live", of: ["Commands", "Files", "Live", "Report"]),
    .tests("LanguageServer", of: ["JSONRPC", "Language", "LanguageServer"]),
    .tests(
      "Jupyter",
      of: [
        "Files", "JSON", "JupyterKernel", "JupyterMessages", "JupyterNotebooks", "Language",
        "Mathematics", "Report",
      ]),
    .tests(
      "Commands",
      of: [
        "Commands", "Files", "Language", "Logs", "Report", "Training", "Toys", "Weights",
        "CTerminal",
      ],
      data: ["Editors", "Jupyter"]),
  ]
)

// Web pages of the documentation (scripts/docs) need this plugin; builds of the program do without it.
if Context.environment["YOLOS_DOCS"] != nil {
  package.dependencies.append(
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"))
}

// `YOLOS_TESTS=Tensors,Training` leaves out whatever the tests of those rooms do not need, for builds that take
// their time: scripts/test --sanitize=thread.
if let rooms = Context.environment["YOLOS_TESTS"] {
  var needed = Set(rooms.split(separator: ",").map { "\($0)Tests" })
  var known = 0
  while known < needed.count {
    known = needed.count
    for target in package.targets where needed.contains(target.name) {
      for case .byNameItem(let name, _) in target.dependencies { needed.insert(name) }
    }
  }
  package.targets.removeAll { !needed.contains($0.name) }
  package.products = []
}
