#include "CMPI.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/// What of MPI is used. Handles are pointers in Open MPI and integers in MPICH: both travel in a register.
static struct {
  int (*init)(int *, char ***, int, int *);
  int (*rank)(uintptr_t, int *);
  int (*size)(uintptr_t, int *);
  int (*on_error)(uintptr_t, uintptr_t);
  int (*send)(const void *, int, uintptr_t, int, int, uintptr_t, void *);
  int (*receive)(void *, int, uintptr_t, int, int, uintptr_t, void *);
  int (*test)(void *, int *, void *);
  int (*finalize)(void);
  int (*abort)(uintptr_t, int);
  uintptr_t world, byte;
  /// MPI_STATUS_IGNORE.
  void *no_status;
} mpi;

/// Symbols of Open MPI's objects, and MPICH's numbers for the same.
static int find_handles(void *library) {
  void *world = dlsym(library, "ompi_mpi_comm_world");
  void *byte = dlsym(library, "ompi_mpi_byte");
  if (world && byte) {
    mpi.world = (uintptr_t)world;
    mpi.byte = (uintptr_t)byte;
    mpi.no_status = NULL;
    return 1;
  }
  mpi.world = 0x44000000;
  mpi.byte = 0x4c00010d;
  mpi.no_status = (void *)1;
  return dlsym(library, "MPICH_Version") != NULL || dlsym(library, "MPIR_Err_return_comm") != NULL;
}

static uintptr_t errors_return(void *library) {
  void *handler = dlsym(library, "ompi_mpi_errors_return");
  return handler ? (uintptr_t)handler : 0x54000001;
}

static void *load(void) {
  // The library that the launcher belongs to, where it says so; else the usual names.
  const char *named = getenv("YOLOS_MPI_LIBRARY");
  if (named) return dlopen(named, RTLD_NOW | RTLD_GLOBAL);
  static const char *const openmpi[] = {"libmpi.so.40", "libmpi.so.80", "libmpi.so", NULL};
  static const char *const mpich[] = {"libmpich.so.12", "libmpi.so.12", "libmpich.so", NULL};
  const char *const *orders[] = {openmpi, mpich};
  int first = getenv("OMPI_COMM_WORLD_SIZE") || !getenv("PMI_SIZE") ? 0 : 1;
  for (int i = 0; i < 2; i++) {
    for (const char *const *name = orders[(first + i) % 2]; *name; name++) {
      // Open MPI's own modules look for its symbols in the program.
      void *library = dlopen(*name, RTLD_NOW | RTLD_GLOBAL);
      if (library) return library;
    }
  }
  return NULL;
}

const char *yolos_mpi_start(int *rank, int *ranks) {
  static char problem[512];
  void *library = load();
  if (!library) {
    snprintf(problem, sizeof problem, "%s", dlerror());
    return problem;
  }
#define FIND(field, name)                                                     \
  *(void **)&mpi.field = dlsym(library, name);                                \
  if (!mpi.field) {                                                           \
    snprintf(problem, sizeof problem, "the MPI library has no '%s'", name);   \
    return problem;                                                           \
  }
  FIND(init, "MPI_Init_thread")
  FIND(rank, "MPI_Comm_rank")
  FIND(size, "MPI_Comm_size")
  FIND(on_error, "MPI_Comm_set_errhandler")
  FIND(send, "MPI_Isend")
  FIND(receive, "MPI_Irecv")
  FIND(test, "MPI_Test")
  FIND(finalize, "MPI_Finalize")
  FIND(abort, "MPI_Abort")
#undef FIND
  if (!find_handles(library)) return "it is neither Open MPI nor MPICH";
  // MPI_THREAD_SERIALIZED, which is 2 in both.
  int provided = 0;
  if (mpi.init(NULL, NULL, 2, &provided) != 0) return "MPI_Init_thread failed";
  if (provided < 2) return "the MPI library does not allow calls from several threads";
  mpi.on_error(mpi.world, errors_return(library));
  mpi.rank(mpi.world, rank);
  mpi.size(mpi.world, ranks);
  return NULL;
}

int yolos_mpi_send(const void *bytes, int count, int to, int tag, yolos_mpi_request *request) {
  request->handle = 0;
  return mpi.send(bytes, count, mpi.byte, to, tag, mpi.world, &request->handle);
}

int yolos_mpi_receive(void *bytes, int count, int from, int tag, yolos_mpi_request *request) {
  request->handle = 0;
  return mpi.receive(bytes, count, mpi.byte, from, tag, mpi.world, &request->handle);
}

int yolos_mpi_test(yolos_mpi_request *request, int *done) {
  return mpi.test(&request->handle, done, mpi.no_status);
}

static char last_words[512];

/// Only calls that a signal handler may make.
static void terminate(int signal) {
  ssize_t written = write(2, last_words, strlen(last_words));
  (void)written;
  _exit(128 + signal);
}

void yolos_mpi_say_at_termination(const char *sentence) {
  snprintf(last_words, sizeof last_words, "%s", sentence);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = terminate;
  sigaction(SIGTERM, &action, NULL);
  // Whoever started the launcher may have blocked it.
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

void yolos_mpi_finish(void) { mpi.finalize(); }
void yolos_mpi_abort(int status) { mpi.abort(mpi.world, status); }
