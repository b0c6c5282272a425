#define _GNU_SOURCE
#include "CTransfer.h"
#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

struct yolos_transfer {
  CURLM *multi;
  CURL *easy;
  uint8_t *bytes;
  size_t count, capacity;
  int64_t start, total;
  char reason[CURL_ERROR_SIZE];
};

/// Seconds without an answer, or without a byte, after which a connection counts as dead.
enum { CONNECT_SECONDS = 30, SILENT_SECONDS = 60 };

static size_t take_bytes(char *bytes, size_t size, size_t count, void *context) {
  yolos_transfer *transfer = context;
  (void)size;  // always 1
  if (transfer->count + count > transfer->capacity) {
    size_t capacity = 2 * (transfer->count + count);
    uint8_t *grown = realloc(transfer->bytes, capacity);
    if (!grown) return 0;
    transfer->bytes = grown;
    transfer->capacity = capacity;
  }
  memcpy(transfer->bytes + transfer->count, bytes, count);
  transfer->count += count;
  return count;
}

/// Whether a header line, which ends in no NUL, begins with a name.
static int is_header(const char *line, size_t count, const char *name) {
  return count > strlen(name) && strncasecmp(line, name, strlen(name)) == 0;
}

/// Reads `Content-Range: bytes 100-199/200` (RFC 9110, section 14.4).
static void take_range(yolos_transfer *transfer, const char *line, size_t count) {
  char text[128] = {0};
  memcpy(text, line, count < sizeof text ? count : sizeof text - 1);
  const char *first = strpbrk(text, "0123456789");
  const char *slash = strchr(text, '/');
  if (first && slash && first < slash) transfer->start = strtoll(first, NULL, 10);
  if (slash && slash[1] >= '0' && slash[1] <= '9') transfer->total = strtoll(slash + 1, NULL, 10);
}

static size_t take_header(char *line, size_t size, size_t count, void *context) {
  yolos_transfer *transfer = context;
  (void)size;
  if (is_header(line, count, "HTTP/")) {
    // Each answer in a chain of redirects begins anew.
    transfer->start = 0;
    transfer->total = -1;
  } else if (is_header(line, count, "Content-Range:")) {
    take_range(transfer, line, count);
  }
  return count;
}

/// libcurl asks the environment which hosts need no proxy; this machine never does.
static void reach_this_machine_directly(CURL *easy) {
  const char *named = getenv("no_proxy");
  if (!named) named = getenv("NO_PROXY");
  if (named && strcmp(named, "*") == 0) return;
  char hosts[4096];
  int length = snprintf(hosts, sizeof hosts, "localhost,127.0.0.1,::1%s%s", named ? "," : "", named ? named : "");
  if (length > 0 && (size_t)length < sizeof hosts) curl_easy_setopt(easy, CURLOPT_NOPROXY, hosts);
}

static void limit_protocols(CURL *easy, const char *address) {
  int is_secure = strncasecmp(address, "https:", 6) == 0;
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, is_secure ? "https" : "http,https");
#else
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS,
                   is_secure ? CURLPROTO_HTTPS : CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
}

static void prepare_library(void) { curl_global_init(CURL_GLOBAL_DEFAULT); }

yolos_transfer *yolos_transfer_open(const char *address, int64_t offset) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, prepare_library);
  yolos_transfer *transfer = calloc(1, sizeof *transfer);
  if (!transfer) return NULL;
  transfer->total = -1;
  transfer->multi = curl_multi_init();
  CURL *easy = transfer->easy = curl_easy_init();
  if (!transfer->multi || !easy || curl_easy_setopt(easy, CURLOPT_URL, address) != CURLE_OK) {
    yolos_transfer_close(transfer);
    return NULL;
  }
  limit_protocols(easy, address);
  reach_this_machine_directly(easy);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(easy, CURLOPT_MAXREDIRS, 10L);
  curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
  // Signals belong to the program; see `advance` for the one that a closed connection sends.
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)SILENT_SECONDS);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "yolos");
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->reason);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_bytes);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
  if (offset > 0) {
    // Not CURLOPT_RESUME_FROM: that gives up where a server answers with the whole file, which serves as well.
    char range[32];
    snprintf(range, sizeof range, "%lld-", (long long)offset);
    curl_easy_setopt(easy, CURLOPT_RANGE, range);
  }
  if (curl_multi_add_handle(transfer->multi, easy) != CURLM_OK) {
    yolos_transfer_close(transfer);
    return NULL;
  }
  return transfer;
}

static yolos_transfer_state advance(yolos_transfer *transfer, int milliseconds) {
  int running = 0;
  CURLMcode code = curl_multi_perform(transfer->multi, &running);
  if (code == CURLM_OK && running && transfer->count == 0) {
    code = curl_multi_poll(transfer->multi, NULL, 0, milliseconds, NULL);
    if (code == CURLM_OK) code = curl_multi_perform(transfer->multi, &running);
  }
  if (code != CURLM_OK) {
    snprintf(transfer->reason, sizeof transfer->reason, "%s", curl_multi_strerror(code));
    return YOLOS_TRANSFER_FAILED;
  }
  if (running) return YOLOS_TRANSFER_RUNS;
  int left;
  CURLMsg *message = curl_multi_info_read(transfer->multi, &left);
  CURLcode result = message ? message->data.result : CURLE_FAILED_INIT;
  if (result == CURLE_OK) return YOLOS_TRANSFER_ENDED;
  if (!transfer->reason[0])
    snprintf(transfer->reason, sizeof transfer->reason, "%s", curl_easy_strerror(result));
  return YOLOS_TRANSFER_FAILED;
}

yolos_transfer_step yolos_transfer_advance(yolos_transfer *transfer, int milliseconds) {
  // TLS writes to its socket as to a file: where the other side has gone, that raises SIGPIPE, which would end
  // the program. It is kept from this thread, and one that came is taken away.
  sigset_t pipe_signal, pending, before;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  sigpending(&pending);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  transfer->count = 0;
  yolos_transfer_state state = advance(transfer, milliseconds);
  if (!sigismember(&pending, SIGPIPE)) {
    struct timespec at_once = {0, 0};
    while (sigtimedwait(&pipe_signal, NULL, &at_once) > 0) continue;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);

  yolos_transfer_step step = {.state = state,
                              .bytes = transfer->bytes,
                              .count = transfer->count,
                              .start = transfer->start,
                              .total = transfer->total,
                              .reason = transfer->reason};
  curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &step.status);
  curl_off_t length = -1;
  if (step.status == 200 && step.total < 0 &&
      curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length) == CURLE_OK)
    step.total = length;
  return step;
}

void yolos_transfer_close(yolos_transfer *transfer) {
  if (transfer->multi && transfer->easy) curl_multi_remove_handle(transfer->multi, transfer->easy);
  if (transfer->easy) curl_easy_cleanup(transfer->easy);
  if (transfer->multi) curl_multi_cleanup(transfer->multi);
  free(transfer->bytes);
  free(transfer);
}
