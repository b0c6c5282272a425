#include "CSockets.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

// Each function that is used, of the type its header gives it.
#define FUNCTIONS(use)                                                                             \
  use(zmq_ctx_new) use(zmq_ctx_term) use(zmq_socket) use(zmq_close) use(zmq_setsockopt)            \
      use(zmq_bind) use(zmq_poll) use(zmq_msg_init) use(zmq_msg_recv) use(zmq_msg_data)            \
          use(zmq_msg_size) use(zmq_msg_more) use(zmq_msg_close) use(zmq_send) use(zmq_errno)      \
              use(zmq_strerror)

#define DECLARE(name) __typeof__(&name) name##_;
static struct {
  FUNCTIONS(DECLARE)
} library;

const char *yolos_sockets_open(void) {
  static void *handle;
  if (handle) return 0;
  void *opened = dlopen("libzmq.so.5", RTLD_NOW | RTLD_LOCAL);
  if (!opened) return dlerror();
#define FIND(name)                                                                                 \
  library.name##_ = (__typeof__(&name))dlsym(opened, #name);                                       \
  if (!library.name##_) return "libzmq.so.5 has no " #name;
  FUNCTIONS(FIND)
  handle = opened;
  return 0;
}

void *yolos_sockets_context(void) { return library.zmq_ctx_new_(); }

void yolos_sockets_end(void *context) {
  while (library.zmq_ctx_term_(context) != 0 && library.zmq_errno_() == EINTR) {
  }
}

static void set(void *socket, int option, int value) {
  library.zmq_setsockopt_(socket, option, &value, sizeof value);
}

void *yolos_socket_bind(
    void *context, yolos_socket_kind kind, const char *endpoint, const char **problem) {
  const int types[] = {ZMQ_ROUTER, ZMQ_XPUB};
  void *socket = library.zmq_socket_(context, types[kind]);
  if (!socket) {
    *problem = library.zmq_strerror_(library.zmq_errno_());
    return 0;
  }
  // What was said last shall reach who still listens, but nobody waits for the dead.
  set(socket, ZMQ_LINGER, 1000);
  // Nothing is dropped because a client is slow.
  set(socket, ZMQ_SNDHWM, 0);
  // A client that comes back under its old name takes its old place.
  if (kind == yolos_router) set(socket, ZMQ_ROUTER_HANDOVER, 1);
  // Every subscription is seen, so that it can be greeted.
  if (kind == yolos_publisher) set(socket, ZMQ_XPUB_VERBOSE, 1);
  if (library.zmq_bind_(socket, endpoint) != 0) {
    *problem = library.zmq_strerror_(library.zmq_errno_());
    library.zmq_close_(socket);
    return 0;
  }
  return socket;
}

void yolos_socket_close(void *socket) { library.zmq_close_(socket); }

unsigned yolos_sockets_wait(
    void *const *sockets, int count, int descriptor, long milliseconds) {
  zmq_pollitem_t items[16] = {{0}};
  if (count > 15) return 0;
  for (int i = 0; i < count; i++) items[i].socket = sockets[i];
  items[count].fd = descriptor;
  for (int i = 0; i <= count; i++) items[i].events = ZMQ_POLLIN;
  if (library.zmq_poll_(items, count + 1, milliseconds) <= 0) return 0;
  unsigned ready = 0;
  for (int i = 0; i <= count; i++)
    if (items[i].revents & ZMQ_POLLIN) ready |= 1u << i;
  return ready;
}

void *yolos_frame_receive(void *socket) {
  zmq_msg_t *frame = malloc(sizeof *frame);
  if (!frame) return 0;
  library.zmq_msg_init_(frame);
  if (library.zmq_msg_recv_(frame, socket, ZMQ_DONTWAIT) >= 0) return frame;
  library.zmq_msg_close_(frame);
  free(frame);
  return 0;
}

const void *yolos_frame_bytes(void *frame) { return library.zmq_msg_data_(frame); }
size_t yolos_frame_count(void *frame) { return library.zmq_msg_size_(frame); }
int yolos_frame_is_followed(void *frame) { return library.zmq_msg_more_(frame); }

void yolos_frame_free(void *frame) {
  library.zmq_msg_close_(frame);
  free(frame);
}

int yolos_frame_send(void *socket, const void *bytes, size_t count, int isFollowed) {
  int flags = ZMQ_DONTWAIT | (isFollowed ? ZMQ_SNDMORE : 0);
  return library.zmq_send_(socket, bytes ? bytes : "", count, flags) < 0;
}

int yolos_bell_make(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

void yolos_bell_ring(int bell) {
  uint64_t one = 1;
  // A full counter rings as loudly.
  if (write(bell, &one, sizeof one) < 0) return;
}

void yolos_bell_still(int bell) {
  uint64_t count;
  if (read(bell, &count, sizeof count) < 0) return;
}
