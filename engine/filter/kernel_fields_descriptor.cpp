// SPDX-License-Identifier: Apache-2.0
// Descriptors: what they are; addresses and ports of sockets.
#include <sys/stat.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/filter/decisions.h"
#include "engine/filter/kernel_fields.h"
#include "engine/filter/verdict.h"

namespace saker::filter {
namespace {

using lang::CheckedComparison;

// What a descriptor can be by the format in its inode's mode (fields_descriptor.cpp decides).
struct FileKind {
  uint32_t format;  // kOtherFormat: regular files and what has no format at all
  std::string_view type;
  std::string_view letter;
};
constexpr uint32_t kOtherFormat = 0;
constexpr FileKind kFileKinds[] = {
    {S_IFDIR, "directory", "d"},
    {S_IFCHR, "file", "f"},
    {S_IFBLK, "file", "f"},
    {S_IFLNK, "file", "f"},
    {S_IFIFO, "pipe", "p"},
    {S_IFIFO, "file", "f"},
    {S_IFSOCK, "ipv4", "4"},
    {S_IFSOCK, "ipv6", "6"},
    {S_IFSOCK, "unix", "u"},
    {S_IFSOCK, "netlink", "n"},
    {S_IFSOCK, "unsupported", "X"},
    {S_IFSOCK, "file", "f"},
    {kOtherFormat, "file", "f"},
    {kOtherFormat, "memfd", "m"},
    {kOtherFormat, "event", "e"},
    {kOtherFormat, "eventpoll", "l"},
    {kOtherFormat, "signalfd", "s"},
    {kOtherFormat, "timerfd", "t"},
    {kOtherFormat, "inotify", "i"},
    {kOtherFormat, "bpf", "b"},
    {kOtherFormat, "userfaultfd", "u"},
    {kOtherFormat, "io_uring", "r"},
    {kOtherFormat, "pidfd", "P"},
    {kOtherFormat, "unsupported", "X"},
};

// In exact tables all files but nameless ones are what their format says.
bool may_be(const FileKind& kind, uint32_t value, bool is_exact) {
  const uint32_t format = value << 12U;
  if (is_exact && value != EV_KIND_NAMELESS) {
    return kind.letter == (format == S_IFDIR ? "d" : "f") && kind.format != kOtherFormat;
  }
  if (is_exact) {
    return kind.letter != "d" && kind.letter != "f";
  }
  const bool is_listed =
      std::ranges::find(kFileKinds, format, &FileKind::format) != std::end(kFileKinds);
  return kind.format == (is_listed ? format : kOtherFormat);
}

template <auto Name>
Decision decide_file_kind(const KernelComparison& comparison, bool is_exact) {
  return decide_each(EV_DIM_FILE_KIND, EV_SMALL_VALUES, [&](uint32_t value) {
    Verdict any{false, false};
    for (const FileKind& kind : kFileKinds) {
      if (may_be(kind, value, is_exact)) {
        const Verdict one = verdict_on(comparison.checked, Value::of_text(kind.*Name));
        any = {any.may_hold || one.may_hold, any.may_fail || one.may_fail};
      }
    }
    return any;
  });
}

// Addresses are 16 bytes in the kernel, those of IPv4 in their IPv4-mapped form. In a domain of
// prefixes they are texts of '0' and '1'.
constexpr size_t kV4Bits = 32;
constexpr size_t kV6Bits = 128;

std::string mapped_prefix() { return std::string(80, '0') + std::string(16, '1'); }

struct Network {
  std::string key;
  bool is_v6;
};

Network network_of(const IpAddress& address, size_t bits) {
  std::string key = address.is_v6 ? std::string() : mapped_prefix();
  for (size_t bit = 0; bit < bits; ++bit) {
    key += (address.bytes[bit / 8] >> (7 - bit % 8) & 1) != 0 ? '1' : '0';
  }
  return {std::move(key), address.is_v6};
}

// One per constant; an address is a network of one. None: something else is asked for.
std::vector<Network> networks_of(const CheckedComparison& comparison) {
  std::vector<Network> networks;
  for (const lang::TypedConstant& constant : comparison.constants) {
    const auto* address = std::get_if<IpAddress>(&constant.data);
    if (address == nullptr) {
      return {};
    }
    const size_t whole = address->is_v6 ? kV6Bits : kV4Bits;
    const bool is_net = comparison.lhs->type() == FieldType::kIpNet;
    if (is_net && constant.prefix_bits > whole) {
      return {};
    }
    networks.push_back(network_of(*address, is_net ? constant.prefix_bits : whole));
  }
  return is_equality(comparison) || is_inequality(comparison) ? networks : std::vector<Network>();
}

void add_addresses(KernelComparison& comparison, Vocabulary& vocabulary) {
  vocabulary.addresses().add(mapped_prefix());
  for (const Network& network : networks_of(comparison.checked)) {
    vocabulary.addresses().add(network.key);
  }
}

ClassSet v4_addresses(const Vocabulary& vocabulary) {
  return ClassSet::of(vocabulary.addresses().below(mapped_prefix()));
}

Decided by_address(const KernelComparison& comparison, const Call& call,
                   const Vocabulary& vocabulary) {
  if (dimension_at(call, comparison) != EV_DIM_ADDRESS) {
    return std::nullopt;
  }
  if (call.is_unseen) {
    return decide_missing();
  }
  const std::vector<Network> networks = networks_of(comparison.checked);
  if (networks.empty()) {
    return std::nullopt;
  }
  ClassSet inside = ClassSet::none();
  for (const Network& network : networks) {
    const ClassSet below = ClassSet::of(vocabulary.addresses().below(network.key));
    inside = inside | (network.is_v6 ? below & v4_addresses(vocabulary).complement() : below);
  }
  const ClassSet outside = inside.complement();
  return comparison.checked.op->is_negation ? Decision{EV_DIM_ADDRESS, outside, inside}
                                            : Decision{EV_DIM_ADDRESS, inside, outside};
}

// The kind of a socket that has an address.
template <auto Name>
Decision decide_family(const KernelComparison& comparison, const Vocabulary& vocabulary) {
  constexpr FileKind kV4{S_IFSOCK, "ipv4", "4"};
  constexpr FileKind kV6{S_IFSOCK, "ipv6", "6"};
  const ClassSet v4 = v4_addresses(vocabulary);
  return decide_each(EV_DIM_ADDRESS, vocabulary.addresses().size(), [&](uint32_t address) {
    return verdict_on(comparison.checked, Value::of_text((v4.contains(address) ? kV4 : kV6).*Name));
  });
}

void add_families(KernelComparison& comparison, Vocabulary& vocabulary) {
  if (comparison.acts) {
    vocabulary.addresses().add(mapped_prefix());
  }
}

// That it is none of the sockets with an address.
Verdict verdict_on_no_ip(const CheckedComparison& comparison) {
  constexpr std::string_view kIp[] = {"ipv4", "ipv6", "4", "6"};
  const bool all_are_ip =
      std::ranges::all_of(comparison.constants, [&](const lang::TypedConstant& constant) {
        return std::ranges::find(kIp, constant.value().as_text()) != std::end(kIp);
      });
  return all_are_ip ? verdict_on_no_constant(comparison) : Verdict{};
}

template <auto Name>
Decided by_kind(const KernelComparison& comparison, const Call& call,
                const Vocabulary& vocabulary) {
  if (call.hook == nullptr) {
    return call.has(call.source.fd_arg)
               ? Decided(decide_file_kind<Name>(comparison, call.has_succeeded))
               : std::nullopt;
  }
  const std::optional<ev_dimension> dimension = dimension_at(call, comparison);
  if (dimension == EV_DIM_FILE_KIND) {
    return decide_file_kind<Name>(comparison, true);
  }
  if (dimension != EV_DIM_ADDRESS) {
    return std::nullopt;
  }
  return call.is_unseen ? decide_always(verdict_on_no_ip(comparison.checked))
                        : decide_family<Name>(comparison, vocabulary);
}

Decided by_port(const KernelComparison& comparison, const Call& call,
                const Vocabulary& vocabulary) {
  if (dimension_at(call, comparison) != EV_DIM_NUMBER) {
    return std::nullopt;
  }
  return call.is_unseen ? decide_missing()
                        : by_key<EV_DIM_NUMBER, EV_CLASS_NUMBER, number_key, number_value>(
                              comparison, call, vocabulary);
}

constexpr KernelField kFields[] = {
    {"fd.type", "format of the file", "= and in with file and directory, or with IPv4 and IPv6",
     add_families, by_kind<&FileKind::type>},
    {"fd.typechar", "format of the file", "= and in with file and directory, or with IPv4 and IPv6",
     add_families, by_kind<&FileKind::letter>},
    {"fd.lip", "address", kKeyForms, add_addresses, by_address, true},
    {"fd.rip", "address", kKeyForms, add_addresses, by_address, true},
    {"fd.sip", "address", kKeyForms, add_addresses, by_address, true},
    {"fd.lnet", "address", kKeyForms, add_addresses, by_address, true},
    {"fd.rnet", "address", kKeyForms, add_addresses, by_address, true},
    {"fd.snet", "address", kKeyForms, add_addresses, by_address, true},
    {"fd.lport", "port", kKeyForms, add_keys<EV_CLASS_NUMBER, number_key>, by_port, true},
    {"fd.rport", "port", kKeyForms, add_keys<EV_CLASS_NUMBER, number_key>, by_port, true},
    {"fd.sport", "port", kKeyForms, add_keys<EV_CLASS_NUMBER, number_key>, by_port, true},
};

}  // namespace

std::span<const KernelField> descriptor_kernel_fields() noexcept { return kFields; }

}  // namespace saker::filter
