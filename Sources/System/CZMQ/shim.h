// Not linked: CSockets opens the library when a kernel starts.
#include <zmq.h>
