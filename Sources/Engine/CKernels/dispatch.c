#include "dispatch.h"

#include <stdatomic.h>

// 0: not looked yet, 1: portable, 2: AVX2.
static _Atomic int choice;

static int best_choice(void) {
#if YOLOS_HAS_AVX2
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return 2;
#endif
  return 1;
}

int yolos_uses_avx2(void) {
  int chosen = atomic_load_explicit(&choice, memory_order_relaxed);
  if (chosen == 0) {
    chosen = best_choice();
    atomic_store_explicit(&choice, chosen, memory_order_relaxed);
  }
  return chosen == 2;
}

void yolos_prefer_portable(int portable) {
  atomic_store_explicit(&choice, portable ? 1 : best_choice(), memory_order_relaxed);
}

const char *yolos_instruction_set(void) { return yolos_uses_avx2() ? "AVX2+FMA" : "portable"; }
