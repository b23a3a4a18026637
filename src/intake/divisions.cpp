#include "intake/divisions.h"

#include <map>
#include <set>

#include <fmt/format.h>

#include "base/identity.h"
#include "base/text.h"
#include "guard/audit.h"
#include "intake/cell.h"
#include "intake/header.h"
#include "lake/divisions.h"

namespace zs::intake {

using base::Failure;
using base::Fault;

namespace {

constexpr const char* nation = "00";

struct Line {
    std::int64_t line = 0;
    plan::Division division;
};

class DivisionFile {
public:
    explicit DivisionFile(const Source& source) : source_(source) {}

    std::vector<Line> read() {
        source_.each([&](const sheet::RawRow& row, const std::vector<std::string>&) {
            if (columns_.empty()) header(row);
            else lines_.push_back(line(row));
        });
        if (lines_.empty()) throw Failure(Fault::input, "the file has no divisions", source_.name(), "");
        return std::move(lines_);
    }

    [[noreturn]] void fail(std::int64_t at, const std::string& what, const std::string& remedy) const {
        throw Failure(Fault::input, what, fmt::format("{} line {}", source_.name(), at), remedy + "; nothing was taken");
    }

private:
    void header(const sheet::RawRow& row) {
        static const std::map<std::string, std::string> known{
            {"code", "code"}, {"代码", "code"}, {"行政区划代码", "code"}, {"name", "name"}, {"名称", "name"}, {"行政区划名称", "name"},
            {"since", "since"}, {"起始", "since"}, {"until", "until"}, {"终止", "until"}, {"reporting_parent", "reporting_parent"}, {"上报归口", "reporting_parent"}};
        for (std::size_t i = 0; i < row.cells.size(); ++i)
            if (const auto found = known.find(compared_header(row.cells[i].text)); found != known.end()) columns_[found->second] = i;
        for (const char* needed : {"code", "name"})
            if (!columns_.contains(needed)) fail(row.line, fmt::format("the file has no column '{}'", needed), "its header is code,name[,since,until,reporting_parent]");
    }

    std::string text(const sheet::RawRow& row, const std::string& column) const {
        const auto at = columns_.find(column);
        if (at == columns_.end() || at->second >= row.cells.size()) return {};
        return std::string(base::trim(row.cells[at->second].text));
    }

    std::optional<base::Month> month(const sheet::RawRow& row, const std::string& column) const {
        const std::string written = text(row, column);
        if (written.empty()) return std::nullopt;
        const auto found = read_month(written);
        if (!found) fail(row.line, fmt::format("'{}' in '{}' is no month", base::mask_id_numbers(written), column), "write it like 2024-09");
        return found;
    }

    Line line(const sheet::RawRow& row) const {
        Line read{.line = row.line, .division = {.code = text(row, "code"), .name = text(row, "name"), .reporting_parent = text(row, "reporting_parent"),
                                                 .since = month(row, "since"), .until = month(row, "until")}};
        if (read.division.name.empty()) fail(row.line, fmt::format("division '{}' has no name", read.division.code), "give it one");
        if (read.division.until && read.division.since && *read.division.until <= *read.division.since) fail(row.line, fmt::format("division '{}' ends before it begins", read.division.code), "look at since and until");
        return read;
    }

    const Source& source_;
    std::map<std::string, std::size_t> columns_;
    std::vector<Line> lines_;
};

/// The code of the level above, by its digits; empty for the widest.
std::optional<std::string> parent_of(const plan::Model& model, const std::string& code) {
    for (std::size_t i = 0; i < model.levels.size(); ++i)
        if (code.size() == static_cast<std::size_t>(model.levels[i].digits)) return i == 0 ? "" : code.substr(0, static_cast<std::size_t>(model.levels[i - 1].digits));
    return std::nullopt;
}

void check(const plan::Model& model, const DivisionFile& file, const std::vector<Line>& lines, const std::vector<plan::Division>& before) {
    std::set<std::string> codes{nation};
    for (const plan::Division& division : before) codes.insert(division.code);
    for (const Line& line : lines) codes.insert(line.division.code);
    std::set<std::pair<std::string, std::optional<base::Month>>> seen;
    std::vector<std::string> lengths;
    for (const plan::Level& level : model.levels) lengths.push_back(std::to_string(level.digits));
    for (const Line& line : lines) {
        const plan::Division& division = line.division;
        const bool figures = !division.code.empty() && division.code.find_first_not_of("0123456789") == std::string::npos;
        const auto parent = parent_of(model, division.code);
        if (!parent || !figures) file.fail(line.line, fmt::format("'{}' is no division code", base::mask_id_numbers(division.code)), fmt::format("codes have {} digits", base::join(lengths, ", ")));
        if (!parent->empty() && !codes.contains(*parent)) file.fail(line.line, fmt::format("division '{}' has no parent '{}'", division.code, *parent), "add the parent to the file");
        if (!division.reporting_parent.empty() && !codes.contains(division.reporting_parent))
            file.fail(line.line, fmt::format("the reporting parent '{}' of '{}' is no division", division.reporting_parent, division.code), "add it to the file");
        if (!seen.insert({division.code, division.since}).second) file.fail(line.line, fmt::format("division '{}' stands twice with the same since", division.code), "keep one of the two");
    }
}

}  // namespace

DivisionsAnswer import_divisions(const Stores& stores, const plan::Model& model, const std::filesystem::path& path, const Act& act) {
    const std::unique_ptr<Source> source = open_source(path, stores.engine);
    DivisionFile file(*source);
    const std::vector<Line> lines = file.read();
    const auto lock = locked(stores);
    check(model, file, lines, lake::divisions(stores.record));
    std::vector<plan::Division> divisions;
    for (const Line& line : lines) divisions.push_back(line.division);
    record::Transaction transaction(stores.record);
    const lake::DivisionsTaken taken = lake::take_divisions(stores.record, divisions);
    guard::append_audit(stores.record, act.at, act.by, "divisions", fmt::format("added {} replaced {}", taken.added, taken.replaced));
    transaction.commit();
    return {.rows = static_cast<std::int64_t>(lines.size()), .added = taken.added, .replaced = taken.replaced};
}

}  // namespace zs::intake
