// SPDX-License-Identifier: Apache-2.0
// What the rows of ECS and OCSF have in common, for MemberRow::write: how a field of the alert is
// written, by its kind, and what each document says of the alert itself.
//
// What does not fit is left out, for one value of a wrong type makes a reader refuse the whole
// document; all fields stand in it a second time, as they are.
#ifndef SAKER_OUTPUTS_FIELD_WRITERS_H
#define SAKER_OUTPUTS_FIELD_WRITERS_H

#include <string_view>

#include "engine/alert.h"
#include "outputs/alert_members.h"

namespace saker {

void write_text(Members& members, std::string_view path, const MemberSource& source);
// One value in an array, as ECS wants some.
void write_text_list(Members& members, std::string_view path, const MemberSource& source);
// A text of a container: outside of containers, where it is "host", there is none.
void write_container_text(Members& members, std::string_view path, const MemberSource& source);
// A number as text: uid, inode.
void write_id(Members& members, std::string_view path, const MemberSource& source);
void write_integer(Members& members, std::string_view path, const MemberSource& source);
void write_port(Members& members, std::string_view path, const MemberSource& source);
void write_boolean(Members& members, std::string_view path, const MemberSource& source);
void write_ip(Members& members, std::string_view path, const MemberSource& source);
void write_ip_list(Members& members, std::string_view path, const MemberSource& source);
// An absolute path.
void write_path(Members& members, std::string_view path, const MemberSource& source);
// The last component of an absolute path.
void write_base_name(Members& members, std::string_view path, const MemberSource& source);

// Of a connection as fd.name shows it, "10.1.2.3:40022->10.9.9.9:443": client and server. Only
// beside an fd.l4proto with ports.
void write_client_ip(Members& members, std::string_view path, const MemberSource& source);
void write_client_port(Members& members, std::string_view path, const MemberSource& source);
void write_server_ip(Members& members, std::string_view path, const MemberSource& source);
void write_server_port(Members& members, std::string_view path, const MemberSource& source);

// Of the alert itself; an id only when it has one, a count only when it stands for several.
void write_alert_id(Members& members, std::string_view path, const MemberSource& source);
void write_rule(Members& members, std::string_view path, const MemberSource& source);
void write_message(Members& members, std::string_view path, const MemberSource& source);
void write_priority(Members& members, std::string_view path, const MemberSource& source);
void write_source(Members& members, std::string_view path, const MemberSource& source);
void write_hostname(Members& members, std::string_view path, const MemberSource& source);
void write_time_text(Members& members, std::string_view path, const MemberSource& source);
void write_seq(Members& members, std::string_view path, const MemberSource& source);
void write_repeat_count(Members& members, std::string_view path, const MemberSource& source);
void write_tags(Members& members, std::string_view path, const MemberSource& source);
// All of its fields with the types they have.
void write_fields(Members& members, std::string_view path, const MemberSource& source);

}  // namespace saker

#endif  // SAKER_OUTPUTS_FIELD_WRITERS_H
