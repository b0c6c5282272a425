// One download by libcurl, a step at a time: its options are variadic and its callbacks C's, so neither can
// stand in Swift.
#ifndef CTRANSFER_H
#define CTRANSFER_H
#include <stddef.h>
#include <stdint.h>

/// A download under way.
typedef struct yolos_transfer yolos_transfer;

/// How a step ended.
typedef enum {
  /// More will come.
  YOLOS_TRANSFER_RUNS,
  /// The server's answer has come to its end.
  YOLOS_TRANSFER_ENDED,
  /// It broke off; `reason` says why.
  YOLOS_TRANSFER_FAILED,
} yolos_transfer_state;

/// What is known of a download after a step.
typedef struct {
  yolos_transfer_state state;
  /// The bytes of the file that came in this step; they stay until the next one.
  const uint8_t *_Nullable bytes;
  size_t count;
  /// The HTTP status of the answer; 0 while there is none.
  long status;
  /// Where in the file the answer's first byte belongs, as the server says.
  int64_t start;
  /// The size of the whole file as the server says; -1 where it does not.
  int64_t total;
  /// Why the download failed; empty while it has not.
  const char *_Nonnull reason;
} yolos_transfer_step;

/// Prepares a download of the file at an `http` or `https` address, from byte `offset` on.
///
/// It follows redirects, from `https` to `https` alone; proxies are those of the environment, but not for this
/// machine. Returns null where memory is short.
yolos_transfer *_Nullable yolos_transfer_open(const char *_Nonnull address, int64_t offset);

/// Waits for more of the file, for at most so many milliseconds; to be called until the state is another
/// than ``YOLOS_TRANSFER_RUNS``, and not after that.
yolos_transfer_step yolos_transfer_advance(yolos_transfer *_Nonnull transfer, int milliseconds);

/// Ends a download, whatever its state, and gives everything back.
void yolos_transfer_close(yolos_transfer *_Nonnull transfer);

#endif
