// SPDX-License-Identifier: Apache-2.0
// UTF-8 for texts that a hostile process may have chosen: file names, arguments, payloads.
#ifndef SAKER_OUTPUTS_UTF8_H
#define SAKER_OUTPUTS_UTF8_H

#include <string>
#include <string_view>

namespace saker {

// Appends `text`; each maximal ill-formed part (Unicode 15, section 3.9) becomes one U+FFFD.
void append_valid_utf8(std::string& out, std::string_view text);

// The same for a line of text that a terminal may show: control characters (C0, DEL, C1) are
// written as JSON would escape them, so that a name can neither end the line nor move the cursor.
void append_printable_utf8(std::string& out, std::string_view text);

}  // namespace saker

#endif  // SAKER_OUTPUTS_UTF8_H
