// How soon an answer can be read at all: sends by the clock over some connections, polls without a break, and does nothing else.
// Usage: spin <port> <connections> <requests per second> <seconds>; prints mean, p50 and p99 in µs from the intended instants.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

static const char REQUEST[] = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static int rising(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static int open_to(int port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
    perror("connect");
    exit(1);
  }
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  int connections = atoi(argv[2]), all = atof(argv[3]) * atof(argv[4]), poll = epoll_create1(0);
  double every = 1e6 / atof(argv[3]), sum = 0;
  int *fds = calloc(connections, sizeof *fds);
  double *due = calloc(connections, sizeof *due), *took = calloc(all, sizeof *took);
  for (int i = 0; i < connections; i++) {
    struct epoll_event on = {.events = EPOLLIN, .data.u32 = i};
    fds[i] = open_to(atoi(argv[1]));
    epoll_ctl(poll, EPOLL_CTL_ADD, fds[i], &on);
  }
  double from = now() + 1000;
  int sent = 0, read = 0;
  while (read < all && now() < from + all * every + 5e6) {
    if (sent < all && now() >= from + sent * every) {
      int i = sent % connections;
      due[i] = from + sent++ * every;
      if (send(fds[i], REQUEST, strlen(REQUEST), 0) < 0) return 1;
    }
    struct epoll_event ready[32];
    char answer[4096];
    for (int j = epoll_wait(poll, ready, 32, 0); j-- > 0;) {
      int i = ready[j].data.u32;
      if (recv(fds[i], answer, sizeof answer, 0) <= 0) return 1;
      sum += took[read++] = now() - due[i];
    }
  }
  if (read < all) return 1;
  qsort(took, all, sizeof *took, rising);
  printf("%f %f %f\n", sum / all, took[all / 2], took[(int)(all * 0.99)]);
}
