#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "plan/source.h"

namespace zs::plan {

/// A text of the pack and where each of its bytes stands in the file.
struct Written {
    std::string text;
    std::vector<Place> places;  ///< of each byte, and of the end

    Place at(std::size_t byte) const;
};

/// Collects diagnostics with their source lines.
class Report {
public:
    explicit Report(const std::vector<SourceFile>& files) : files_(files) {}

    Diagnostic& error(std::string id, const Place& place, int length, std::string message,
                      std::string hint = {});
    Diagnostic& warning(std::string id, const Place& place, int length, std::string message,
                        std::string hint = {});
    std::vector<Diagnostic> diagnostics;
    int errors = 0;

private:
    Diagnostic& add(Diagnostic::Severity severity, std::string id, const Place& place, int length,
                    std::string message, std::string hint);
    const std::vector<SourceFile>& files_;
};

/// A table of TOML that remembers which of its keys were asked for, so that the others can be
/// reported.
class Table {
public:
    Table(const toml::table& table, const Body& body, Report& report, std::string owner)
        : table_(table), body_(body), report_(report), owner_(std::move(owner)) {}

    bool has(std::string_view key) const { return table_.contains(key); }
    /// The place of a key's value, or of the table where the key is not there.
    Place place(std::string_view key) const;
    Place key_place(std::string_view key) const;
    int value_length(std::string_view key) const;
    std::optional<Written> text(std::string_view key);
    std::string text_or(std::string_view key, const std::string& otherwise);
    std::optional<std::int64_t> integer(std::string_view key);
    /// A whole number that counts something; an error below `least`, or from a million on.
    std::optional<int> count(std::string_view key, int least);
    std::optional<bool> boolean(std::string_view key);
    std::vector<Written> texts(std::string_view key);
    /// The same where one text in quotes is no list; each text once.
    std::vector<Written> list(std::string_view key);
    const toml::node* node(std::string_view key);
    /// Keys in the order written.
    std::vector<std::string> keys() const;
    /// An error for each key nobody asked for, with the nearest key.
    void report_unknown();
    const Body& body() const { return body_; }
    Report& report() { return report_; }
    const toml::table& raw() const { return table_; }
    Place node_place(const toml::node& node) const;

private:
    void wrong(std::string_view key, const char* wanted);

    const toml::table& table_;
    const Body& body_;
    Report& report_;
    std::string owner_;
    std::set<std::string> asked_;
};

/// Parses a body; nothing, and a diagnostic, where it is no TOML.
std::optional<toml::table> parse_table(const Body& body, Report& report);

/// The string at a node, with the places of its bytes.
Written written(const toml::node& node, const Body& body);

}  // namespace zs::plan
