// SPDX-License-Identifier: Apache-2.0
// HttpSink: alerts as the bodies of POST requests, one in each, as Falco sends them and
// Falcosidekick takes them, or several as lines (https://github.com/ndjson/ndjson-spec).
//
// A reply of 2xx: they are out. 400, 413, 422: the server refuses these alerts, and always will; of
// several each is then sent on its own, so that only what is refused itself is lost. All else, a
// wrong address or token included, is a failure for now. A server that took an alert and could not
// say so any more gets it twice; its id tells.
#ifndef SAKER_OUTPUTS_HTTP_SINK_H
#define SAKER_OUTPUTS_HTTP_SINK_H

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "outputs/alert_format.h"
#include "outputs/http_client.h"
#include "outputs/message.h"
#include "outputs/settings.h"
#include "outputs/sink.h"

namespace saker {

struct HttpSinkOptions {
  size_t batch_size = 1;  // alerts in a request at most
  bool compress = false;
  bool echo = false;                   // print replies to standard error
  std::string bearer_token_file = {};  // read for each request: tokens get renewed
  int64_t max_consecutive_timeouts = 5;
};

class HttpSink : public BlockingSink {
 public:
  HttpSink(HttpClient client, HttpSinkOptions options, const AlertFormat& format);

  [[nodiscard]] std::string_view name() const noexcept override { return "http"; }
  // Does not connect: a server that is not there yet is waited for.
  Result<void> open() override { return use_token(); }
  void render(const Alert& alert, Message& message) const override;
  [[nodiscard]] std::optional<Error> trouble() const override;

 protected:
  // One request.
  Written write(std::span<const Message> messages) override;

 private:
  using Clock = std::chrono::steady_clock;

  Result<void> use_token();
  // How many of the messages go into the next request.
  [[nodiscard]] size_t fit(std::span<const Message> messages) const;
  // None: the messages are out.
  std::optional<SendFailure> send_request(std::span<const Message> messages);
  std::optional<SendFailure> judge(const HttpReply& reply);
  void note(const std::optional<SendFailure>& failure, bool is_timeout);

  HttpClient client_;
  HttpSinkOptions options_;
  AlertFormat format_;
  Clock::time_point not_before_;  // as the server asked
  size_t alone_ = 0;              // the next messages to send on their own
  int64_t consecutive_timeouts_ = 0;

  mutable std::mutex mutex_;
  std::optional<Error> trouble_;
};

[[nodiscard]] std::span<const SettingDef> http_settings();
Result<std::unique_ptr<Sink>> make_http_sink(const SinkSettings& settings,
                                             const AlertFormat& format);

}  // namespace saker

#endif  // SAKER_OUTPUTS_HTTP_SINK_H
