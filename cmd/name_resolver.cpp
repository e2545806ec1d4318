// SPDX-License-Identifier: Apache-2.0
#include "cmd/name_resolver.h"

#include <ares.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "cmd/log.h"
#include "cmd/privileges.h"
#include "engine/base/background_thread.h"
#include "engine/base/clock.h"
#include "engine/base/unique_fd.h"
#include "engine/record_writer.h"
#include "engine/state/hosts.h"
#include "engine/value.h"

namespace saker {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// resolv.conf(5) is read when a channel is made: a host that moves gets a new one.
constexpr milliseconds kMaxChannelAge{60'000};
constexpr size_t kMaxNamesShown = 5;

struct Answer {
  std::string name;
  std::vector<IpAddress> addresses;
};

std::vector<IpAddress> addresses_of(const ares_addrinfo& info) {
  std::vector<IpAddress> addresses;
  for (const ares_addrinfo_node* node = info.nodes; node != nullptr; node = node->ai_next) {
    IpAddress address;
    if (node->ai_family == AF_INET) {
      sockaddr_in in{};
      std::memcpy(&in, node->ai_addr, sizeof(in));
      std::memcpy(address.bytes.data(), &in.sin_addr, sizeof(in.sin_addr));
    } else if (node->ai_family == AF_INET6) {
      sockaddr_in6 in{};
      std::memcpy(&in, node->ai_addr, sizeof(in));
      std::memcpy(address.bytes.data(), &in.sin6_addr, sizeof(in.sin6_addr));
      address.is_v6 = true;
    } else {
      continue;
    }
    addresses.push_back(address);
  }
  return addresses;
}

milliseconds shortest_ttl(const ares_addrinfo& info) {
  milliseconds shortest = milliseconds::max();
  for (const ares_addrinfo_node* node = info.nodes; node != nullptr; node = node->ai_next) {
    shortest = std::min(shortest, milliseconds{1000} * std::max(node->ai_ttl, 0));
  }
  return shortest;
}

}  // namespace

// Everything that the thread has, and the mailbox it shares with the reader.
class NameResolver::Worker {
 public:
  Worker(const std::set<std::string>& names, Options options, UniqueFd wake);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void start();
  [[nodiscard]] bool has_news() const noexcept { return has_news_.load(std::memory_order_acquire); }
  [[nodiscard]] std::vector<Answer> take();

 private:
  struct Query {
    Worker* worker;
    std::string name;
    bool was_asked = false;
  };

  void run();
  bool make_channel();
  void start_due_queries();
  [[nodiscard]] milliseconds time_to_wait() const;
  void wait();
  void finish(Query& query, int status, const ares_addrinfo* info);
  void report_first_round() const;
  static void on_answer(void* query, int status, int timeouts, ares_addrinfo* info);

