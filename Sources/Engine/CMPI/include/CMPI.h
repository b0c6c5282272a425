#ifndef YOLOS_CMPI_H
#define YOLOS_CMPI_H

// MPI, loaded when it is wanted: no header of it is needed to build, and no library to run.
//
// Open MPI exports its handles as symbols (`ompi_mpi_comm_world`, ...), which have kept their names
// since version 1; MPICH and its kin have handles that are numbers, which their common ABI fixes. Both
// are known here. Calls are not for two threads at once.

#include <stddef.h>
#include <stdint.h>

/// A message under way, in either library's form.
typedef struct {
  uint64_t handle;
} yolos_mpi_request;

/// Loads MPI and joins the others.
///
/// - Returns: NULL, or what went wrong.
const char *yolos_mpi_start(int *rank, int *ranks);

/// Starts to send or to receive some bytes, which stay where they are until the request is done.
///
/// - Returns: 0, or the library's error code.
int yolos_mpi_send(const void *bytes, int count, int to, int tag, yolos_mpi_request *request);
int yolos_mpi_receive(void *bytes, int count, int from, int tag, yolos_mpi_request *request);
/// Sets `done` to 1 once a request is done.
int yolos_mpi_test(yolos_mpi_request *request, int *done);

/// Has a sentence written to standard error when the launcher ends this process, as it does when another
/// rank has died. At most 511 bytes are kept.
void yolos_mpi_say_at_termination(const char *sentence);

/// Leaves the others after the work.
void yolos_mpi_finish(void);
/// Ends all ranks.
void yolos_mpi_abort(int status);

#endif
