#pragma once

#include <string>

namespace zs::sheet {

/// A text as it is written to a file that spreadsheets open: one that they would take for a formula
/// (it begins with = + - @, a tab or a carriage return) gets an apostrophe before it. Numbers stay
/// as they are.
std::string with_mark(const std::string& text);
/// The text without that apostrophe: what was written is read back as it was.
std::string without_mark(const std::string& text);

}  // namespace zs::sheet
