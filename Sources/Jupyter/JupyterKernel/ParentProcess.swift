internal import Foundation

/// The program that started the kernel and names itself in the environment: without it nobody ends the kernel.
struct ParentProcess {
  private let named: pid_t?
  private let original = getppid()

  init() { named = ProcessInfo.processInfo.environment["JPY_PARENT_PID"].flatMap { pid_t($0) } }

  /// Whether it has ended.
  func isGone() -> Bool {
    guard let named, named > 0 else { return false }
    if kill(named, 0) != 0, errno == ESRCH { return true }
    return original == named && getppid() != original
  }
}
