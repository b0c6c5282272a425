// ZeroMQ as a kernel uses it, opened when the first kernel starts: linked, it and the eight libraries
// behind it would cost every other start of the program their loading.
#pragma once

#include <stddef.h>

// A router answers clients by their names; a publisher speaks to all, and hears who listens.
typedef enum { yolos_router, yolos_publisher } yolos_socket_kind;

// Opens the library and returns null, or says why there is none; the text stays valid.
const char *_Nullable yolos_sockets_open(void);

// A context, or null.
void *_Nullable yolos_sockets_context(void);
// Closes a context once all its sockets are closed and what they hold is sent or given up.
void yolos_sockets_end(void *_Nonnull context);

// A socket that is bound to an endpoint; null where that failed, and then `problem` says why.
void *_Nullable yolos_socket_bind(
    void *_Nonnull context, yolos_socket_kind kind, const char *_Nonnull endpoint,
    const char *_Nullable *_Nonnull problem);
void yolos_socket_close(void *_Nonnull socket);

// Waits until a socket has a message or `descriptor` has bytes, for at most so many milliseconds.
// Bit i of the result says that socket i is ready, bit `count` the descriptor; 0 where time is up or
// a signal came.
unsigned yolos_sockets_wait(
    void *_Nonnull const *_Nonnull sockets, int count, int descriptor, long milliseconds);

// Takes the next frame without waiting: null where there is none. It is to be given back.
void *_Nullable yolos_frame_receive(void *_Nonnull socket);
const void *_Nullable yolos_frame_bytes(void *_Nonnull frame);
size_t yolos_frame_count(void *_Nonnull frame);
// Whether another frame of the same message follows.
int yolos_frame_is_followed(void *_Nonnull frame);
void yolos_frame_free(void *_Nonnull frame);

// Sends a frame without waiting; 0 where it was taken.
int yolos_frame_send(
    void *_Nonnull socket, const void *_Nullable bytes, size_t count, int isFollowed);

// A bell that one thread rings and another waits for as the descriptor of `yolos_sockets_wait`; -1 where
// there is none to be had.
int yolos_bell_make(void);
void yolos_bell_ring(int bell);
void yolos_bell_still(int bell);
