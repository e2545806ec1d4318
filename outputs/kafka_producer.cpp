// SPDX-License-Identifier: Apache-2.0
#include "outputs/kafka_producer.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/strings.h"
#include "outputs/kafka_config.h"
#include "outputs/kafka_statistics.h"
#include "outputs/message.h"
#include "outputs/metric.h"
#include "outputs/sink.h"

namespace saker {
namespace {

using ErrorText = std::array<char, 512>;

// What an error of librdkafka or of a broker means for the user.
struct Fault {
  rd_kafka_resp_err_t code;
  std::string_view what;
  std::string_view hint;
  bool is_final = false;  // for the message it is about
};
constexpr std::string_view kTopicHint =
    "create it; it is looked for again every topic.metadata.refresh.interval.ms";
constexpr Fault kFaults[] = {
    {RD_KAFKA_RESP_ERR__RESOLVE, "the name of a Kafka broker cannot be resolved",
     "check kafka_output.brokers and the name server"},
    {RD_KAFKA_RESP_ERR__TRANSPORT, "no connection to a Kafka broker",
     "check that kafka_output.brokers runs there and expects security.protocol"},
    {RD_KAFKA_RESP_ERR__TIMED_OUT, "a Kafka broker does not answer",
     "check that kafka_output.brokers are Kafka brokers"},
    {RD_KAFKA_RESP_ERR__AUTHENTICATION, "the login at a Kafka broker failed",
     "check kafka_output.security: mechanism, username and password"},
    {RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, "a Kafka broker refuses the login",
     "check kafka_output.security: mechanism, username and password"},
    {RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM, "a Kafka broker has no such way to log in",
     "check kafka_output.security.mechanism"},
    {RD_KAFKA_RESP_ERR__SSL, "no TLS connection to a Kafka broker",
     "check kafka_output.tls, and that kafka_output.brokers names a port for TLS"},
    {RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, "the topic does not exist", kTopicHint},
    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, "the topic does not exist", kTopicHint},
    {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, "the topic has no partition", kTopicHint},
    {RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, "the brokers refuse the name of the topic",
     "check kafka_output.topic"},
    {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, "the user may not write to the topic",
     "allow Write and Describe on it to kafka_output.security.username"},
    {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, "the user may not be an idempotent producer",
     "allow IdempotentWrite on the cluster to kafka_output.security.username"},
    {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, "the message is too large",
     "raise message.max.bytes in kafka_output.properties and max.message.bytes of the topic", true},
    {RD_KAFKA_RESP_ERR_INVALID_MSG, "the broker refuses the message as invalid",
     "a compacted topic needs keys: see kafka_output.key", true},
    {RD_KAFKA_RESP_ERR_INVALID_RECORD, "the broker refuses the message as invalid",
     "a compacted topic needs keys: see kafka_output.key", true},
};

// `detail`: what librdkafka says, which may repeat words of a foreign server.
SendFailure make_failure(rd_kafka_resp_err_t code, std::string_view detail,
                         std::string_view topic) {
  const Fault* fault = std::ranges::find(kFaults, code, &Fault::code);
  const bool is_known = fault != std::end(kFaults);
  SendFailure failure;
  failure.error.what = topic.empty() ? "Kafka: " : "Kafka topic '" + std::string(topic) + "': ";
  failure.error.what += is_known ? fault->what : std::string_view(rd_kafka_err2str(code));
  if (!detail.empty()) {
    failure.error.what += ": ";
    append_printable(failure.error.what, detail.substr(0, ErrorText().size()));
  }
  if (is_known) {
    failure.error.hint = fault->hint;
    failure.is_final = fault->is_final;
  }
  return failure;
}

// librdkafka ends texts of connection errors with how long it took and how often it was the same.
// Without that, equal errors are equal texts.
std::string_view without_counts(std::string_view reason) {
  return reason.substr(0, reason.rfind(" (after "));
}

// A broker that ends a TLS handshake is for librdkafka one that closed the connection.
rd_kafka_resp_err_t cause_of(rd_kafka_resp_err_t code, std::string_view reason) {
  const bool is_tls = reason.find(":SSL routines:") != std::string_view::npos;
  return code == RD_KAFKA_RESP_ERR__TRANSPORT && is_tls ? RD_KAFKA_RESP_ERR__SSL : code;
}

// Settings of a client until it is made.
struct ConfDeleter {
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
};
using Conf = std::unique_ptr<rd_kafka_conf_t, ConfDeleter>;

// Not an error of the message: it was in the queue of a producer that died.
bool is_given_up(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR__PURGE_QUEUE || code == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT ||
         code == RD_KAFKA_RESP_ERR__FATAL;
}

bool is_reserved(std::string_view property) {
  // With it no report of success would come.
  return property == "delivery.report.only.error";
}

Result<void> set(rd_kafka_conf_t* conf, const KafkaProperty& property) {
  if (is_reserved(property.name)) {
    return Error{property.key + ": cannot be set: every delivery is reported", 0, ""};
  }
  ErrorText text{};
  if (rd_kafka_conf_set(conf, property.name.c_str(), property.value.c_str(), text.data(),
                        text.size()) != RD_KAFKA_CONF_OK) {
    return Error{property.key + ": " + text.data(), 0, ""};
  }
  return {};
}

bool has_brokers(const rd_kafka_conf_t* conf) {
  size_t size = 0;  // with the zero at the end
  return rd_kafka_conf_get(conf, "bootstrap.servers", nullptr, &size) == RD_KAFKA_CONF_OK &&
         size > 1;
}

struct HeadersDeleter {
  void operator()(rd_kafka_headers_t* headers) const { rd_kafka_headers_destroy(headers); }
};
using Headers = std::unique_ptr<rd_kafka_headers_t, HeadersDeleter>;

// Headers given one by one would be freed twice for a topic that is not there (librdkafka 2.0).
Headers make_headers(std::span<const KafkaHeader> headers) {
  Headers list(rd_kafka_headers_new(headers.size()));
  for (const auto& [name, value] : headers) {
    rd_kafka_header_add(list.get(), name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  }
  return list;
}

// An argument of rd_kafka_produceva().
rd_kafka_vu_t bytes(rd_kafka_vtype_t type, std::string_view text) {
  rd_kafka_vu_t made{};
  made.vtype = type;
  made.u.mem.ptr = const_cast<char*>(text.data());  // copied, not written to
  made.u.mem.size = text.size();
  return made;
}

}  // namespace

// What librdkafka's threads see; lives as long as the client.
struct KafkaProducer::State {
  ~State() {
    if (client != nullptr) {
      rd_kafka_destroy(client);  // ends its threads
    }
  }

