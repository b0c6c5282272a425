#ifndef CKERNELBITS_H
#define CKERNELBITS_H

#include <stdint.h>

/// Runs every kernel of CKernels, with the set in use, on every shape of a list, and hands out what
/// came of each pass: its name, and a digest of all the memory it may have written.
///
/// Inputs are pseudorandom numbers that need no rounding, so that they are the same everywhere.
/// Maps are slices of wider maps whose other channels count in the digest too. Denormal numbers are
/// flushed, as on every thread that computes.
void yolos_kernel_bits(
    void (*report)(void *context, const char *name, uint64_t digest), void *context);

#endif
