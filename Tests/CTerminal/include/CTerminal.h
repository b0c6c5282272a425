#pragma once
#include <sys/types.h>

// Starts a program at a pseudo-terminal of its own, in a folder, with the given arguments and environment
// (both end in a null pointer).
//
// Returns its process, or -1; `master` is then the other end of its terminal.
pid_t yolos_terminal_start(const char *path, char *const *arguments, char *const *environment,
                           const char *folder, int columns, int *master);
