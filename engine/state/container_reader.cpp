// SPDX-License-Identifier: Apache-2.0
#include "engine/state/container_reader.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <iterator>
#include <memory>
#include <utility>

#include "engine/base/capabilities.h"
#include "engine/base/check.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/base/unique_fd.h"
#include "engine/state/container_state.h"

namespace saker {
namespace {

// Some hundred times what runtimes write; containers.json has about 1 KiB per container.
constexpr size_t kMaxFileBytes = 4UL * 1024 * 1024;
constexpr size_t kMaxStatusBytes = 8192;
// Namespaces of containerd (a handful), results of CNI plugins (one per pod and network).
constexpr size_t kMaxDirectoryEntries = 4096;
// Names of a directory that differ by the storage driver in use.
constexpr std::string_view kStorageDrivers[] = {"overlay", "vfs", "btrfs", "zfs"};

struct UsualRoots {
  std::string_view runtime;  // empty: of none in particular
  std::vector<std::string> ContainerRoots::* list;
  std::string_view paths[2];
};
constexpr UsualRoots kUsualRoots[] = {
    {"Docker", &ContainerRoots::docker, {"/var/lib/docker", ""}},
    {"containerd", &ContainerRoots::containerd, {"/run/containerd", "/run/k3s/containerd"}},
    // The static part, with containers.json, and the one that a reboot removes.
    {"podman or CRI-O",
     &ContainerRoots::storage,
     {"/var/lib/containers/storage", "/run/containers/storage"}},
    {"runc", &ContainerRoots::runc, {"/run/runc", ""}},
    {"", &ContainerRoots::cni, {"/var/lib/cni/results", ""}},
};

ContainerRoots with_usual_roots(ContainerRoots roots) {
  for (const UsualRoots& row : kUsualRoots) {
    std::vector<std::string>& list = roots.*row.list;
    if (!list.empty()) {
      continue;
    }
    for (const std::string_view path : row.paths) {
      if (!path.empty()) {
        list.emplace_back(path);
      }
    }
  }
  return roots;
}

// Below the host's root. Each failure is remembered: the first one that is more than "no such file"
// says best why nothing was found.
class StateFiles {
 public:
  explicit StateFiles(const std::string& root)
      : root_(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
    if (!root_) {
      note(root, errno);
    }
  }

  // Empty on failure.
  std::string read(const std::string& path);
  std::optional<JsonDocument> read_json(const std::string& path);
  std::vector<std::string> list(const std::string& path);
  // 0 or the errno that keeps list() from it.
  int try_list(const std::string& path);

  [[nodiscard]] bool is_invalid() const noexcept { return !invalid_.empty(); }
  [[nodiscard]] std::string reason() const { return is_invalid() ? invalid_ : failure_; }

 private:
  UniqueFd open(const std::string& path, uint64_t flags);
  void note(const std::string& path, int errno_value);

