// The drawings in this room against the C compiler of this machine, and what is read back from the kernel.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

const PROGRAM = `
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/mman.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <poll.h>
#include <sys/wait.h>
#include <spawn.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#define sched_param sched_param_of_linux
#include <linux/sched/types.h>
#define P(x) printf("%s=%ld\\n", #x, (long)(x));
#define O(s, m) printf(#s "." #m "=%ld\\n", (long)offsetof(struct s, m));
int main(void) {
  P(sizeof(struct mmsghdr)) O(mmsghdr, msg_len) P(sizeof(struct iovec)) O(iovec, iov_base) O(iovec, iov_len)
  O(msghdr, msg_name) O(msghdr, msg_namelen) O(msghdr, msg_iov) O(msghdr, msg_iovlen)
  O(msghdr, msg_control) O(msghdr, msg_controllen) O(msghdr, msg_flags)
  P(sizeof(struct sockaddr_in)) O(sockaddr_in, sin_port) O(sockaddr_in, sin_addr)
  P(sizeof(struct sockaddr_in6)) O(sockaddr_in6, sin6_addr) O(sockaddr_in6, sin6_scope_id)
  O(cmsghdr, cmsg_level) O(cmsghdr, cmsg_type) P(CMSG_LEN(0))
  O(in_pktinfo, ipi_ifindex) O(in_pktinfo, ipi_spec_dst) O(in_pktinfo, ipi_addr)
  O(in6_pktinfo, ipi6_addr) O(in6_pktinfo, ipi6_ifindex)
  P(CMSG_LEN(sizeof(struct in_pktinfo))) P(CMSG_SPACE(sizeof(struct in_pktinfo)))
  P(CMSG_LEN(sizeof(struct in6_pktinfo))) P(CMSG_SPACE(sizeof(struct in6_pktinfo)))
  P(AF_INET) P(AF_INET6) P(SOL_SOCKET) P(IPPROTO_IP) P(IPPROTO_IPV6) P(IP_PKTINFO) P(IPV6_PKTINFO)
  P(IPV6_RECVPKTINFO) P(IPV6_V6ONLY) P(SO_SNDBUF) P(SO_RCVBUF) P(SO_REUSEPORT) P(SO_RCVBUFFORCE)
  P(SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC) P(MSG_DONTWAIT) P(MSG_TRUNC)
  P(EPOLL_CTL_ADD) P(EPOLL_CTL_MOD) P(EPOLLIN) O(epoll_event, events) P(O_CLOEXEC) P(EAGAIN) P(ENOMEM) P(ENOBUFS)
  P(sizeof(struct epoll_event)) O(epoll_event, data) P(EIO) P(EINVAL) P(ECONNREFUSED)
  P(IPPROTO_UDP) P(UDP_SEGMENT) P(CMSG_LEN(2)) P(CMSG_SPACE(2))
  P(SYS_recvmmsg) P(SYS_sendmmsg) P(SYS_sched_setattr)
  P(MADV_DONTNEED) P(SCHED_ATTR_SIZE_VER0) O(sched_attr, sched_nice) O(sched_attr, sched_runtime)
  P(AF_UNIX) P(SOCK_STREAM | SOCK_CLOEXEC) P(O_RDONLY) P(O_WRONLY) P(WNOHANG) P(sizeof(posix_spawn_file_actions_t))
  P(WTERMSIG(0x0b09)) P(WIFEXITED(0x0b09)) P(WEXITSTATUS(0x0b00)) P(sizeof(pid_t))
  P(AF_NETLINK) P(SOCK_RAW | SOCK_CLOEXEC) P(RTM_NEWNEIGH) P(RTM_GETNEIGH) P(NLMSG_ERROR) P(NLMSG_DONE)
  P(NLM_F_REQUEST | NLM_F_DUMP) P(sizeof(struct nlmsghdr)) O(nlmsghdr, nlmsg_type) O(nlmsghdr, nlmsg_flags)
  P(sizeof(struct ndmsg)) O(ndmsg, ndm_state) P(NDA_DST) P(NDA_LLADDR) P(NUD_INCOMPLETE | NUD_FAILED | NUD_NOARP)
  P(SO_PEERCRED) P(sizeof(struct ucred)) O(ucred, uid)
  P(sizeof(struct pollfd)) O(pollfd, events) O(pollfd, revents) P(POLLIN)
}`;

