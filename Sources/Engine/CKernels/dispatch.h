#ifndef YOLOS_DISPATCH_H
#define YOLOS_DISPATCH_H

// One source, two instruction sets.
//
// A kernel is written once, in a header (`elementwise.h`, `winograd.h`, ...), with the eight-lane
// arithmetic of vector.h. Two translation units include all of these headers: kernels_avx2.c,
// compiled for AVX2 and FMA, and kernels_portable.c, compiled for whatever the compiler takes for
// granted. The two therefore compute the same chains of the same operations, and give the same
// bits.
//
// To add a kernel:
//   1. write `void YOLOS(scale)(float *x, ptrdiff_t count) { ... }` in a header, and list that one
//      in kernels.h;
//   2. declare `void yolos_scale(float *x, ptrdiff_t count);` for Swift under include/;
//   3. write `YOLOS_DISPATCH(scale, (float *x, ptrdiff_t count), (x, count))` in a .c file
//      that includes this header.
//
// Every file that does arithmetic says `#pragma STDC FP_CONTRACT OFF`: a fused multiply-add is
// written where it is meant (fma8), and nowhere left to the compiler.

#include "CKernels.h"

#if defined(__x86_64__)
#define YOLOS_HAS_AVX2 1
#else
#define YOLOS_HAS_AVX2 0
#endif

/// Whether the AVX2 kernels are in use: the processor has AVX2 and FMA, and nobody prefers the
/// others.
int yolos_uses_avx2(void);

#if YOLOS_HAS_AVX2
#define YOLOS_DISPATCH(name, parameters, arguments) \
  void yolos_avx2_##name parameters;                \
  void yolos_portable_##name parameters;            \
  void yolos_##name parameters {                    \
    if (yolos_uses_avx2())                          \
      yolos_avx2_##name arguments;                  \
    else                                            \
      yolos_portable_##name arguments;              \
  }
#else
#define YOLOS_DISPATCH(name, parameters, arguments) \
  void yolos_portable_##name parameters;            \
  void yolos_##name parameters { yolos_portable_##name arguments; }
#endif

#endif