  UniqueFd root_;
  std::string failure_;
  std::string invalid_;
};

void StateFiles::note(const std::string& path, int errno_value) {
  const bool is_telling = errno_value != ENOENT && errno_value != ENOTDIR;
  if (failure_.empty() || is_telling) {
    failure_ = Error{"cannot read '" + path + "'", errno_value, ""}.to_string();
  }
}

UniqueFd StateFiles::open(const std::string& path, uint64_t flags) {
  open_how how{};
  how.flags = flags | O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_IN_ROOT;
  UniqueFd fd(
      static_cast<int>(::syscall(SYS_openat2, root_.get(), path.c_str(), &how, sizeof(how))));
  if (!fd) {
    note(path, errno);
  }
  return fd;
}

std::string StateFiles::read(const std::string& path) {
  const UniqueFd fd = open(path, 0);
  struct stat info{};
  if (!fd || ::fstat(fd.get(), &info) != 0) {
    return {};
  }
  if (!S_ISREG(info.st_mode) || static_cast<uint64_t>(info.st_size) > kMaxFileBytes) {
    note(path, S_ISREG(info.st_mode) ? EFBIG : EINVAL);
    return {};
  }
  // A file that grows meanwhile is cut, which the parser refuses; the next try gets it whole.
  std::string text(static_cast<size_t>(info.st_size), '\0');
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = ::read(fd.get(), text.data() + size, text.size() - size);
    if (count <= 0) {
      break;
    }
    size += static_cast<size_t>(count);
  }
  text.resize(size);
  return text;
}

std::optional<JsonDocument> StateFiles::read_json(const std::string& path) {
  const std::string text = read(path);
  if (text.empty()) {
    return std::nullopt;
  }
  auto document = JsonDocument::parse(text);
  if (!document || !(document->root().is_object() || document->root().is_array())) {
    invalid_ = "'" + path + "' is not what the runtime writes";
    return std::nullopt;
  }
  return document;
}

std::vector<std::string> StateFiles::list(const std::string& path) {
  std::vector<std::string> names;
  UniqueFd fd = open(path, O_DIRECTORY);
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(fd ? ::fdopendir(fd.get()) : nullptr, ::closedir);
  if (!dir) {
    return names;
  }
  (void)fd.release();  // now the directory's
  while (const dirent* entry = ::readdir(dir.get())) {
    if (entry->d_name[0] != '.' && names.size() < kMaxDirectoryEntries) {
      names.emplace_back(entry->d_name);
    }
  }
  return names;
}

int StateFiles::try_list(const std::string& path) { return open(path, O_DIRECTORY) ? 0 : errno; }

// What the readers of all runtimes get.
struct Query {
  const ContainerRoots& roots;
  StateFiles& files;
  const std::string& id;
  uint64_t host_capabilities;
};

bool read_oci_bundle(const Query& query, const std::string& directory,
                     ContainerMetadata& metadata) {
  const auto config = query.files.read_json(directory + "/config.json");
  if (!config) {
    return false;
  }
  add_oci_config(metadata, config->root(), query.host_capabilities);
  return true;
}

bool read_docker(const Query& query, ContainerMetadata& metadata) {
  for (const std::string& root : query.roots.docker) {
    const std::string directory = root + "/containers/" + query.id;
    if (const auto config = query.files.read_json(directory + "/config.v2.json")) {
      const auto host_config = query.files.read_json(directory + "/hostconfig.json");
      add_docker_config(metadata, config->root(), host_config ? host_config->root() : JsonValue());
      return true;
    }
  }
  return false;
}

// podman and CRI-O, the latter of which keeps config.json in both roots.
bool read_storage(const Query& query, ContainerMetadata& metadata) {
  for (const std::string& root : query.roots.storage) {
    for (const std::string_view driver : kStorageDrivers) {
      const std::string directory = root + "/" + std::string(driver) + "-containers";
      for (const char* index : {"/containers.json", "/volatile-containers.json"}) {
        if (const auto containers = query.files.read_json(directory + index)) {
          add_storage_entry(metadata, containers->root(), query.id);
        }
      }
      if (read_oci_bundle(query, directory + "/" + query.id + "/userdata", metadata)) {
        return true;
      }
    }
  }
  return false;
}

// The result of the CNI plugins has a name of the form NETWORK-SANDBOX-INTERFACE.
void read_cni_result(const Query& query, ContainerMetadata& metadata) {
  const std::string of_sandbox = "-" + query.id + "-";
  for (const std::string& root : query.roots.cni) {
    for (const std::string& name : query.files.list(root)) {
      if (name.find(of_sandbox) != std::string::npos) {
        std::string path = root;
        path.append("/").append(name);
        if (const auto cache = query.files.read_json(path)) {
          add_cni_result(metadata, cache->root());
          return;
        }
      }
    }
  }
}

bool read_containerd(const Query& query, ContainerMetadata& metadata) {
  for (const std::string& root : query.roots.containerd) {
    const std::string tasks = root + "/io.containerd.runtime.v2.task";
    for (const std::string& space : query.files.list(tasks)) {
      const std::string bundle = std::string(tasks).append("/").append(space);
      if (read_oci_bundle(query, bundle + "/" + query.id, metadata)) {
        read_cni_result(query, metadata);
        return true;
      }
    }
  }
  return false;
}

// Containers without a manager, and those of managers that this file does not know.
bool read_runc(const Query& query, ContainerMetadata& metadata) {
  for (const std::string& root : query.roots.runc) {
    if (const auto state = query.files.read_json(root + "/" + query.id + "/state.json")) {
      const std::string bundle(bundle_of_runc_state(state->root()));
      return !bundle.empty() && read_oci_bundle(query, bundle, metadata);
    }
  }
  return false;
}

// A kind of state and the types of containers (ContainerIdentity::type) that have it.
struct Layout {
  std::string_view types[2];
  bool (*read)(const Query& query, ContainerMetadata& metadata);
};
constexpr Layout kLayouts[] = {
    {{"docker", ""}, read_docker},
    {{"podman", "cri-o"}, read_storage},
    {{"containerd", ""}, read_containerd},
    {{"", ""}, read_runc},
};

bool has_type(const Layout& layout, std::string_view type) {
  return std::ranges::find(layout.types, type) != std::end(layout.types);
}

// The layout of the container's type first. The others too: without systemd's cgroup driver the
// path of a Kubernetes cgroup does not name the runtime.
bool read_any(const Query& query, std::string_view type, ContainerMetadata& metadata) {
  const auto read_those = [&](bool of_type) {
    return std::ranges::any_of(kLayouts, [&](const Layout& layout) {
      return has_type(layout, type) == of_type && layout.read(query, metadata);
    });
  };
  return read_those(true) || read_those(false);
}

// What a container of a pod has from the pod's sandbox: labels and network.
void add_pod(const Query& query, std::string_view type, ContainerMetadata& metadata) {
  const bool is_sandbox = metadata.pod_sandbox_id == query.id;
  ContainerMetadata other;
  if (!is_sandbox) {
    read_any({query.roots, query.files, metadata.pod_sandbox_id, query.host_capabilities}, type,
             other);
    metadata.ip = std::move(other.ip);
    metadata.cni_json = std::move(other.cni_json);
  }
  metadata.pod_labels = is_sandbox ? metadata.labels : std::move(other.labels);
  metadata.pod_ip = metadata.ip;
}

// The bounding set of the host's first process, as far as we know names; all of these when it
// cannot be read.
uint64_t host_capabilities() {
  static constexpr uint64_t kNamed = (uint64_t{1} << std::size(kCapabilityNames)) - 1;
  static constexpr std::string_view kKey = "CapBnd:\t";
  uint64_t set = kNamed;
  const UniqueFd fd(::open("/proc/1/status", O_RDONLY | O_CLOEXEC));
  std::string status(kMaxStatusBytes, '\0');
  const ssize_t size = fd ? ::read(fd.get(), status.data(), status.size()) : 0;
  status.resize(static_cast<size_t>(std::max<ssize_t>(size, 0)));
  if (const size_t at = status.find(kKey); at != std::string::npos) {
    const char* begin = status.data() + at + kKey.size();
    std::from_chars(begin, status.data() + status.size(), set, 16);
  }
  return set & kNamed;
}

}  // namespace

