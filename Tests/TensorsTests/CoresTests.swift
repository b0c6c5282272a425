import Tensors
import Testing

/// What the files of the system say about the cores a process may use.
@Suite struct CoresTests {
  private static let unified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n"
  private static let older = """
    31 23 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
    32 23 0:28 / /sys/fs/cgroup/cpu,cpuacct rw shared:7 - cgroup cgroup rw,cpu,cpuacct
    """

  private func quota(_ files: [String: String]) -> Double? {
    CPUQuota { files[$0] }?.cores
  }

  @Test func `version 2: the tightest quota among a group and those around it counts`() {
    var files = [
      "/proc/self/cgroup": "0::/user.slice/job\n",
      "/proc/self/mountinfo": CoresTests.unified,
      "/sys/fs/cgroup/user.slice/cpu.max": "150000 100000\n",
      "/sys/fs/cgroup/user.slice/job/cpu.max": "max 100000\n",
    ]
    #expect(quota(files) == 1.5)
    files["/sys/fs/cgroup/user.slice/job/cpu.max"] = "50000 100000\n"
    #expect(quota(files) == 0.5)
  }

  @Test func `version 2: in a container the mount point is the group`() {
    let files = [
      "/proc/self/cgroup": "0::/\n", "/proc/self/mountinfo": CoresTests.unified,
      "/sys/fs/cgroup/cpu.max": "200000 100000\n",
    ]
    #expect(quota(files) == 2)
    // Its own group is mounted, under a path of the machine outside.
    let bound = [
      "/proc/self/cgroup": "0::/docker/abc/inner\n",
      "/proc/self/mountinfo": "30 23 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n",
      "/sys/fs/cgroup/cpu.max": "max 100000\n",
      "/sys/fs/cgroup/inner/cpu.max": "300000 100000\n",
    ]
    #expect(quota(bound) == 3)
  }

  @Test func `version 1: quota and period are files of the processor's hierarchy`() {
    var files = [
      "/proc/self/cgroup": "5:memory:/other\n4:cpu,cpuacct:/docker/abc\n0::/\n",
      "/proc/self/mountinfo": CoresTests.older,
      "/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us": "250000\n",
      "/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us": "100000\n",
      "/sys/fs/cgroup/memory/other/cpu.cfs_quota_us": "1\n",
      "/sys/fs/cgroup/memory/other/cpu.cfs_period_us": "1\n",
    ]
    #expect(quota(files) == 2.5)
    files["/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us"] = "-1\n"
    #expect(quota(files) == nil)
  }

  @Test func `without control groups, or with files that make no sense, no quota counts`() {
    #expect(quota([:]) == nil)
    for text in ["", "max", "0 100000", "-5 100000", "many few", "1 2 3"] {
      #expect(
        quota([
          "/proc/self/cgroup": "0::/\n", "/proc/self/mountinfo": CoresTests.unified,
          "/sys/fs/cgroup/cpu.max": text,
        ]) == nil, "'\(text)'")
    }
  }

  @Test(arguments: [(0.5, 1), (1, 1), (1.5, 1), (2, 2), (7.9, 7), (64, 8), (.infinity, 8)])
  func `a quota is rounded down, to one at least, and allows no more than the affinity`(
    cores: Double, threads: Int
  ) throws {
    let quota = try #require(
      CPUQuota {
        [
          "/proc/self/cgroup": "0::/", "/proc/self/mountinfo": CoresTests.unified,
          "/sys/fs/cgroup/cpu.max": "\(cores * 100_000) 100000",
        ][$0]
      })
    #expect(quota.limit(8) == threads)
  }

  @Test(
    arguments: [
      ("0-3,8", 5), ("0", 1), ("7,9-10", 3), ("0-127", 128), ("", nil), ("3-1", nil), ("a-b", nil),
      ("-", nil),
    ] as [(String, Int?)])
  func `the affinity is a list of cores and of ranges`(list: String, count: Int?) {
    let text = "Name:\tyolos\nCpus_allowed:\tff\nCpus_allowed_list:\t\(list)\nMems_allowed:\t1\n"
    #expect(Cores.allowed(text)?.count == count)
    #expect(Cores.allowed("Name:\tyolos\n") == nil)
  }

  @Test func `processors that share a core count once, and those that are switched off not at all`()
  {
    let lists = ["0,4\n", "1,5\n", "2-3\n", "2-3\n", "0,4\n", "1,5\n"]
    func real(_ processors: [Int]) -> Int {
      Cores.real(processors) { $0 < lists.count ? lists[$0] : nil }
    }
    #expect(real([0, 1, 2, 3, 4, 5]) == 3)
    #expect(real([0, 4]) == 1)
    #expect(real([1, 2, 7]) == 2)
    // Nothing is known, as in some containers.
    #expect(real([8, 9, 10]) == 3)
  }

  @Test func `a pool takes as many threads as there are cores for it`() {
    #expect(ThreadPool().threads == Cores.available)
    #expect(Cores.available >= 1)
  }
}

@Suite struct PatienceTests {
  private let start = ContinuousClock.now

  @Test func `threads that have no core of their own sleep at once`() {
    var patience = Patience(threads: 3, available: 2, cores: 64)
    #expect(patience.spins == 0)
    patience.look(now: start + .seconds(1)) { "0.00 0.00 0.00 1/300 4000" }
    #expect(patience.spins == 0)
  }

  @Test func `where more threads want to run than there are cores, nobody waits awake`() {
    var patience = Patience(threads: 2, available: 2, cores: 2)
    #expect(patience.spins == Patience.usual)
    patience.look(now: start + .seconds(1)) { "0.10 0.20 0.30 3/300 4000" }
    #expect(patience.spins == 0)
    // A tenth of a second has not passed.
    patience.look(now: start + .milliseconds(1050)) { "0.10 0.20 0.30 2/300 4000" }
    #expect(patience.spins == 0)
    patience.look(now: start + .milliseconds(1200)) { "0.10 0.20 0.30 2/300 4000" }
    #expect(patience.spins == Patience.usual)
  }

  @Test func `a system that does not tell counts as idle`() {
    for text in [nil, "", "0.1 0.2 0.3", "a b c d/e f"] as [String?] {
      var patience = Patience(threads: 2, available: 2, cores: 2)
      patience.look(now: start + .seconds(1)) { text }
      #expect(patience.spins == Patience.usual)
    }
  }
}