  const Options options_;
  const UniqueFd wake_;
  std::vector<Query> queries_;
  std::multimap<Clock::time_point, Query*> due_;
  size_t in_flight_ = 0;
  size_t first_round_left_;
  std::vector<std::string> unresolved_;  // in the first round
  ares_channel channel_ = nullptr;
  Clock::time_point channel_made_;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> has_news_ = false;
  std::mutex mutex_;
  std::vector<Answer> answers_;  // guarded by mutex_
  std::thread thread_;
};

NameResolver::Worker::Worker(const std::set<std::string>& names, Options options, UniqueFd wake)
    : options_(std::move(options)), wake_(std::move(wake)), first_round_left_(names.size()) {
  queries_.reserve(names.size());  // due_ points into it
  for (const std::string& name : names) {
    queries_.push_back({this, name});
    due_.emplace(Clock::time_point::min(), &queries_.back());
  }
}

NameResolver::Worker::~Worker() {
  stop_ = true;
  ::eventfd_write(wake_.get(), 1);  // cannot fail: the counter holds more than one
  if (thread_.joinable()) {
    thread_.join();
  }
}

void NameResolver::Worker::start() {
  thread_ = start_background_thread("saker-names", [this] { run(); });
}

std::vector<Answer> NameResolver::Worker::take() {
  const std::lock_guard lock(mutex_);
  has_news_.store(false, std::memory_order_relaxed);
  return std::exchange(answers_, {});
}

void NameResolver::Worker::run() {
  if (const Result<void> kept = keep_no_privileges(); !kept) {
    log_warning(kept.error().to_string());
  }
  while (!stop_) {
    start_due_queries();
    wait();
  }
  if (channel_ != nullptr) {
    ares_destroy(channel_);  // calls on_answer() of what is in flight
  }
}

// False: there is no memory for one.
bool NameResolver::Worker::make_channel() {
  if (channel_ != nullptr) {
    ares_destroy(std::exchange(channel_, nullptr));
  }
  ares_channel channel = nullptr;
  if (ares_init(&channel) != ARES_SUCCESS) {
    return false;
  }
  if (!options_.servers.empty() &&
      ares_set_servers_ports_csv(channel, options_.servers.c_str()) != ARES_SUCCESS) {
    ares_destroy(channel);
    return false;
  }
  channel_ = channel;
  channel_made_ = Clock::now();
  return true;
}

void NameResolver::Worker::start_due_queries() {
  const Clock::time_point now = Clock::now();
  if (due_.empty() || due_.begin()->first > now) {
    return;
  }
  const bool is_old = channel_ == nullptr || now - channel_made_ > kMaxChannelAge;
  if (in_flight_ == 0 && is_old && !make_channel()) {
    return;
  }
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_flags = ARES_AI_NOSORT;
  while (!due_.empty() && due_.begin()->first <= now && in_flight_ < kMaxInFlight) {
    Query* query = due_.begin()->second;
    due_.erase(due_.begin());
    ++in_flight_;
    ares_getaddrinfo(channel_, query->name.c_str(), nullptr, &hints, on_answer, query);
  }
}

// Until a server answers, a query is due or times out, or the worker is to end.
milliseconds NameResolver::Worker::time_to_wait() const {
  milliseconds longest = options_.retry_after;
  if (channel_ == nullptr) {
    return longest;
  }
  if (!due_.empty() && in_flight_ < kMaxInFlight) {
    const auto until_due = std::chrono::ceil<milliseconds>(due_.begin()->first - Clock::now());
    longest = std::clamp(until_due, milliseconds{0}, longest);
  }
  timeval limit{longest.count() / 1000, longest.count() % 1000 * 1000};
  timeval shorter{};
  const timeval* timeout = ares_timeout(channel_, &limit, &shorter);
  return milliseconds{timeout->tv_sec * 1000 + timeout->tv_usec / 1000 + 1};
}

void NameResolver::Worker::wait() {
  std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
  const auto bits = static_cast<unsigned>(
      channel_ == nullptr ? 0 : ares_getsock(channel_, sockets.data(), ARES_GETSOCK_MAXNUM));
  std::array<pollfd, ARES_GETSOCK_MAXNUM + 1> fds{};
  size_t count = 0;
  for (size_t i = 0; i < sockets.size(); ++i) {
    const int reads = ARES_GETSOCK_READABLE(bits, i) != 0 ? POLLIN : 0;
    const int writes = ARES_GETSOCK_WRITABLE(bits, i) != 0 ? POLLOUT : 0;
    if ((reads | writes) != 0) {
      fds[count++] = {sockets[i], static_cast<short>(reads | writes), 0};
    }
  }
  fds[count] = {wake_.get(), POLLIN, 0};
  ::poll(fds.data(), count + 1, static_cast<int>(time_to_wait().count()));
  if (channel_ == nullptr || stop_) {
    return;
  }
  ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // timeouts
  for (size_t i = 0; i < count; ++i) {
    const bool reads = (fds[i].revents & (POLLIN | POLLERR | POLLHUP)) != 0;
    const bool writes = (fds[i].revents & POLLOUT) != 0;
    if (reads || writes) {
      ares_process_fd(channel_, reads ? fds[i].fd : ARES_SOCKET_BAD,
                      writes ? fds[i].fd : ARES_SOCKET_BAD);
    }
  }
}

void NameResolver::Worker::on_answer(void* query, int status, int, ares_addrinfo* info) {
  auto* asked = static_cast<Query*>(query);
  asked->worker->finish(*asked, status, info);
  if (info != nullptr) {
    ares_freeaddrinfo(info);
  }
}

void NameResolver::Worker::finish(Query& query, int status, const ares_addrinfo* info) {
  --in_flight_;
  if (status == ARES_EDESTRUCTION || status == ARES_ECANCELLED) {
    return;
  }
  const bool has_addresses = status == ARES_SUCCESS && info != nullptr && info->nodes != nullptr;
  // What a server that cannot be reached said before stays true; "there is no such name" does not.
  const bool is_answer =
      has_addresses || status == ARES_SUCCESS || status == ARES_ENOTFOUND || status == ARES_ENODATA;
  milliseconds age = options_.retry_after;
  if (has_addresses) {
    age = std::clamp(shortest_ttl(*info), options_.min_age, options_.max_age);
  }
  due_.emplace(Clock::now() + age, &query);
  if (is_answer) {
    const std::lock_guard lock(mutex_);
    answers_.push_back(
        {query.name, has_addresses ? addresses_of(*info) : std::vector<IpAddress>()});
    has_news_.store(true, std::memory_order_release);
  }
  if (!std::exchange(query.was_asked, true)) {
    if (!has_addresses) {
      unresolved_.push_back(query.name);
    }
    if (--first_round_left_ == 0) {
      report_first_round();
    }
  }
}

void NameResolver::Worker::report_first_round() const {
  if (unresolved_.empty()) {
    return;
  }
  std::string names;
  for (size_t i = 0; i < std::min(unresolved_.size(), kMaxNamesShown); ++i) {
    names += (i == 0 ? "" : ", ") + unresolved_[i];
  }
  names += unresolved_.size() > kMaxNamesShown ? ", ..." : "";
  log_info("no address for " + std::to_string(unresolved_.size()) + " of " +
           std::to_string(queries_.size()) + " host names that rules compare with: " + names);
}

NameResolver::NameResolver(std::unique_ptr<Worker> worker) : worker_(std::move(worker)) {}
NameResolver::~NameResolver() = default;

Result<std::unique_ptr<NameResolver>> NameResolver::start(const std::set<std::string>& names,
                                                          Options options) {
  if (names.empty()) {
    return std::unique_ptr<NameResolver>();
  }
  static const int kLibrary = ares_library_init(ARES_LIB_INIT_ALL);
  if (kLibrary != ARES_SUCCESS) {
    return Error{std::string("cannot resolve host names: ") + ares_strerror(kLibrary), 0, ""};
  }
  UniqueFd wake(::eventfd(0, EFD_CLOEXEC));
  if (!wake) {
    return Error{"cannot resolve host names: eventfd", errno, ""};
  }
  auto worker = std::make_unique<Worker>(names, std::move(options), std::move(wake));
  worker->start();
  return std::unique_ptr<NameResolver>(new NameResolver(std::move(worker)));
}

void NameResolver::take(const std::function<void(std::span<const std::byte>)>& emit) {
  if (!worker_->has_news()) {
    return;
  }
  RecordWriter writer;
  for (const Answer& answer : worker_->take()) {
    writer.begin(EV_HOST, boot_clock_ns(), ev_task{});
    writer.body(ev_host{});
    writer.section(EV_SEC_STRING, 0, answer.name);
    writer.section(EV_SEC_BYTES, 0, host_address_bytes(answer.addresses));
    emit(writer.finish());
  }
}

}  // namespace saker