const WANTED = `
sizeof(struct mmsghdr)=64 mmsghdr.msg_len=56 sizeof(struct iovec)=16 iovec.iov_base=0 iovec.iov_len=8
msghdr.msg_name=0 msghdr.msg_namelen=8 msghdr.msg_iov=16 msghdr.msg_iovlen=24
msghdr.msg_control=32 msghdr.msg_controllen=40 msghdr.msg_flags=48
sizeof(struct sockaddr_in)=16 sockaddr_in.sin_port=2 sockaddr_in.sin_addr=4
sizeof(struct sockaddr_in6)=28 sockaddr_in6.sin6_addr=8 sockaddr_in6.sin6_scope_id=24
cmsghdr.cmsg_level=8 cmsghdr.cmsg_type=12 CMSG_LEN(0)=16
in_pktinfo.ipi_ifindex=0 in_pktinfo.ipi_spec_dst=4 in_pktinfo.ipi_addr=8
in6_pktinfo.ipi6_addr=0 in6_pktinfo.ipi6_ifindex=16
CMSG_LEN(sizeof(struct in_pktinfo))=28 CMSG_SPACE(sizeof(struct in_pktinfo))=32
CMSG_LEN(sizeof(struct in6_pktinfo))=36 CMSG_SPACE(sizeof(struct in6_pktinfo))=40
AF_INET=2 AF_INET6=10 SOL_SOCKET=1 IPPROTO_IP=0 IPPROTO_IPV6=41 IP_PKTINFO=8 IPV6_PKTINFO=50
IPV6_RECVPKTINFO=49 IPV6_V6ONLY=26 SO_SNDBUF=7 SO_RCVBUF=8 SO_REUSEPORT=15 SO_RCVBUFFORCE=33
SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC=${2 | 0o4000 | 0o2000000} MSG_DONTWAIT=64 MSG_TRUNC=32
EPOLL_CTL_ADD=1 EPOLL_CTL_MOD=3 EPOLLIN=1 epoll_event.events=0 O_CLOEXEC=${0o2000000} EAGAIN=11 ENOMEM=12 ENOBUFS=105
sizeof(struct epoll_event)=${process.arch === 'x64' ? 12 : 16} epoll_event.data=${process.arch === 'x64' ? 4 : 8} EIO=5 EINVAL=22 ECONNREFUSED=111
IPPROTO_UDP=17 UDP_SEGMENT=103 CMSG_LEN(2)=18 CMSG_SPACE(2)=24
SYS_recvmmsg=${process.arch === 'x64' ? 299 : 243} SYS_sendmmsg=${process.arch === 'x64' ? 307 : 269} SYS_sched_setattr=${process.arch === 'x64' ? 314 : 274}
MADV_DONTNEED=4 SCHED_ATTR_SIZE_VER0=48 sched_attr.sched_nice=16 sched_attr.sched_runtime=24
AF_UNIX=1 SOCK_STREAM | SOCK_CLOEXEC=${1 | 0o2000000} O_RDONLY=0 O_WRONLY=1 WNOHANG=1 sizeof(posix_spawn_file_actions_t)=80
WTERMSIG(0x0b09)=9 WIFEXITED(0x0b09)=0 WEXITSTATUS(0x0b00)=11 sizeof(pid_t)=4
AF_NETLINK=16 SOCK_RAW | SOCK_CLOEXEC=${3 | 0o2000000} RTM_NEWNEIGH=28 RTM_GETNEIGH=30 NLMSG_ERROR=2 NLMSG_DONE=3
NLM_F_REQUEST | NLM_F_DUMP=${0x301} sizeof(struct nlmsghdr)=16 nlmsghdr.nlmsg_type=4 nlmsghdr.nlmsg_flags=6
sizeof(struct ndmsg)=12 ndmsg.ndm_state=8 NDA_DST=1 NDA_LLADDR=2 NUD_INCOMPLETE | NUD_FAILED | NUD_NOARP=${0x61}
SO_PEERCRED=17 sizeof(struct ucred)=12 ucred.uid=4
sizeof(struct pollfd)=8 pollfd.events=4 pollfd.revents=6 POLLIN=1`;

function compiler(): string | null {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) return null;
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
    return 'cc';
  } catch {
    return null;
  }
}

const cc = compiler();
t.test(
  'every offset, size and constant is what the C compiler says',
  { skip: cc === null && 'no C compiler' },
  async (t) => {
    const folder = t.testdir();
    const source = join(folder, 'layout.c');
    const program = join(folder, 'layout');
    writeFileSync(source, PROGRAM);
    execFileSync('cc', [source, '-o', program]);

    const said = execFileSync(program, { encoding: 'utf8' });

    t.equal(said.trim().replaceAll('\n', ' '), WANTED.trim().replaceAll('\n', ' '));
  },
);
