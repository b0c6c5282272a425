// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "fine-tune",
  dependencies: [.package(name: "yolos", path: "../..")],
  targets: [
    .executableTarget(name: "fine-tune", dependencies: [.product(name: "Engine", package: "yolos")])
  ]
)
