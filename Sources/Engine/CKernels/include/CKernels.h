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

/// The sets of kernels, each better than those before it where the processor has it. All give the
/// same bits. On AArch64 the portable set is compiled for NEON.
enum { YOLOS_PORTABLE, YOLOS_AVX2, YOLOS_AVX512, YOLOS_KERNEL_SETS };

/// Whether this processor, and the operating system, can run a set.
int yolos_has_kernel_set(int set);

/// The set in use: the best one, unless another one was asked for.
int yolos_kernel_set(void);

/// What a set is called: "portable" or "NEON", "AVX2", "AVX-512".
const char *yolos_kernel_set_name(int set);

/// Uses a set from now on, in the whole process; the best one where there is no such set, as with
/// -1. For tests and benchmarks.
void yolos_use_kernel_set(int set);

#include "convolution.h"
#include "passes.h"
#include "update.h"

#endif
