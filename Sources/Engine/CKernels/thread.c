#include "CKernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

uint64_t yolos_flush_denormals(void) {
  const unsigned before = _mm_getcsr();
  // Bit 15: flush results to zero. Bit 6: treat operands as zero.
  _mm_setcsr(before | 0x8040);
  return before;
}

void yolos_restore_denormals(uint64_t state) { _mm_setcsr((unsigned)state); }
#elif defined(__aarch64__)
uint64_t yolos_flush_denormals(void) {
  uint64_t before;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  __asm__ volatile("msr fpcr, %0" ::"r"(before | (1u << 24)));
  return before;
}

void yolos_restore_denormals(uint64_t state) { __asm__ volatile("msr fpcr, %0" ::"r"(state)); }
#else
uint64_t yolos_flush_denormals(void) { return 0; }
void yolos_restore_denormals(uint64_t state) { (void)state; }
#endif
