// How a decoder says why it gave up, into a buffer of the caller's.
#ifndef CIMAGES_REASON_H
#define CIMAGES_REASON_H
#include <stddef.h>
#include <string.h>

/// What a decoder says of a file that ends too early, whichever library it stands on.
#define YOLOS_ENDS_EARLY "the file ends too early"

/// Keeps the first reason: what a library says later follows from it.
static inline int give_up(char *message, size_t capacity, const char *reason) {
  if (message[0]) return 1;
  strncpy(message, reason, capacity - 1);
  message[capacity - 1] = 0;
  return 1;
}

#endif
