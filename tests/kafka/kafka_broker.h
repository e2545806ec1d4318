// SPDX-License-Identifier: Apache-2.0
// KafkaBroker: an Apache Kafka in KRaft mode as a child process, which ends with the test. Where
// none can be had, librdkafka's mock cluster stands in: without TLS, logins and data that outlives
// a restart of the test.
//
// The jars come from Maven (pom.xml) and stay in the build directory. SAKER_KAFKA_MOCK=1 asks for
// the mock cluster.
#ifndef SAKER_TESTS_KAFKA_KAFKA_BROKER_H
#define SAKER_TESTS_KAFKA_KAFKA_BROKER_H

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "engine/base/result.h"
#include "tests/support/fake_root.h"

namespace saker::test {

class MockCluster;

class KafkaBroker {
 public:
  // A user of the listener for SASL.
  static constexpr const char* kUser = "sensor";
  static constexpr const char* kPassword = "a secret with blanks";

  // Returns once the broker answers. Says on stderr and in the test's properties what it is.
  static Result<std::unique_ptr<KafkaBroker>> start();
  KafkaBroker(const KafkaBroker&) = delete;
  KafkaBroker& operator=(const KafkaBroker&) = delete;
  ~KafkaBroker();

  [[nodiscard]] bool is_real() const noexcept { return mock_ == nullptr; }
  // HOST:PORT without encryption.
  [[nodiscard]] const std::string& address() const noexcept { return address_; }
  // HOST:PORT with TLS and login (PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, or OAUTHBEARER with a token
  // that nobody signed); with TLS and a certificate instead of a login. Requires: is_real().
  [[nodiscard]] const std::string& login_address() const noexcept { return login_address_; }
  [[nodiscard]] const std::string& mutual_tls_address() const noexcept {
    return mutual_tls_address_;
  }
  // Paths of what make_certificates makes: "ca.pem", "other-ca.pem", "client.pem", "client.key".
  [[nodiscard]] std::string certificate(const std::string& name) const { return root_.path(name); }

  // Topics are only there when they were made; the mock cluster makes any that is asked for.
  Result<void> create_topic(const std::string& topic, int partitions,
                            const std::map<std::string, std::string>& settings = {}) const;

  // Ends it with SIGTERM or SIGKILL; the mock cluster closes its connections and takes no new ones.
  void stop(int signal);
  // Holds it where it is: it takes connections and answers nothing. Requires: is_real().
  void pause() const;
  void resume() const;
  // Starts it again with the same data; returns once it answers.
  Result<void> start_again();

 private:
  KafkaBroker();
  Result<void> prepare();
  Result<void> launch();
  [[nodiscard]] std::string properties() const;

  FakeRoot root_;  // its data, configuration and log
  pid_t pid_ = -1;
  std::unique_ptr<MockCluster> mock_;
  uint16_t controller_port_ = 0;
  std::string address_;
  std::string login_address_;
  std::string mutual_tls_address_;
};

}  // namespace saker::test

#endif  // SAKER_TESTS_KAFKA_KAFKA_BROKER_H
