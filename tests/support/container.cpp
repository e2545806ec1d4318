// SPDX-License-Identifier: Apache-2.0
#include "tests/support/container.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>

namespace saker::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRunc = "/usr/sbin/runc";
constexpr const char* kBusybox = "/bin/busybox";

std::string json_strings(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += text.empty() ? "\"" : ",\"";
    for (const char c : word) {
      if (c == '"' || c == '\\') {
        text += '\\';
      }
      text += c;
    }
    text += '"';
  }
  return text;
}

const std::vector<std::string> kCapabilities = {
    "CAP_SYS_ADMIN",  "CAP_SYS_MODULE", "CAP_NET_RAW", "CAP_NET_ADMIN", "CAP_DAC_OVERRIDE",
    "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SETUID",  "CAP_SETGID",    "CAP_MKNOD"};

std::string config_json(const std::string& root, const std::string& id,
                        const std::vector<std::string>& argv, bool terminal) {
  const std::string caps = json_strings(kCapabilities);
  return R"({"ociVersion":"1.0.2","process":{"terminal":)" +
         std::string(terminal ? "true" : "false") +
         R"(,"user":{"uid":0,"gid":0},"cwd":"/","env":["PATH=/bin"],"args":[)" +
         json_strings(argv) + R"(],"capabilities":{"bounding":[)" + caps + R"(],"effective":[)" +
         caps + R"(],"permitted":[)" + caps + R"(]}},"root":{"path":")" + root +
         R"(","readonly":false},"hostname":"test","mounts":[)" +
         R"({"destination":"/proc","type":"proc","source":"proc"},)" +
         R"({"destination":"/dev","type":"tmpfs","source":"tmpfs","options":["mode=755"]},)" +
         R"({"destination":"/dev/pts","type":"devpts","source":"devpts","options":["newinstance","ptmxmode=0666"]}],)" +
         R"("linux":{"cgroupsPath":"/docker/)" + id +
         R"(","namespaces":[{"type":"pid"},{"type":"mount"},{"type":"ipc"},{"type":"uts"},{"type":"network"}]}})";
}

int wait_status(pid_t pid) {
  int status = 0;
  if (pid < 0 || ::waitpid(pid, &status, 0) != pid) {
    return -1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// runc proxies the container's terminal to its own, which has to be one: give it a pty and read it
// until the container is gone.
int run_on_terminal(const std::array<const char*, 6>& argv) {
  int master = -1;
  const pid_t pid = ::forkpty(&master, nullptr, nullptr, nullptr);
  if (pid == 0) {
    ::execv(argv[0], const_cast<char* const*>(argv.data()));
    ::_exit(127);
  }
  std::array<char, 4096> buffer{};
  while (::read(master, buffer.data(), buffer.size()) > 0) {
  }
  ::close(master);
  return wait_status(pid);
}

}  // namespace

Result<TestContainer> TestContainer::create(const std::string& dir, const std::string& id) {
  if (::access(kRunc, X_OK) != 0 || ::access(kBusybox, X_OK) != 0) {
    return Error{"runc and busybox-static are needed", errno,
                 "apt-get install runc busybox-static"};
  }
  TestContainer container;
  container.dir_ = dir;
  container.id_ = id;
  for (const char* sub : {"lower/bin", "lower/etc", "lower/tmp", "lower/proc", "lower/dev", "upper",
                          "work", "root"}) {
    fs::create_directories(fs::path(dir) / sub);
  }
  fs::copy_file(kBusybox, dir + "/lower/bin/busybox", fs::copy_options::overwrite_existing);
  for (const char* applet : {"sh", "cat", "cp", "nc", "tar", "true", "insmod"}) {
    fs::create_symlink("busybox", dir + "/lower/bin/" + applet);
  }
  std::ofstream(dir + "/lower/etc/passwd") << "root:x:0:0:root:/:/bin/sh\n"
                                           << "worker:x:1000:1000::/:/bin/sh\n";
  const std::string options =
      "lowerdir=" + dir + "/lower,upperdir=" + dir + "/upper,workdir=" + dir + "/work";
  if (::mount("overlay", (dir + "/root").c_str(), "overlay", 0, options.c_str()) != 0) {
    return Error{"cannot mount overlayfs", errno, ""};
  }
  return container;
}

int TestContainer::run(const std::vector<std::string>& argv, bool terminal) const {
  std::ofstream(dir_ + "/config.json") << config_json(dir_ + "/root", id_, argv, terminal);
  const std::array<const char*, 6> words = {kRunc,        "run",       "--bundle",
                                            dir_.c_str(), id_.c_str(), nullptr};
  if (terminal) {
    return run_on_terminal(words);
  }
  const pid_t pid = ::fork();
  if (pid == 0) {
    const int null = ::open("/dev/null", O_RDWR);
    ::dup2(null, STDIN_FILENO);
    ::execv(kRunc, const_cast<char* const*>(words.data()));
    ::_exit(127);
  }
  return wait_status(pid);
}

}  // namespace saker::test