  static State& of(void* opaque) { return *static_cast<State*>(opaque); }
  static void on_delivery(rd_kafka_t* client, const rd_kafka_message_t* message, void* opaque);
  static void on_error(rd_kafka_t* client, int code, const char* reason, void* opaque);
  static int on_statistics(rd_kafka_t* client, char* json, size_t size, void* opaque);

  void add_report(Report report);
  SendFailure reason_to_give_up() const;
  void forward_reports() const;

  rd_kafka_t* client = nullptr;
  mutable std::mutex mutex;
  std::condition_variable has_reports;
  // All below: guarded by mutex.
  std::vector<Report> reports;
  std::optional<Error> fatal_error;
  std::optional<Error> connection_error;  // the last one of a new kind, with any broker
  rd_kafka_resp_err_t connection_fault = RD_KAFKA_RESP_ERR_NO_ERROR;
  bool is_connected = false;            // to at least one broker
  std::optional<Error> delivery_error;  // none since the last delivery
  std::vector<Metric> metrics;
};

void KafkaProducer::State::add_report(Report report) {
  const std::lock_guard lock(mutex);
  if (!report.outcome.failure) {
    is_connected = true;
    delivery_error.reset();
  } else if (!report.outcome.failure->is_final) {
    delivery_error = report.outcome.failure->error;
  }
  reports.push_back(std::move(report));
  if (reports.size() == 1) {
    has_reports.notify_one();
  }
}

SendFailure KafkaProducer::State::reason_to_give_up() const {
  const std::lock_guard lock(mutex);
  return fatal_error ? SendFailure{*fatal_error} : make_failure(RD_KAFKA_RESP_ERR__FATAL, {}, {});
}

void KafkaProducer::State::on_delivery(rd_kafka_t* /*client*/, const rd_kafka_message_t* message,
                                       void* opaque) {
  State& state = of(opaque);
  Report report;
  report.outcome.seq = std::bit_cast<uintptr_t>(message->_private);
  const auto code = message->err;
  if (is_given_up(code)) {
    report.outcome.failure = state.reason_to_give_up();
  } else if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    report.outcome.failure = make_failure(code, {}, rd_kafka_topic_name(message->rkt));
    report.batch_too_large = code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE;
  }
  state.add_report(std::move(report));
}

void KafkaProducer::State::on_error(rd_kafka_t* client, int code, const char* reason,
                                    void* opaque) {
  State& state = of(opaque);
  const auto error = cause_of(static_cast<rd_kafka_resp_err_t>(code), reason);
  ErrorText text{};
  const auto fatal = rd_kafka_fatal_error(client, text.data(), text.size());
  const std::lock_guard lock(state.mutex);
  if (fatal != RD_KAFKA_RESP_ERR_NO_ERROR) {
    state.fatal_error = make_failure(fatal, text.data(), {}).error;
  } else if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
    state.is_connected = false;  // why has been said of each
  } else if (state.is_connected || state.connection_fault != error) {
    state.connection_fault = error;
    state.connection_error = make_failure(error, without_counts(reason), {}).error;
  }
}

