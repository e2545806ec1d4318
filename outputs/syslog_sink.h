// SPDX-License-Identifier: Apache-2.0
// SyslogSink: alerts to the syslog daemon of this host, over its local socket.
//
// RFC 5424, the default, with id, rule and number of the alert as structured data, or the older
// form of syslog(3), RFC 3164, which is all that journald takes apart:
//
//   <PRI>1 TIME HOST saker PID alert [saker@32473 id="ID" rule="RULE" seq="SEQ"] BODY
//   <PRI>Nov 23 00:35:53 saker[PID]: BODY
//
// One datagram for each alert, or a line where the socket is a stream. A message that is too long
// ends with " [truncated]". Syslog has no acknowledgement: written means that the kernel took it.
#ifndef SAKER_OUTPUTS_SYSLOG_SINK_H
#define SAKER_OUTPUTS_SYSLOG_SINK_H

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/base/unique_fd.h"
#include "outputs/alert_format.h"
#include "outputs/message.h"
#include "outputs/settings.h"
#include "outputs/sink.h"

namespace saker {

struct SyslogOptions {
  std::string socket = "/dev/log";
  int facility = 1;  // by its number in RFC 5424
  bool is_rfc3164 = false;
  size_t max_message_bytes = 8192;  // >= 2048, so that the header fits
  // How long a daemon may leave its socket full before that is a failure.
  std::chrono::milliseconds send_timeout{1000};
};

class SyslogSink : public BlockingSink {
 public:
  SyslogSink(SyslogOptions options, const AlertFormat& format);

  [[nodiscard]] std::string_view name() const noexcept override { return "syslog"; }
  Result<void> open() override;
  void render(const Alert& alert, Message& message) const override;

 protected:
  Written write(std::span<const Message> messages) override;

 private:
  void append_header(std::string& out, const Alert& alert, const Message& message) const;
  [[nodiscard]] Error cannot(std::string_view verb, int error) const;
  // An errno, or 0.
  int connect_as(int type);
  [[nodiscard]] int send_one(std::string_view body) const;

  SyslogOptions options_;
  AlertFormat format_;
  UniqueFd fd_;
  bool is_stream_ = false;
};

[[nodiscard]] std::span<const SettingDef> syslog_settings();
Result<std::unique_ptr<Sink>> make_syslog_sink(const SinkSettings& settings,
                                               const AlertFormat& format);

}  // namespace saker

#endif  // SAKER_OUTPUTS_SYSLOG_SINK_H
