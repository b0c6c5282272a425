#include "CKernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

void yolos_flush_denormals(void) {
  // Bit 15: flush results to zero. Bit 6: treat operands as zero.
  _mm_setcsr(_mm_getcsr() | 0x8040);
}
#else
void yolos_flush_denormals(void) {
#if defined(__aarch64__)
  uint64_t fpcr;
  __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
  __asm__ volatile("msr fpcr, %0" ::"r"(fpcr | (1u << 24)));
#endif
}
#endif