int KafkaProducer::State::on_statistics(rd_kafka_t* /*client*/, char* json, size_t size,
                                        void* opaque) {
  State& state = of(opaque);
  KafkaStatistics statistics = read_kafka_statistics({json, size});
  const std::lock_guard lock(state.mutex);
  state.is_connected = statistics.has_broker;
  state.metrics = std::move(statistics.metrics);
  return 0;  // the text is librdkafka's to free
}

// Has reports, errors and statistics brought by a thread of librdkafka's, so that none of them
// piles up while there is nothing to send.
void KafkaProducer::State::forward_reports() const {
  rd_kafka_queue_t* main = rd_kafka_queue_get_main(client);
  rd_kafka_queue_t* background = rd_kafka_queue_get_background(client);
  rd_kafka_queue_forward(main, background);
  rd_kafka_queue_destroy(background);
  rd_kafka_queue_destroy(main);
}

KafkaProducer::KafkaProducer(std::unique_ptr<State> state) : state_(std::move(state)) {}
KafkaProducer::~KafkaProducer() = default;

Result<std::unique_ptr<KafkaProducer>> KafkaProducer::create(
    std::span<const KafkaProperty> properties) {
  const auto fail = [](std::string what) { return Error{std::move(what), 0, ""}; };
  Conf conf(rd_kafka_conf_new());
  for (const KafkaProperty& property : properties) {
    if (Result<void> done = set(conf.get(), property); !done) {
      return std::move(done).error();
    }
  }
  if (!has_brokers(conf.get())) {
    return fail("kafka_output.brokers is empty");
  }
  auto state = std::make_unique<State>();
  rd_kafka_conf_set_opaque(conf.get(), state.get());
  rd_kafka_conf_set_dr_msg_cb(conf.get(), State::on_delivery);
  rd_kafka_conf_set_error_cb(conf.get(), State::on_error);
  rd_kafka_conf_set_stats_cb(conf.get(), State::on_statistics);
  rd_kafka_conf_set_log_cb(conf.get(), nullptr);  // errors come to on_error()
  ErrorText text{};
  state->client = rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), text.data(), text.size());
  if (state->client == nullptr) {
    return fail(std::string("kafka_output: ") + text.data());
  }
  [[maybe_unused]] const auto* clients = conf.release();
  state->forward_reports();
  return std::unique_ptr<KafkaProducer>(new KafkaProducer(std::move(state)));
}

KafkaProducer::Taken KafkaProducer::produce(const Message& message,
                                            std::span<const KafkaHeader> headers) {
  Headers list = make_headers(headers);
  std::array<rd_kafka_vu_t, 6> arguments{};
  arguments[0].vtype = RD_KAFKA_VTYPE_TOPIC;
  arguments[0].u.cstr = message.topic.c_str();
  arguments[1].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  arguments[1].u.i = RD_KAFKA_MSG_F_COPY;
  arguments[2].vtype = RD_KAFKA_VTYPE_OPAQUE;
  arguments[2].u.ptr = std::bit_cast<void*>(uintptr_t{message.seq});
  arguments[3].vtype = RD_KAFKA_VTYPE_HEADERS;
  arguments[3].u.headers = list.get();
  arguments[4] = bytes(RD_KAFKA_VTYPE_VALUE, message.body);
  arguments[5] = bytes(RD_KAFKA_VTYPE_KEY, message.key);
  const size_t count = arguments.size() - (message.key.empty() ? 1 : 0);
  rd_kafka_error_t* error = rd_kafka_produceva(state_->client, arguments.data(), count);
  if (error == nullptr) {
    [[maybe_unused]] const auto* messages = list.release();
    return Taken::kYes;
  }
  const auto code = rd_kafka_error_code(error);
  rd_kafka_error_destroy(error);
  if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL || code == RD_KAFKA_RESP_ERR__FATAL) {
    return Taken::kNo;
  }
  state_->add_report({{message.seq, make_failure(code, {}, message.topic)}});
  return Taken::kButFailed;
}

void KafkaProducer::wait(std::chrono::steady_clock::time_point deadline,
                         std::vector<Report>& reports) {
  std::unique_lock lock(state_->mutex);
  state_->has_reports.wait_until(lock, deadline, [&] { return !state_->reports.empty(); });
  reports.insert(reports.end(), std::make_move_iterator(state_->reports.begin()),
                 std::make_move_iterator(state_->reports.end()));
  state_->reports.clear();
}

void KafkaProducer::give_up() {
  rd_kafka_purge(state_->client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                     RD_KAFKA_PURGE_F_NON_BLOCKING);
}

bool KafkaProducer::is_dead() const {
  const std::lock_guard lock(state_->mutex);
  return state_->fatal_error.has_value();
}

std::optional<Error> KafkaProducer::trouble() const {
  const std::lock_guard lock(state_->mutex);
  if (state_->fatal_error) {
    return state_->fatal_error;
  }
  return !state_->is_connected && state_->connection_error ? state_->connection_error
                                                           : state_->delivery_error;
}

std::vector<Metric> KafkaProducer::metrics() const {
  const std::lock_guard lock(state_->mutex);
  return state_->metrics;
}

}  // namespace saker
