#ifndef YOLOS_DISPATCH_H
#define YOLOS_DISPATCH_H

// One source, three sets of kernels.
//
// A kernel is written once, in a header (`normalize.h`, `winograd.h`, ...), with the arithmetic of
// vector.h. Three translation units include all of these headers: kernels_avx512.c with sixteen
// lanes, kernels_avx2.c with eight, and kernels_portable.c, compiled for whatever the compiler
// takes for granted, which on AArch64 is NEON. All of them compute the same chains of the same
// operations, and give the same bits.
//
// To add a kernel:
//   1. write `void YOLOS(scale)(float *x, ptrdiff_t count) { ... }` in a header, and list that one
//      in kernels.h;
//   2. declare `void yolos_scale(float *x, ptrdiff_t count);` for Swift under include/;
//   3. write `YOLOS_DISPATCH(scale, (float *x, ptrdiff_t count), (x, count))` in a .c file
//      that includes this header; `YOLOS_DISPATCH_WHERE` with the condition under which sixteen
//      lanes are worth it, where they are not always.
//
// Every file that does arithmetic says `#pragma STDC FP_CONTRACT OFF`: a fused multiply-add is
// written where it is meant (vfma), and nowhere left to the compiler.

#include "CKernels.h"

#if defined(__x86_64__)
#define YOLOS_HAS_X86 1
#else
#define YOLOS_HAS_X86 0
#endif

#if YOLOS_HAS_X86
#define YOLOS_DISPATCH_WHERE(fits, name, parameters, arguments)   \
  void yolos_avx512_##name parameters;                            \
  void yolos_avx2_##name parameters;                              \
  void yolos_portable_##name parameters;                          \
  void yolos_##name parameters {                                  \
    int set = yolos_kernel_set();                                 \
    if (set == YOLOS_AVX512 && (fits))                            \
      yolos_avx512_##name arguments;                              \
    else if (set != YOLOS_PORTABLE)                               \
      yolos_avx2_##name arguments;                                \
    else                                                          \
      yolos_portable_##name arguments;                            \
  }
#else
#define YOLOS_DISPATCH_WHERE(fits, name, parameters, arguments) \
  void yolos_portable_##name parameters;                        \
  void yolos_##name parameters { yolos_portable_##name arguments; }
#endif

#define YOLOS_DISPATCH(name, parameters, arguments) \
  YOLOS_DISPATCH_WHERE(1, name, parameters, arguments)

/// Whether passes over c channels are faster with sixteen lanes. They are not where a register
/// would be half empty, nor where each pixel ends in a part of one: a masked load waits for the
/// stores around it.
static inline int yolos_fits_sixteen(int c) { return c >= 16 && c % 8 == 0; }

#endif
