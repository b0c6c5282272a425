#define _GNU_SOURCE
#include "CTerminal.h"
#include <pty.h>
#include <unistd.h>

pid_t yolos_terminal_start(const char *path, char *const *arguments, char *const *environment,
                           const char *folder, int columns, int *master) {
  struct winsize size = {.ws_row = 30, .ws_col = (unsigned short)columns};
  pid_t process = forkpty(master, NULL, NULL, &size);
  if (process == 0) {
    if (chdir(folder) == 0) execve(path, arguments, environment);
    _exit(127);
  }
  return process;
}
