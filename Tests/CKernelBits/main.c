// Writes the digests of all passes, a line each; see scripts/check-arm.
//
//   kernel-bits          with the best set of kernels of this processor
//   kernel-bits SET      with set number SET of CKernels.h; exit code 2 where there is none
//   kernel-bits -        the name of each set that the processor has, with its number

#include "CKernelBits.h"
#include "CKernels.h"

#include <stdio.h>
#include <stdlib.h>

static void report(void *context, const char *name, uint64_t digest) {
  (void)context;
  printf("%016llx %s\n", (unsigned long long)digest, name);
}

int main(int count, char **arguments) {
  if (count > 1 && arguments[1][0] == '-') {
    for (int set = 0; set < YOLOS_KERNEL_SETS; set++) {
      if (yolos_has_kernel_set(set)) printf("%d %s\n", set, yolos_kernel_set_name(set));
    }
    return 0;
  }
  if (count > 1) {
    int set = atoi(arguments[1]);
    if (set < 0 || set >= YOLOS_KERNEL_SETS || !yolos_has_kernel_set(set)) return 2;
    yolos_use_kernel_set(set);
  }
  yolos_kernel_bits(report, 0);
  return 0;
}