std::vector<RuntimeDirectory> find_runtimes(const ContainerRoots& roots) {
  const ContainerRoots all = with_usual_roots(roots);
  StateFiles files(all.host);
  std::vector<RuntimeDirectory> found;
  for (const UsualRoots& row : kUsualRoots) {
    if (row.runtime.empty()) {
      continue;
    }
    for (const std::string& path : all.*row.list) {
      const int errno_value = files.try_list(path);
      if (errno_value != ENOENT && errno_value != ENOTDIR) {
        found.push_back({row.runtime, path, errno_value});
      }
    }
  }
  return found;
}

ContainerReader::ContainerReader(ContainerRoots roots)
    : roots_(with_usual_roots(std::move(roots))), host_capabilities_(host_capabilities()) {}

ContainerAnswer ContainerReader::read(const ContainerIdentity& container) const {
  SAKER_CHECK(is_hex_id(container.full_id));
  ContainerAnswer answer;
  answer.container = container;
  StateFiles files(roots_.host);
  const Query query{roots_, files, answer.container.full_id, host_capabilities_};
  if (!read_any(query, container.type, answer.metadata)) {
    answer.outcome = files.is_invalid() ? ContainerOutcome::kInvalid : ContainerOutcome::kNotFound;
    answer.reason = files.reason();
    return answer;
  }
  if (is_hex_id(answer.metadata.pod_sandbox_id)) {
    add_pod(query, container.type, answer.metadata);
  }
  answer.metadata.complete();
  answer.outcome = ContainerOutcome::kFound;
  return answer;
}

}  // namespace saker
