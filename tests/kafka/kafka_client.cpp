// SPDX-License-Identifier: Apache-2.0
#include "tests/kafka/kafka_client.h"

#include <librdkafka/rdkafka.h>

#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include "engine/base/check.h"

namespace saker::test {
namespace {

using Clock = std::chrono::steady_clock;

// A bound for a broker that hangs, never waited for otherwise.
constexpr std::chrono::seconds kTimeout{60};
constexpr int kTimeoutMs = 60'000;

template <auto kDestroy>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    kDestroy(object);
  }
};
using Client = std::unique_ptr<rd_kafka_t, Deleter<rd_kafka_destroy>>;
using Queue = std::unique_ptr<rd_kafka_queue_t, Deleter<rd_kafka_queue_destroy>>;
using Event = std::unique_ptr<rd_kafka_event_t, Deleter<rd_kafka_event_destroy>>;
using Message = std::unique_ptr<rd_kafka_message_t, Deleter<rd_kafka_message_destroy>>;
using NewTopic = std::unique_ptr<rd_kafka_NewTopic_t, Deleter<rd_kafka_NewTopic_destroy>>;
using Partitions = std::unique_ptr<rd_kafka_topic_partition_list_t,
                                   Deleter<rd_kafka_topic_partition_list_destroy>>;

Client make_client(rd_kafka_type_t type, const std::string& brokers) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  const std::pair<const char*, const char*> properties[] = {
      {"bootstrap.servers", brokers.c_str()},
      {"reconnect.backoff.max.ms", "200"},
      {"group.id", "tests"},
      {"enable.auto.commit", "false"},
      {"auto.offset.reset", "earliest"},
      {"enable.partition.eof", "true"},
  };
  std::array<char, 256> text{};
  for (const auto& [name, value] : properties) {
    SAKER_CHECK(rd_kafka_conf_set(conf, name, value, text.data(), text.size()) == RD_KAFKA_CONF_OK);
  }
  rd_kafka_conf_set_log_cb(conf, nullptr);
  Client client(rd_kafka_new(type, conf, text.data(), text.size()));
  SAKER_CHECK(client != nullptr);
  return client;
}

Error failure(std::string what, rd_kafka_resp_err_t code) {
  return {std::move(what) + ": " + rd_kafka_err2str(code), 0, ""};
}

Result<int> count_partitions(rd_kafka_t* client, const std::string& topic) {
  rd_kafka_topic_t* handle = rd_kafka_topic_new(client, topic.c_str(), nullptr);
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto code = rd_kafka_metadata(client, 0, handle, &metadata, kTimeoutMs);
  rd_kafka_topic_destroy(handle);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return failure("no metadata of " + topic, code);
  }
  const rd_kafka_metadata_topic_t& found = metadata->topics[0];
  const int partitions = found.partition_cnt;
  const auto topic_code = found.err;
  rd_kafka_metadata_destroy(metadata);
  if (topic_code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return failure(topic, topic_code);
  }
  return partitions;
}

std::string text_of(const void* data, size_t size) {
  return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
}

KafkaRecord make_record(const rd_kafka_message_t& message) {
  KafkaRecord record;
  record.partition = message.partition;
  record.offset = message.offset;
  record.key = text_of(message.key, message.key_len);
  record.body = text_of(message.payload, message.len);
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    const char* name = nullptr;
    const void* value = nullptr;
    size_t size = 0;
    for (size_t i = 0;
         rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
         ++i) {
      record.headers[name] = text_of(value, size);
    }
  }
  return record;
}

// Makes a client that reads all partitions from the beginning; returns how many there are.
Result<int> start_reading(Client& client, const std::string& brokers, const std::string& topic) {
  client = make_client(RD_KAFKA_CONSUMER, brokers);
  rd_kafka_poll_set_consumer(client.get());
  Result<int> partitions = count_partitions(client.get(), topic);
  if (!partitions) {
    return partitions;
  }
  const Partitions wanted(rd_kafka_topic_partition_list_new(*partitions));
  rd_kafka_topic_partition_list_add_range(wanted.get(), topic.c_str(), 0, *partitions - 1);
  for (int i = 0; i < *partitions; ++i) {
    rd_kafka_topic_partition_list_set_offset(wanted.get(), topic.c_str(), i,
                                             RD_KAFKA_OFFSET_BEGINNING);
  }
  rd_kafka_assign(client.get(), wanted.get());
  return partitions;
}

}  // namespace

Result<void> wait_for_broker(const std::string& brokers, std::chrono::seconds timeout) {
  const Client client = make_client(RD_KAFKA_PRODUCER, brokers);
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto code = rd_kafka_metadata(client.get(), 0, nullptr, &metadata,
                                      static_cast<int>(std::chrono::milliseconds(timeout).count()));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return failure("no answer from " + brokers, code);
  }
  rd_kafka_metadata_destroy(metadata);
  return {};
}

Result<void> create_topic(const std::string& brokers, const std::string& topic, int partitions,
                          const std::map<std::string, std::string>& settings) {
  const Client client = make_client(RD_KAFKA_PRODUCER, brokers);
  const Queue queue(rd_kafka_queue_new(client.get()));
  std::array<char, 256> text{};
  const NewTopic wanted(
      rd_kafka_NewTopic_new(topic.c_str(), partitions, 1, text.data(), text.size()));
  SAKER_CHECK(wanted != nullptr);
  for (const auto& [name, value] : settings) {
    rd_kafka_NewTopic_set_config(wanted.get(), name.c_str(), value.c_str());
  }
  rd_kafka_NewTopic_t* wanted_list[] = {wanted.get()};
  rd_kafka_CreateTopics(client.get(), wanted_list, 1, nullptr, queue.get());
  const Event event(rd_kafka_queue_poll(queue.get(), kTimeoutMs));
  if (event == nullptr || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Error{"no answer to the creation of " + topic, 0, ""};
  }
  size_t count = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  SAKER_CHECK(count == 1);
  const auto code = rd_kafka_topic_result_error(results[0]);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return failure("cannot create " + topic, code);
  }
  return {};
}

Result<std::vector<KafkaRecord>> read_topic(const std::string& brokers, const std::string& topic) {
  Client client;
  const Result<int> partitions = start_reading(client, brokers, topic);
  if (!partitions) {
    return partitions.error();
  }
  std::vector<KafkaRecord> records;
  int unread = *partitions;
  const Clock::time_point deadline = Clock::now() + kTimeout;
  while (unread > 0) {
    const Message message(rd_kafka_consumer_poll(client.get(), kTimeoutMs));
    if (message == nullptr || Clock::now() > deadline) {
      return Error{"the end of " + topic + " was not reached", 0, ""};
    }
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      records.push_back(make_record(*message));
    } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      --unread;
    }
  }
  rd_kafka_consumer_close(client.get());
  return records;
}

struct KafkaTail::Reader {
  ~Reader() { rd_kafka_consumer_close(client.get()); }
  Client client;
};

KafkaTail::KafkaTail(const std::string& brokers, const std::string& topic)
    : reader_(std::make_unique<Reader>()) {
  SAKER_CHECK(start_reading(reader_->client, brokers, topic));
}

KafkaTail::~KafkaTail() = default;

bool KafkaTail::wait_for(size_t count) {
  const Clock::time_point deadline = Clock::now() + kTimeout;
  while (count_ < count && Clock::now() < deadline) {
    const Message message(rd_kafka_consumer_poll(reader_->client.get(), 1000));
    count_ += message != nullptr && message->err == RD_KAFKA_RESP_ERR_NO_ERROR ? 1U : 0U;
  }
  return count_ >= count;
}

}  // namespace saker::test
