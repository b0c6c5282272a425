// All kernels for the processor that the compiler takes for granted: on AArch64 that one has NEON
// and fused multiply-adds, and these are its kernels. Where it has none (x86-64 without AVX2), the
// C library computes them: slowly, but to the same bit.

#include "dispatch.h"

#include <math.h>
#include <string.h>

#define YOLOS(name) yolos_portable_##name
#define LANES 8
#define TILE 6
#include "kernels.h"
