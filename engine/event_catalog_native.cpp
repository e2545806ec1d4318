// SPDX-License-Identifier: Apache-2.0
// Native numbers of this architecture -> numbers of the tables in event_catalog_flags.cpp.
#include <linux/fcntl.h>
#include <linux/io_uring.h>
#include <linux/ipc.h>
#include <linux/mman.h>
#include <linux/openat2.h>
#include <linux/pidfd.h>
#include <linux/ptrace.h>
#include <linux/quota.h>
#include <linux/sched.h>
#include <linux/sem.h>

#include <span>

#include "engine/event_catalog_flags.h"

namespace saker::rows {
namespace {

struct Pair {
  uint64_t native;
  uint64_t number;
};

// Every bit of `native` on its own; bits without a pair are dropped.
uint64_t map_bits(std::span<const Pair> pairs, uint64_t native) {
  uint64_t result = 0;
  for (const Pair& pair : pairs) {
    if ((native & pair.native) == pair.native) {
      result |= pair.number;
    }
  }
  return result;
}

uint64_t map_value(std::span<const Pair> pairs, uint64_t native, uint64_t unknown) {
  for (const Pair& pair : pairs) {
    if (pair.native == native) {
      return pair.number;
    }
  }
  return unknown;
}

}  // namespace

uint64_t descriptor_flags(uint64_t native) {
  static constexpr Pair kPairs[] = {
      {O_CREAT, 0x4},       {O_APPEND, 0x8},      {O_DSYNC, 0x10},     {O_EXCL, 0x20},
      {O_NONBLOCK, 0x40},   {__O_SYNC, 0x80},     {O_TRUNC, 0x100},    {O_DIRECT, 0x200},
      {O_DIRECTORY, 0x400}, {O_LARGEFILE, 0x800}, {O_CLOEXEC, 0x1000}, {__O_TMPFILE, 0x2000},
  };
  return map_bits(kPairs, native);
}

uint64_t open_flags(uint64_t native) {
  // In the kernel's numbering "read" is 0, so it needs a number of its own.
  static constexpr Pair kAccess[] = {{O_RDONLY, 0x1}, {O_WRONLY, 0x2}, {O_RDWR, 0x3}};
  return descriptor_flags(native) | map_value(kAccess, native & O_ACCMODE, 0);
}

uint64_t inode_flags(const ev_inode& inode) {
  static constexpr Pair kPairs[] = {{EV_INODEF_CREATED, 0x4000},
                                    {EV_INODEF_UPPER_LAYER, 0x8000},
                                    {EV_INODEF_LOWER_LAYER, 0x10000}};
  return map_bits(kPairs, inode.flags);
}

uint64_t clone_flags(uint64_t native) {
  static constexpr Pair kPairs[] = {
      {CLONE_FILES, 0x1},
      {CLONE_FS, 0x2},
      {CLONE_IO, 0x4},
      {CLONE_NEWIPC, 0x8},
      {CLONE_NEWNET, 0x10},
      {CLONE_NEWNS, 0x20},
      {CLONE_NEWPID, 0x40},
      {CLONE_NEWUTS, 0x80},
      {CLONE_PARENT, 0x100},
      {CLONE_PARENT_SETTID, 0x200},
      {CLONE_PTRACE, 0x400},
      {CLONE_SIGHAND, 0x800},
      {CLONE_SYSVSEM, 0x1000},
      {CLONE_THREAD, 0x2000},
      {CLONE_UNTRACED, 0x4000},
      {CLONE_VM, 0x8000},
      {CLONE_NEWUSER, 0x100000},
      {CLONE_CHILD_CLEARTID, 0x800000},
      {CLONE_CHILD_SETTID, 0x1000000},
      {CLONE_SETTLS, 0x2000000},
      {CLONE_VFORK, 0x8000000},
      {CLONE_NEWCGROUP, 0x10000000},
  };
  return map_bits(kPairs, native);
}

uint64_t map_flags(uint64_t native) {
  static constexpr Pair kPairs[] = {
      {MAP_SHARED, 0x1},      {MAP_PRIVATE, 0x2},     {MAP_FIXED, 0x4},
      {MAP_ANONYMOUS, 0x8},
#ifdef MAP_32BIT
      {MAP_32BIT, 0x10},
#endif
      {MAP_NORESERVE, 0x40},  {MAP_POPULATE, 0x80},   {MAP_NONBLOCK, 0x100},
      {MAP_GROWSDOWN, 0x200}, {MAP_DENYWRITE, 0x400}, {MAP_EXECUTABLE, 0x800},
      {MAP_LOCKED, 0x4000},
  };
  return map_bits(kPairs, native);
}

uint64_t memory_protection(uint64_t native) {
  static constexpr Pair kPairs[] = {{PROT_READ, 0x1}, {PROT_WRITE, 0x2},      {PROT_EXEC, 0x4},
                                    {PROT_SEM, 0x8},  {PROT_GROWSDOWN, 0x10}, {PROT_GROWSUP, 0x20}};
  return map_bits(kPairs, native);
}

uint64_t resolve_flags(uint64_t native) {
  static constexpr Pair kPairs[] = {{RESOLVE_BENEATH, 0x1},       {RESOLVE_IN_ROOT, 0x2},
                                    {RESOLVE_NO_MAGICLINKS, 0x4}, {RESOLVE_NO_SYMLINKS, 0x8},
                                    {RESOLVE_NO_XDEV, 0x10},      {RESOLVE_CACHED, 0x20}};
  return map_bits(kPairs, native);
}

uint64_t uring_setup_flags(uint64_t native) {
  static constexpr Pair kPairs[] = {{IORING_SETUP_IOPOLL, 0x1},     {IORING_SETUP_SQPOLL, 0x2},
                                    {IORING_SETUP_SQ_AFF, 0x8},     {IORING_SETUP_CQSIZE, 0x10},
                                    {IORING_SETUP_CLAMP, 0x20},     {IORING_SETUP_ATTACH_WQ, 0x40},
                                    {IORING_SETUP_R_DISABLED, 0x80}};
  return map_bits(kPairs, native);
}

uint64_t chownat_flags(uint64_t native) {
  static constexpr Pair kPairs[] = {{AT_SYMLINK_NOFOLLOW, 0x400}, {AT_EMPTY_PATH, 0x1000}};
  return map_bits(kPairs, native);
}

uint64_t epoll_flags(uint64_t native) {
  static constexpr Pair kPairs[] = {{O_CLOEXEC, 0x1}};  // EPOLL_CLOEXEC
  return map_bits(kPairs, native);
}

uint64_t pidfd_flags(uint64_t native) {
  static constexpr Pair kPairs[] = {{PIDFD_NONBLOCK, 0x1}};
  return map_bits(kPairs, native);
}

uint64_t module_delete_flags(uint64_t native) {
  static constexpr Pair kPairs[] = {{O_TRUNC, 0x1}, {O_NONBLOCK, 0x2}};
  return map_bits(kPairs, native);
}

uint64_t semget_flags(uint64_t native) {
  static constexpr Pair kPairs[] = {{IPC_CREAT, 0x2000}, {IPC_EXCL, 0x4000}};
  return map_bits(kPairs, native) | (native & 0777);
}

uint64_t semaphore_flags(uint64_t native) {
  static constexpr Pair kPairs[] = {{IPC_NOWAIT, 0x1}, {SEM_UNDO, 0x2}};
  return map_bits(kPairs, native);
}

uint64_t ptrace_request(uint64_t native) {
  // The requests that <linux/ptrace.h> does not name are x86 ones.
  static constexpr Pair kPairs[] = {
      {PTRACE_TRACEME, 0x1},
      {PTRACE_PEEKTEXT, 0x2},
      {PTRACE_PEEKDATA, 0x3},
      {PTRACE_PEEKUSR, 0x4},
      {PTRACE_POKETEXT, 0x5},
      {PTRACE_POKEDATA, 0x6},
      {PTRACE_POKEUSR, 0x7},
      {PTRACE_CONT, 0x8},
      {PTRACE_KILL, 0x9},
      {PTRACE_SINGLESTEP, 0xa},
      {PTRACE_ATTACH, 0xb},
      {PTRACE_DETACH, 0xc},
      {PTRACE_SYSCALL, 0xd},
      {PTRACE_SETOPTIONS, 0xe},
      {PTRACE_GETEVENTMSG, 0xf},
      {PTRACE_GETSIGINFO, 0x10},
      {PTRACE_SETSIGINFO, 0x11},
      {PTRACE_GETREGSET, 0x12},
      {PTRACE_SETREGSET, 0x13},
      {PTRACE_SEIZE, 0x14},
      {PTRACE_INTERRUPT, 0x15},
      {PTRACE_LISTEN, 0x16},
      {PTRACE_PEEKSIGINFO, 0x17},
      {PTRACE_GETSIGMASK, 0x18},
      {PTRACE_SETSIGMASK, 0x19},
#if defined(__x86_64__)
      {12, 0x1a},
      {13, 0x1b},
      {14, 0x1c},
      {15, 0x1d},
      {18, 0x1e},
      {19, 0x1f},
      {21, 0x20},
      {25, 0x21},
      {26, 0x22},
      {30, 0x23},
      {31, 0x24},
      {32, 0x25},
      {33, 0x26},
#endif
  };
  return map_value(kPairs, native, 0);
}

uint64_t fcntl_command(uint64_t native) {
  static constexpr Pair kPairs[] = {
      {F_DUPFD, 0x1},       {F_GETFD, 0x2},          {F_SETFD, 0x3},      {F_GETFL, 0x4},
      {F_SETFL, 0x5},       {F_GETLK, 0x6},          {F_SETLK, 0x8},      {F_SETLKW, 0x9},
      {F_SETOWN, 0xa},      {F_GETOWN, 0xc},         {F_SETSIG, 0xd},     {F_GETSIG, 0xf},
      {F_SETOWN_EX, 0x15},  {F_GETOWN_EX, 0x16},     {F_SETLEASE, 0x17},  {F_GETLEASE, 0x18},
      {F_CANCELLK, 0x19},   {F_DUPFD_CLOEXEC, 0x1a}, {F_NOTIFY, 0x1b},    {F_SETPIPE_SZ, 0x1c},
      {F_GETPIPE_SZ, 0x1d}, {F_OFD_GETLK, 0x1e},     {F_OFD_SETLK, 0x1f}, {F_OFD_SETLKW, 0x20}};
  return map_value(kPairs, native, 0);
}

uint64_t socket_level(uint64_t native) {
  static constexpr Pair kPairs[] = {{1, 0x1}, {6, 0x2}};  // SOL_SOCKET, SOL_TCP
  return map_value(kPairs, native, 0);
}

uint64_t socket_option(uint64_t native) {
  // The numbers of the table are the native ones up to SO_ATTACH_BPF.
  static constexpr Pair kPairs[] = {{55, 0x34}, {57, 0x35}, {59, 0x33}};
  return map_value(kPairs, native, native <= 0x32 ? native : 0);
}

uint64_t limit_resource(uint64_t native) { return native <= 0xf ? native : 0xff; }

uint64_t semctl_command(uint64_t native) {
  static constexpr Pair kPairs[] = {
      {IPC_RMID, 0x4}, {IPC_SET, 0x2},   {IPC_STAT, 0x1}, {IPC_INFO, 0x8},  {GETPID, 0x100},
      {GETVAL, 0x200}, {GETALL, 0x40},   {GETNCNT, 0x80}, {GETZCNT, 0x400}, {SETVAL, 0x1000},
      {SETALL, 0x800}, {SEM_STAT, 0x20}, {SEM_INFO, 0x10}};
  return map_value(kPairs, native, 0);
}

uint64_t quota_command(uint64_t native) {
  // The upper bits of quotactl(2)'s first argument; ('X' << 8) + n are those of XFS.
  static constexpr uint64_t kXfs = 'X' << 8;
  static constexpr uint64_t kShift = 8;
  static constexpr Pair kPairs[] = {{Q_SYNC, 0x80},     {Q_QUOTAON, 0x1},   {Q_QUOTAOFF, 0x2},
                                    {Q_GETFMT, 0x4},    {Q_GETINFO, 0x8},   {Q_SETINFO, 0x10},
                                    {Q_GETQUOTA, 0x20}, {Q_SETQUOTA, 0x40}, {kXfs + 1, 0x100},
                                    {kXfs + 2, 0x200},  {kXfs + 3, 0x400},  {kXfs + 4, 0x800},
                                    {kXfs + 5, 0x1000}, {kXfs + 6, 0x2000}, {kXfs + 7, 0x4000}};
  return map_value(kPairs, (native & 0xffffffff) >> kShift, 0);
}

uint64_t quota_type(uint64_t native) {
  static constexpr Pair kPairs[] = {{USRQUOTA, 0x1}, {GRPQUOTA, 0x2}};
  return map_value(kPairs, native & 0xff, 0);
}

uint64_t quota_format(uint64_t native) {
  static constexpr Pair kPairs[] = {{QFMT_VFS_OLD, 0x2}, {QFMT_VFS_V0, 0x4}, {QFMT_VFS_V1, 0x8}};
  return map_value(kPairs, native, 0x1);
}

uint64_t shutdown_how(uint64_t native) { return native <= 2 ? native : 0xffff; }

}  // namespace saker::rows
