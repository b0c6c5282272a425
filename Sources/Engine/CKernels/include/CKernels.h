#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "loss.h"

/// A batch of feature maps seen in place: N images of H x W pixels, C channels next to each other (NHWC).
///
/// `pixel` is the distance in floats from one pixel to the next and may exceed `c`: that is how a
/// slice of a wider map is seen without a copy. Rows and images follow each other without gaps:
/// element (n, y, x, k) lies at base[((n * h + y) * w + x) * pixel + k].
typedef struct {
  float *base;
  ptrdiff_t pixel;
  int32_t n, h, w, c;
} yolos_map;

/// Makes this thread treat denormal numbers as zero (FTZ and DAZ), in operands and in results.
///
/// Every thread that runs a kernel calls it first: the state belongs to the thread, and without it
/// the bits would depend on which thread computed them. Returns the state before, for
/// yolos_restore_denormals.
uint64_t yolos_flush_denormals(void);

/// Puts this thread's treatment of denormal numbers back to what it was.
void yolos_restore_denormals(uint64_t state);

/// Tells the processor that this thread is waiting in a loop.
static inline void yolos_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// The kernels in use: "AVX2+FMA" or "portable". Both give the same bits.
const char *yolos_instruction_set(void);

/// Uses the portable kernels from now on (1), or again the best ones for this processor (0). For tests.
void yolos_prefer_portable(int portable);

#include "convolution.h"
#include "passes.h"

#endif
