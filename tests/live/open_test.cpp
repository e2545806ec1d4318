// SPDX-License-Identifier: Apache-2.0
// Records of the open family and of paths: what the kernel opened, under which name.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/openat2.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/support/live_capture.h"

namespace saker::test {
namespace {

// A directory that is removed with all that is in it.
class TempDir {
 public:
  TempDir() {
    char path[] = "/tmp/saker-open-XXXXXX";
    path_ = std::filesystem::canonical(::mkdtemp(path));
  }
  ~TempDir() { std::filesystem::remove_all(path_); }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string operator/(std::string_view name) const {
    return path_ + "/" + std::string(name);
  }

 private:
  std::string path_;
};

void create(const std::string& path) { ::close(::open(path.c_str(), O_CREAT | O_WRONLY, 0600)); }

int openat_raw(int dir, const char* path, int flags, int mode = 0) {
  return static_cast<int>(::syscall(SYS_openat, dir, path, flags, mode));
}

TEST(LiveOpen, EachCallOfTheFamilyIsResolved) {
  const TempDir dir;
  create(dir / "file");
  SAKER_OPEN_LIVE(capture, live_options({"open", "openat", "openat2", "creat"}));
  const std::string path = dir / "file";
  capture->run([&] {
    open_how how{};
    ::syscall(SYS_open, path.c_str(), O_RDONLY);
    openat_raw(AT_FDCWD, path.c_str(), O_RDWR | O_CLOEXEC);
    ::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof(how));
    ::syscall(SYS_creat, path.c_str(), 0600);
  });
  struct stat expected{};
  ASSERT_EQ(::stat(path.c_str(), &expected), 0);
  for (const uint32_t nr : {SYS_open, SYS_openat, SYS_openat2, SYS_creat}) {
    const auto calls = capture->syscalls(nr);
    ASSERT_EQ(calls.size(), 1U) << nr;
    const Event& event = calls[0]->event();
    EXPECT_EQ(event.section(EV_SEC_STRING).bytes, path) << nr;
    EXPECT_FALSE(event.section(EV_SEC_STRING).truncated()) << nr;
    ASSERT_NE(event.file(), nullptr) << nr;
    EXPECT_EQ(event.file_path(), path) << nr;
    EXPECT_EQ(event.file()->fd, event.syscall()->ret) << nr;
    EXPECT_EQ(event.file()->inode.ino, expected.st_ino) << nr;
    EXPECT_EQ(event.file()->inode.mode, expected.st_mode) << nr;
    EXPECT_EQ(event.file()->inode.dev, expected.st_dev) << nr;
    EXPECT_EQ(event.file()->inode.flags & EV_INODEF_CREATED, 0U) << nr;
  }
  EXPECT_NE(capture->syscalls(SYS_openat)[0]->event().file()->open_flags & O_RDWR, 0U);
  EXPECT_EQ(capture->losses(), 0U);
}

TEST(LiveOpen, ACreatedFileIsMarked) {
  const TempDir dir;
  SAKER_OPEN_LIVE(capture, live_options({"openat"}));
  const std::string path = dir / "new";
  capture->run([&] {
    openat_raw(AT_FDCWD, path.c_str(), O_CREAT | O_EXCL | O_WRONLY, 0640);
    openat_raw(AT_FDCWD, path.c_str(), O_CREAT | O_WRONLY, 0640);
    openat_raw(AT_FDCWD, path.c_str(), O_CREAT | O_EXCL | O_WRONLY, 0640);
  });
  const auto calls = capture->syscalls(SYS_openat);
  ASSERT_EQ(calls.size(), 3U);
  EXPECT_NE(calls[0]->event().file()->inode.flags & EV_INODEF_CREATED, 0U);
  EXPECT_EQ(calls[1]->event().file()->inode.flags & EV_INODEF_CREATED, 0U);
  EXPECT_EQ(calls[2]->event().syscall()->ret, -EEXIST);
  EXPECT_EQ(calls[2]->event().file(), nullptr);
  EXPECT_EQ(calls[2]->text(EV_SEC_STRING), path);
}

TEST(LiveOpen, ARelativeNameOfAFailedOpenHasItsDirectory) {
  const TempDir dir;
  std::filesystem::create_directory(dir / "sub");
  SAKER_OPEN_LIVE(capture, live_options({"openat"}));
  capture->run([&] {
    if (::chdir(dir.path().c_str()) != 0) {
      ::_exit(1);
    }
    const int sub = openat_raw(AT_FDCWD, "sub", O_DIRECTORY);
    openat_raw(AT_FDCWD, "no-such", O_RDONLY);
    openat_raw(sub, "neither", O_RDONLY);
    openat_raw(AT_FDCWD, "/no-such", O_RDONLY);
  });
  const auto calls = capture->syscalls(SYS_openat);
  ASSERT_EQ(calls.size(), 4U);
  EXPECT_EQ(calls[1]->event().syscall()->ret, -ENOENT);
  EXPECT_EQ(calls[1]->text(EV_SEC_BASE), dir.path());
  EXPECT_EQ(calls[2]->text(EV_SEC_BASE), dir / "sub");
  EXPECT_EQ(calls[2]->text(EV_SEC_STRING), "neither");
  EXPECT_FALSE(calls[3]->event().section(EV_SEC_BASE)) << "an absolute name needs no base";
}

TEST(LiveOpen, SymlinksAndProcSelfRootDoNotHideTheFile) {
  const TempDir dir;
  create(dir / "secret");
  std::filesystem::create_symlink(dir / "secret", dir / "innocent");
  std::filesystem::create_directory_symlink(dir.path(), dir / "loop");
  const std::string names[] = {dir / "innocent",
                               dir / "loop/../" + dir.path().substr(5) + "/secret",
                               "/proc/self/root" + (dir / "secret"), dir / "loop/loop/innocent"};
  SAKER_OPEN_LIVE(capture, live_options({"openat"}));
  capture->run([&] {
    for (const std::string& name : names) {
      openat_raw(AT_FDCWD, name.c_str(), O_RDONLY);
    }
  });
  const auto calls = capture->syscalls(SYS_openat);
  ASSERT_EQ(calls.size(), std::size(names));
  for (size_t i = 0; i < std::size(names); i++) {
    EXPECT_EQ(calls[i]->text(EV_SEC_STRING), names[i]);
    EXPECT_EQ(calls[i]->event().file_path(), dir / "secret") << names[i];
  }
}

TEST(LiveOpen, AMountPointIsPartOfThePath) {
  const TempDir dir;
  std::filesystem::create_directories(dir / "outer/point");
  SAKER_OPEN_LIVE(capture, live_options({"openat"}));
  capture->run([&] {
    ::unshare(CLONE_NEWNS);
    ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    ::mount("saker", (dir / "outer/point").c_str(), "tmpfs", 0, nullptr);
    ::mkdir((dir / "outer/point/inner").c_str(), 0700);
    ::mount("saker", (dir / "outer/point/inner").c_str(), "tmpfs", MS_RDONLY, nullptr);
    openat_raw(AT_FDCWD, (dir / "outer/point/file").c_str(), O_CREAT | O_RDWR, 0600);
    openat_raw(AT_FDCWD, (dir / "outer/point/inner").c_str(), O_DIRECTORY);
  });
  const auto calls = capture->syscalls(SYS_openat);
  ASSERT_EQ(calls.size(), 2U);
  EXPECT_EQ(calls[0]->event().file_path(), dir / "outer/point/file");
  EXPECT_EQ(calls[1]->event().file_path(), dir / "outer/point/inner");
  EXPECT_EQ(calls[0]->event().file()->inode.flags & EV_INODEF_RDONLY_FS, 0U);
  EXPECT_NE(calls[1]->event().file()->inode.flags & EV_INODEF_RDONLY_FS, 0U);
}

TEST(LiveOpen, PathsEndAtTheRootOfTheTask) {
  const TempDir dir;
  std::filesystem::create_directories(dir / "jail/etc");
  create(dir / "jail/etc/passwd");
  SAKER_OPEN_LIVE(capture, live_options({"openat", "chroot", "fchdir"}));
  capture->run([&] {
    const int outside = openat_raw(AT_FDCWD, dir.path().c_str(), O_DIRECTORY);
    if (::chdir(dir.path().c_str()) != 0) {
      ::_exit(1);
    }
    if (::chroot("jail") != 0) {
      ::_exit(1);
    }
    openat_raw(AT_FDCWD, "/etc/passwd", O_RDONLY);
    openat_raw(outside, "jail/etc/passwd", O_RDONLY);
    if (::fchdir(outside) != 0) {
      ::_exit(1);
    }
  });
  const auto calls = capture->syscalls(SYS_openat);
  ASSERT_EQ(calls.size(), 3U);
  EXPECT_EQ(calls[1]->event().file_path(), "/etc/passwd");
  EXPECT_EQ(calls[1]->event().section(EV_SEC_FILE).flags, 0);
  EXPECT_EQ(calls[2]->event().file_path(), "/etc/passwd");

  const auto chroots = capture->syscalls(SYS_chroot);
  ASSERT_EQ(chroots.size(), 1U);
  EXPECT_EQ(chroots[0]->text(EV_SEC_STRING), "jail");
  EXPECT_EQ(chroots[0]->text(EV_SEC_BASE), dir.path()) << "as it was before the root changed";

  const auto fchdirs = capture->syscalls(SYS_fchdir);
  ASSERT_EQ(fchdirs.size(), 1U);
  EXPECT_NE(fchdirs[0]->event().section(EV_SEC_CWD).flags & EV_SECF_DETACHED, 0);
  EXPECT_EQ(fchdirs[0]->text(EV_SEC_CWD), dir.path());
}

TEST(LiveOpen, APathOfMoreThanTheBoundOfComponentsIsMarked) {
  const TempDir dir;
  SAKER_OPEN_LIVE(capture, live_options({"openat"}));
  capture->run([&] {
    if (::chdir(dir.path().c_str()) != 0) {
      ::_exit(1);
    }
    for (int depth = 3; depth <= EV_PATH_COMPONENTS; depth++) {
      ::mkdir("d", 0700);
      if (::chdir("d") != 0) {
        ::_exit(1);
      }
      if (depth >= EV_PATH_COMPONENTS - 1) {
        openat_raw(AT_FDCWD, "file", O_CREAT | O_RDWR, 0600);
      }
    }
  });
  const auto calls = capture->syscalls(SYS_openat);
  ASSERT_EQ(calls.size(), 2U);
  std::string deep = dir.path();
  for (int depth = 3; depth < EV_PATH_COMPONENTS; depth++) {
    deep += "/d";
  }
  EXPECT_EQ(calls[0]->event().file_path(), deep + "/file") << "exactly the bound";
  EXPECT_EQ(calls[0]->event().section(EV_SEC_FILE).flags, 0);
  EXPECT_NE(calls[1]->event().section(EV_SEC_FILE).flags & EV_SECF_TOO_DEEP, 0);
  EXPECT_EQ(calls[1]->event().file_path(), (deep + "/d/file").substr(4)) << "the tail";
}

TEST(LiveOpen, LongNamesAreComplete) {
  const TempDir dir;
  std::string path = dir.path();
  SAKER_OPEN_LIVE(capture, live_options({"openat"}));
  while (path.size() + NAME_MAX + 1 < PATH_MAX - 1) {
    path += "/" + std::string(NAME_MAX, 'n');
    std::filesystem::create_directory(path);
  }
  path += "/" + std::string(PATH_MAX - 1 - path.size() - 1, 'f');
  ASSERT_EQ(path.size(), size_t{PATH_MAX - 1});
  capture->run([&] {
    openat_raw(AT_FDCWD, path.c_str(), O_CREAT | O_RDWR, 0600);
    openat_raw(AT_FDCWD, (path + "x").c_str(), O_RDONLY);
  });
  const auto calls = capture->syscalls(SYS_openat);
  ASSERT_EQ(calls.size(), 2U);
  EXPECT_EQ(calls[0]->event().file_path(), path);
  EXPECT_EQ(calls[0]->text(EV_SEC_STRING), path);
  EXPECT_EQ(calls[0]->event().section(EV_SEC_STRING).flags, 0);
  EXPECT_EQ(calls[1]->event().syscall()->ret, -ENAMETOOLONG);
  EXPECT_EQ(calls[1]->text(EV_SEC_STRING), path);
  EXPECT_TRUE(calls[1]->event().section(EV_SEC_STRING).truncated());
}

TEST(LiveOpen, ADeletedFileIsMarked) {
  const TempDir dir;
  create(dir / "gone");
  SAKER_OPEN_LIVE(capture, live_options({"dup"}));
  capture->run([&] {
    const int fd = ::open((dir / "gone").c_str(), O_RDONLY);
    ::unlink((dir / "gone").c_str());
    ::syscall(SYS_dup, fd);
  });
  const auto calls = capture->syscalls(SYS_dup);
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0]->event().file_path(), dir / "gone");
  EXPECT_NE(calls[0]->event().section(EV_SEC_FILE).flags & EV_SECF_DELETED, 0);
  EXPECT_NE(calls[0]->event().file()->inode.flags & EV_INODEF_UNLINKED, 0U);
}

TEST(LiveOpen, AnUnreadableNameIsMarked) {
  SAKER_OPEN_LIVE(capture, live_options({"openat"}));
  capture->run([&] {
    openat_raw(AT_FDCWD, reinterpret_cast<const char*>(8), O_RDONLY);
    openat_raw(AT_FDCWD, nullptr, O_RDONLY);
  });
  const auto calls = capture->syscalls(SYS_openat);
  ASSERT_EQ(calls.size(), 2U);
  EXPECT_EQ(calls[0]->event().syscall()->ret, -EFAULT);
  EXPECT_NE(calls[0]->event().section(EV_SEC_STRING).flags & EV_SECF_FAULT, 0);
  EXPECT_EQ(calls[0]->text(EV_SEC_STRING), "");
  EXPECT_FALSE(calls[1]->event().section(EV_SEC_STRING));
}

}  // namespace
}  // namespace saker::test
