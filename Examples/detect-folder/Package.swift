// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "detect-folder",
  dependencies: [.package(name: "yolos", path: "../..")],
  targets: [
    .executableTarget(
      name: "detect-folder", dependencies: [.product(name: "Engine", package: "yolos")])
  ]
)
