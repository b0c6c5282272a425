#include "dispatch.h"

#include <stdatomic.h>

// One more than the set in use; 0: not looked yet.
static _Atomic int choice;

int yolos_has_kernel_set(int set) {
  if (set == YOLOS_PORTABLE) return 1;
#if YOLOS_HAS_X86
  // These ask the operating system as well, whether it keeps the registers.
  __builtin_cpu_init();
  if (set == YOLOS_AVX2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (set == YOLOS_AVX512) {
    return yolos_has_kernel_set(YOLOS_AVX2) && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
  }
#endif
  return 0;
}

static int best_set(void) {
  int set = YOLOS_KERNEL_SETS - 1;
  while (!yolos_has_kernel_set(set)) set--;
  return set;
}

int yolos_kernel_set(void) {
  int chosen = atomic_load_explicit(&choice, memory_order_relaxed);
  if (chosen == 0) {
    chosen = best_set() + 1;
    atomic_store_explicit(&choice, chosen, memory_order_relaxed);
  }
  return chosen - 1;
}

void yolos_use_kernel_set(int set) {
  int there = set >= 0 && set < YOLOS_KERNEL_SETS && yolos_has_kernel_set(set);
  atomic_store_explicit(&choice, (there ? set : best_set()) + 1, memory_order_relaxed);
}

const char *yolos_kernel_set_name(int set) {
  switch (set) {
#if defined(__aarch64__)
  case YOLOS_PORTABLE: return "NEON";
#else
  case YOLOS_PORTABLE: return "portable";
#endif
  case YOLOS_AVX2: return "AVX2";
  case YOLOS_AVX512: return "AVX-512";
  default: return "none";
  }
}
