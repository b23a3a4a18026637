#include "home/home.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string_view>

#include <fmt/format.h>
#include <toml++/toml.h>
#include <unistd.h>

#include "base/division.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/identity.h"
#include "base/text.h"
#include "guard/audit.h"
#include "intake/cell.h"
#include "lake/divisions.h"
#include "lake/snapshot.h"
#include "record/migration.h"
#include "run/keep.h"
#include "sheet/table.h"

namespace zs::home {

namespace fs = std::filesystem;

namespace {

/// A text of a TOML file; empty where it is not there, or the file cannot be read: whoever reads it
/// whole says what is wrong with it.
std::string text_in(const fs::path& file, std::string_view name) {
    try {
        return toml::parse_file(file.string())[name].value_or<std::string>("");
    } catch (const toml::parse_error&) {
        return "";
    }
}

/// A folder made beside its place; gone unless it has been moved there.
class Beside {
public:
    explicit Beside(fs::path folder) : folder_(std::move(folder)) { fs::remove_all(folder_); }
    ~Beside() {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    Beside(const Beside&) = delete;
    Beside& operator=(const Beside&) = delete;
    const fs::path& folder() const { return folder_; }

private:
    fs::path folder_;
};

/// The code above by its digits; empty at the top.
std::string above(const plan::Model& model, const std::string& code) {
    const plan::Level* level = model.level_of_code(code);
    const int index = level == nullptr ? 0 : *model.level_index(level->name);
    if (index == 0) return "";
    const plan::Level& upper = model.levels[static_cast<std::size_t>(index - 1)];
    return code.substr(0, static_cast<std::size_t>(upper.digits));
}

/// Going up from a division, by the reporting parent or else by the digits, leads back to it.
bool reports_to_itself(const plan::Model& model, const std::string& code,
                       const std::map<std::string, std::string>& reporting) {
    std::string at = code;
    for (std::size_t steps = 0; steps <= reporting.size() * model.levels.size(); ++steps) {
        const auto parent = reporting.find(at);
        at = parent == reporting.end() ? above(model, at) : parent->second;
        if (at.empty()) return false;
        if (at == code) return true;
    }
    return false;
}

/// The divisions that a home of one place has: those in it and those above.
class Within {
public:
    Within(const fs::path& file, const std::string& only) {
        base::ReportingParents reporting;
        if (!only.empty()) reporting = reporting_in(file);
        roots_ = base::division_roots(only, reporting);
    }
    bool holds(const std::string& code) const {
        return base::lies_under(roots_, code) ||
               std::any_of(roots_.begin(), roots_.end(),
                           [&](const std::string& root) { return root.starts_with(code); });
    }

private:
    static base::ReportingParents reporting_in(const fs::path& file) {
        base::ReportingParents found;
        const std::unique_ptr<sheet::Reader> reader = sheet::open_table(file);
        sheet::RawRow header, row;
        if (!reader->next(header)) return found;
        while (reader->next(row)) {
            std::string code, parent;
            for (std::size_t i = 0; i < std::min(row.cells.size(), header.cells.size()); ++i) {
                const std::string_view name = base::trim(header.cells[i].text);
                if (name == "code") code = base::trim(row.cells[i].text);
                if (name == "reporting_parent") parent = base::trim(row.cells[i].text);
            }
            if (!parent.empty()) found.emplace_back(code, parent);
        }
        return found;
    }
    std::set<std::string> roots_;
};

}  // namespace

void Home::check_record() {
    if (!record.damage()) return;
    throw base::Failure(base::Fault::system, base::said("业务库文件损坏", "the record is damaged"),
                        "record.db",
                        base::said("用备份恢复数据目录", "restore the home from a backup"));
}

std::set<std::string> Home::damaged_files() {
    std::set<std::string> damaged;
    for (const std::string& part : lake::damaged_parts(lake::take(record, lake())))
        damaged.insert("lake/" + part);
    for (const record::Row& row : record.query("select run from run order by seq"))
        for (const std::string& file : run::damaged_files(record, lake(), runs(), row.text(0)))
            damaged.insert(file);
    return damaged;
}

Home init(const fs::path& folder, const fs::path& plan, const plan::Model& model,
          const std::string& division, const std::string& by, const std::string& at) {
    if (fs::exists(folder / "zengshou.toml"))
        throw base::Failure(base::Fault::input,
                            base::said("这里已经有数据目录", "there is a home already"),
                            folder.string(),
                            base::said("用 --home 另选文件夹，或就用这个",
                                       "choose another folder with --home, or use this one"));
    if (fs::exists(folder) && !fs::is_empty(folder))
        throw base::Failure(
            base::Fault::input, base::said("文件夹不是空的", "the folder is not empty"),
            folder.string(),
            base::said("用 --home 另选文件夹", "choose another folder with --home"));
    const fs::path parent = fs::absolute(folder).parent_path();
    fs::create_directories(parent);
    const Beside beside(parent / fmt::format(".{}-new-{}", folder.filename().string(), ::getpid()));
    fs::create_directories(beside.folder() / "lake");
    fs::create_directories(beside.folder() / "runs");
    {
        record::Connection record = record::Connection::open(beside.folder() / "record.db");
        record::migrate(record);
        guard::make_keys(beside.folder() / "keys");
        {
            record::Transaction transaction(record);
            guard::append_audit(record, at, by, "init",
                                fmt::format("home over plan {}", model.name));
            transaction.commit();
        }
        if (!model.divisions_file.empty())
            import_divisions(record, model, plan / model.divisions_file, division, by, at);
        guard::keep_head(record, beside.folder() / "keys");
    }
    toml::table config{{"plan", fs::absolute(plan).lexically_normal().string()}};
    if (!division.empty()) config.insert("division", division);
    std::ostringstream text;
    text << "# The home of a plan. `plan` is the pack's folder; each run reads it anew.\n"
            "# `division`: the home is of this division; targets of wider places are not judged.\n"
         << config << "\n";
    base::write_file_whole(beside.folder() / "zengshou.toml", text.str());
    fs::remove(folder);
    fs::rename(beside.folder(), folder);
    return open(folder);
}

Home open(const fs::path& folder) {
    const fs::path config = folder / "zengshou.toml";
    if (!fs::exists(config))
        throw base::Failure(
            base::Fault::input, base::said("这里没有数据目录", "there is no home here"),
            folder.string(),
            base::said("新建：zengshou init --plan DIR；或用 --home 指明",
                       "make one: zengshou init --plan DIR, or name it with --home"));
    std::string plan, zone, division;
    try {
        const toml::table table = toml::parse_file(config.string());
        plan = table["plan"].value_or<std::string>("");
        zone = table["zone"].value_or<std::string>("Asia/Shanghai");
        division = table["division"].value_or<std::string>("");
    } catch (const toml::parse_error& fault) {
        throw base::Failure(base::Fault::input,
                            base::said("zengshou.toml 读不了：{}",
                                       "zengshou.toml cannot be read: {}", fault.description()),
                            config.string(),
                            base::said("改好它：plan = \"文件夹\"", "mend it: plan = \"folder\""));
    }
    const auto known_zone = base::parse_zone(zone);
    if (!known_zone)
        throw base::Failure(
            base::Fault::input,
            base::said("“{}”不是认得的时区", "'{}' is no time zone known here", zone),
            config.string(),
            base::said("写成 zone = \"Asia/Shanghai\" 或 \"+08:00\"",
                       "write zone = \"Asia/Shanghai\" or \"+08:00\""));
    const fs::path record_file = folder / "record.db";
    if (!fs::exists(record_file))
        throw base::Failure(
            base::Fault::system,
            base::said("数据目录里没有业务库", "the record of the home is not there"), "record.db",
            base::said("用备份恢复数据目录", "restore the home from a backup"));
    record::Connection record = record::Connection::open(record_file);
    record::migrate(record);
    record.after_commit([keys = folder / "keys"](record::Connection& committed) {
        guard::keep_head(committed, keys);
    });
    return {folder,      plan,    std::move(record), guard::open_keys(folder / "keys"),
            *known_zone, division};
}

std::string locale(const Home& home) { return text_in(home.plan / "plan.toml", "locale"); }

std::optional<std::string> locale(const fs::path& folder) {
    std::error_code ignored;
    if (!fs::exists(folder / "zengshou.toml", ignored)) return std::nullopt;
    return text_in(fs::path(text_in(folder / "zengshou.toml", "plan")) / "plan.toml", "locale");
}

DivisionsAnswer import_divisions(record::Connection& record, const plan::Model& model,
                                 const fs::path& file, const std::string& only,
                                 const std::string& by, const std::string& at) {
    const Within within(file, only);
    const std::unique_ptr<sheet::Reader> reader = sheet::open_table(file);
    const std::string name = file.filename().string();
    sheet::RawRow row;
    const auto fail = [&](const base::Said& what, const base::Said& remedy) {
        throw base::Failure(base::Fault::input, what,
                            base::said("{} 第 {} 行", "{} line {}", name, row.line), remedy);
    };
    if (!reader->next(row))
        fail(base::said("文件是空的", "the file is empty"),
             base::said("要有的列：code,name[,since,until,reporting_parent]",
                        "columns: code,name[,since,until,reporting_parent]"));
    std::map<std::string, std::size_t> columns;
    for (std::size_t i = 0; i < row.cells.size(); ++i)
        columns[std::string(base::trim(row.cells[i].text))] = i;
    if (!columns.contains("code") || !columns.contains("name"))
        fail(base::said("没有 code 列或 name 列", "there is no column 'code' or no column 'name'"),
             base::said("要有的列：code,name[,since,until,reporting_parent]",
                        "columns: code,name[,since,until,reporting_parent]"));
    std::set<std::string> known;
    std::map<std::string, std::string> reporting;
    std::map<std::string, std::int64_t> lines;  ///< where each division of the file stands
    const auto report = [&](const plan::Division& division) {
        known.insert(division.code);
        reporting.erase(division.code);
        if (!division.reporting_parent.empty())
            reporting.emplace(division.code, division.reporting_parent);
    };
    for (const plan::Division& division : lake::divisions(record)) report(division);
    std::vector<plan::Division> divisions;
    std::vector<std::pair<std::string, std::int64_t>> wanted;
    DivisionsAnswer answer;
    const std::string sheet = row.sheet;
    const std::size_t width = row.cells.size();
    while (reader->next(row) && row.sheet == sheet) {
        if (!row.fault_code.empty() || (row.counts_cells && row.cells.size() != width))
            fail(base::said("这一行的格数和表头不一样",
                            "the line has more or fewer cells than the header"),
                 base::said("看看逗号和引号", "look at its commas and quotes"));
        const auto cell = [&](const char* column) -> std::string {
            const auto found = columns.find(column);
            if (found == columns.end() || found->second >= row.cells.size()) return "";
            const sheet::Cell& of = row.cells[found->second];
            return std::string(base::trim(intake::without_invisible(of.text, true)));
        };
        plan::Division division;
        division.code = cell("code");
        if (division.code.empty() ||
            division.code.find_first_not_of("0123456789") != std::string::npos)
            fail(base::said("代码“{}”不全是数字", "the code '{}' is not digits alone",
                            base::mask_id_numbers(division.code)),
                 base::said("代码写成数字；在 Excel 里把这一列设为文本",
                            "write codes as digits; in Excel format their column as text"));
        if (!within.holds(division.code)) continue;
        ++answer.rows;
        division.name = cell("name");
        division.reporting_parent = cell("reporting_parent");
        if (!within.holds(division.reporting_parent)) division.reporting_parent.clear();
        if (division.code.find_first_not_of("0123456789") != std::string::npos)
            fail(base::said("代码“{}”不全是数字", "the code '{}' is not all digits", division.code),
                 base::said("代码是数字，位数照 plan.toml",
                            "codes are digits, in the lengths that plan.toml gives"));
        const plan::Level* level = model.level_of_code(division.code);
        if (level == nullptr)
            fail(base::said("代码“{}”的位数不属于任何一级",
                            "the code '{}' has the length of no level", division.code),
                 base::said("代码的位数照 plan.toml",
                            "codes have the lengths that plan.toml gives"));
        for (const char* column : {"since", "until"}) {
            const std::string text = cell(column);
            if (text.empty()) continue;
            auto month = intake::read_month(text);
            if (const auto date = intake::read_date(text); !month && date) month = date->month();
            if (!month)
                fail(base::said("“{}”不是月份", "'{}' is no month", text),
                     base::said("写成 2024-09", "write it as 2024-09"));
            (std::string_view(column) == "since" ? division.since : division.until) = month;
        }
        if (division.name.empty())
            fail(base::said("区划“{}”没有名称", "the division '{}' has no name", division.code),
                 base::said("填上名称", "fill in its name"));
        if (division.since && division.until && *division.until < *division.since)
            fail(base::said("until 早于 since", "'until' is before 'since'"),
                 base::said("区划自 since 起，到 until 之前止",
                            "a division lasts from 'since' till before 'until'"));
        report(division);
        lines[division.code] = row.line;
        if (const std::string upper = above(model, division.code); !upper.empty())
            wanted.emplace_back(upper, row.line);
        if (!division.reporting_parent.empty())
            wanted.emplace_back(division.reporting_parent, row.line);
        divisions.push_back(std::move(division));
    }
    if (!only.empty() && !known.contains(only))
        fail(base::said("文件里没有区划“{}”", "the division '{}' is not in the file", only),
             base::said("核对代码", "check the code"));
    for (const auto& [code, at_line] : wanted)
        if (!known.contains(code)) {
            row.line = at_line;
            fail(base::said("缺上级区划“{}”", "the division above, '{}', is not there", code),
                 base::said("加进文件", "add it to the file"));
        }
    for (const plan::Division& division : divisions)
        if (reporting.contains(division.code) &&
            reports_to_itself(model, division.code, reporting)) {
            row.line = lines.at(division.code);
            fail(base::said("区划“{}”经“{}”又报给了自己",
                            "the division '{}' reports to itself, by way of '{}'", division.code,
                            reporting.at(division.code)),
                 base::said("改它的 reporting_parent", "mend its reporting_parent"));
        }
    record::Transaction transaction(record);
    const lake::DivisionsTaken taken = lake::take_divisions(record, divisions);
    guard::append_audit(
        record, at, by, "divisions",
        fmt::format("{} rows: {} added, {} replaced", answer.rows, taken.added, taken.replaced),
        guard::written(record, {"division"}, ""));
    transaction.commit();
    answer.added = taken.added;
    answer.replaced = taken.replaced;
    return answer;
}

}  // namespace zs::home
