#include "simulate/desk.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <iconv.h>

#include <fmt/format.h>

#include "base/decimal.h"
#include "base/failure.h"
#include "sheet/workbook.h"
#include "simulate/dice.h"

namespace zs::simulate {

namespace {

using base::Month;

constexpr std::size_t whole_county = SIZE_MAX;
constexpr std::size_t flush_bytes = 1U << 20U;

std::uint64_t number_of(const std::string& code) {
    std::uint64_t number = 0;
    std::from_chars(code.data(), code.data() + code.size(), number);
    return number;
}

std::size_t column_that_holds(const Form& form, Holds what) {
    for (std::size_t i = 0; i < form.columns.size(); ++i)
        if (form.columns[i].holds == what) return i;
    return form.columns.size();
}

}  // namespace

struct Desk::Sheet {
    Key key{};
    Delivery delivery;
    Punctual punctual = Punctual::in_time;
    std::string text;                            ///< of a CSV file, not yet written
    std::vector<std::vector<std::string>> rows;  ///< of a workbook
    std::int64_t line = 0;                       ///< lines so far, titles included
    std::int64_t filed = 0;
    bool begun = false;
};

Desk::Desk(const Setting& setting, const CountyPlan& county, std::vector<Division> towns,
           std::filesystem::path output)
    : setting_(setting), county_(county), towns_(std::move(towns)), output_(std::move(output)) {}

Desk::~Desk() = default;

// Towns are late about once in a hundred months and silent thrice in a thousand; a county's office
// is late about once in seventy months. The last month's deliveries are all in.
Desk::Punctual Desk::punctual(Ledger ledger, Month month, const std::string& division) const {
    if (month >= setting_.last || month <= setting_.history) return Punctual::in_time;
    Dice dice(setting_.seed, Matter::delivery,
              {static_cast<std::uint64_t>(ledger), static_cast<std::uint64_t>(month.index),
               number_of(division)});
    const double at = dice.unit();
    if (division.size() == 6) return at < 0.014 ? Punctual::late : Punctual::in_time;
    return at < 0.003 ? Punctual::never : at < 0.012 ? Punctual::late : Punctual::in_time;
}

// The county merges its towns' lists into one file when all of them are in time.
bool Desk::merged(const Form& form, Month month) const {
    const auto [at, fresh] = merged_.try_emplace({form.ledger, month});
    if (fresh)
        at->second = std::all_of(towns_.begin(), towns_.end(), [&](const Division& town) {
            return punctual(form.ledger, month, town.code) == Punctual::in_time;
        });
    return at->second;
}

Desk::Sheet& Desk::sheet_of(const Key& key) {
    const auto [at, fresh] = sheets_.try_emplace(key);
    Sheet& sheet = at->second;
    if (!fresh) return sheet;
    const Form& form = form_of(key.ledger);
    sheet.key = key;
    const std::string division =
        key.town == whole_county ? county_.county.code : towns_[key.town].code;
    const bool decided_by_towns = form.by_town && key.town == whole_county;
    sheet.punctual = decided_by_towns || !form.owed ? Punctual::in_time
                                                    : punctual(key.ledger, key.month, division);
    sheet.delivery = {key.month, key.ledger, "", key.month, division};
    if (sheet.punctual == Punctual::late) sheet.delivery.folder = key.month.plus(1);
    if (sheet.punctual != Punctual::in_time)
        late_.push_back({std::string(form.name),
                         fmt::format("{},{}", base::text(key.month), division),
                         sheet.punctual == Punctual::late ? "late" : "never"});
    return sheet;
}

void Desk::file(Ledger ledger, Month month, std::size_t town, std::vector<std::string> cells) {
    const Form& form = form_of(ledger);
    ZS_INVARIANT(cells.size() == form.columns.size(),
                 "a row has a cell for each column of its form");
    ZS_INVARIANT(month <= setting_.last, "no row is about a month after the last");
    if (month < setting_.history) return;
    const bool split = form.by_town && !merged(form, month);
    Sheet& sheet = sheet_of({ledger, month, split ? town : whole_county});
    if (sheet.punctual == Punctual::never) return;
    write(form, sheet, cells);
    err(form, sheet, std::move(cells));
}

// The faulty row stands beside the right one, as when a clerk types it anew and leaves the first:
// so the truth of everything else does not depend on it.
void Desk::err(const Form& form, Sheet& sheet, std::vector<std::string> cells) {
    Dice dice(
        setting_.seed, Matter::fault,
        {static_cast<std::uint64_t>(form.ledger), static_cast<std::uint64_t>(sheet.key.month.index),
         number_of(sheet.delivery.division), static_cast<std::uint64_t>(sheet.filed)});
    if (!dice.chance(0.002)) return;
    constexpr std::array kinds = {Holds::plain, Holds::id_number, Holds::code, Holds::wage,
                                  Holds::division};
    const Holds kind = kinds[static_cast<std::size_t>(dice.whole(0, 4))];
    const std::size_t at = column_that_holds(form, kind);
    std::string what = "duplicate";
    if (kind != Holds::plain && at < cells.size() && !cells[at].empty()) {
        std::string& cell = cells[at];
        switch (kind) {
            case Holds::id_number:
                cell.back() = cell.back() == '7' ? '3' : '7';
                break;
            case Holds::code:
                cell += "?";
                break;
            case Holds::wage: {
                // A two before it, and zeros so that it is 200000 and more.
                const std::size_t whole = std::min(cell.find('.'), cell.size());
                cell = "2" + std::string(whole < 5 ? 5 - whole : 0, '0') + cell;
                break;
            }
            default:
                cell[cell.size() / 2] = 'O';
        }
        what = kind == Holds::id_number ? "id_number"
               : kind == Holds::code    ? "code"
               : kind == Holds::wage    ? "max"
                                        : "division";
    }
    // A list without a key keeps equal rows: an exact copy is a fault only where rows have one.
    write(form, sheet, cells);
    bad_rows_.push_back(
        {std::string(form.name), fmt::format("{},{}", sheet.delivery.file, sheet.line), what});
}

// The title rows that stand above a header, and the header.
std::string Desk::head_of(const Form& form) const {
    std::string head;
    const std::string commas(form.columns.size() - 1, ',');
    if (form.header_row >= 2)
        head += county_.county.name + std::string(form.subject) + commas + "\n";
    if (form.header_row >= 3) head += fmt::format("填报单位：{}{}\n", form.office, commas);
    for (std::size_t i = 0; i < form.columns.size(); ++i)
        head += (i > 0 ? "," : "") + csv_cell(form.columns[i].header);
    return head + "\n";
}

void Desk::write(const Form& form, Sheet& sheet, const std::vector<std::string>& cells) {
    if (!sheet.begun) {
        sheet.begun = true;
        ++files_;
        sheet.delivery.file = fmt::format("{}/{}-{}-{}{}{}", base::text(sheet.delivery.folder),
                                          form.office, form.subject, sheet.delivery.division,
                                          sheet.punctual == Punctual::late ? "-补报" : "",
                                          form.layout == Layout::xlsx ? ".xlsx" : ".csv");
        sheet.line = form.header_row;
        if (form.layout != Layout::xlsx) sheet.text = head_of(form);
    }
    ++sheet.line;
    ++sheet.filed;
    ++rows_;
    if (form.layout == Layout::xlsx) {
        sheet.rows.push_back(cells);
        return;
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) sheet.text += ',';
        const bool wrapped = form.wrapped_numbers && form.columns[i].holds == Holds::id_number;
        sheet.text += csv_cell(wrapped ? fmt::format("=\"{}\"", cells[i]) : cells[i]);
    }
    sheet.text += '\n';
    if (sheet.text.size() > flush_bytes) flush(sheet);
}

// Amounts as numbers, all else as text: ID numbers would lose their last digits.
void Desk::write_workbook(const Form& form, const Sheet& sheet) const {
    const std::filesystem::path file = output_ / std::filesystem::path(sheet.delivery.file);
    std::filesystem::create_directories(file.parent_path());
    sheet::Workbook workbook(file);
    workbook.set_created(base::first_day(sheet.delivery.folder).days * std::int64_t{86400});
    workbook.add_sheet(std::string(form.subject));
    if (form.header_row >= 2)
        workbook.add_row({county_.county.name + std::string(form.subject)}, true);
    if (form.header_row >= 3) workbook.add_row({fmt::format("填报单位：{}", form.office)});
    std::vector<std::optional<std::string>> headers;
    for (const Column& column : form.columns) headers.emplace_back(column.header);
    workbook.add_row(headers, true);
    for (const std::vector<std::string>& row : sheet.rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (row[i].empty()) continue;
            const std::optional<base::Decimal> number = base::parse_decimal(row[i]);
            if (number && number->scale == 2)
                workbook.set_number(static_cast<int>(i), base::to_double(*number));
            else
                workbook.set_text(static_cast<int>(i), row[i]);
        }
        workbook.end_row();
    }
    workbook.close();
}

void Desk::flush(Sheet& sheet) {
    if (sheet.text.empty()) return;
    const std::filesystem::path file = output_ / std::filesystem::path(sheet.delivery.file);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream out(file, std::ios::binary | std::ios::app);
    const bool gb = form_of(sheet.key.ledger).layout == Layout::gb18030_csv;
    out << (gb ? gb18030(sheet.text) : sheet.text);
    if (!out.flush())
        throw base::Failure(base::Fault::system, base::said("写不进去", "cannot write"),
                            file.string(),
                            base::said("检查磁盘空间", "see that the disk has room"));
    sheet.text.clear();
}

void Desk::close() {
    for (std::size_t i = 0; i < ledger_count; ++i) {
        const Form& form = form_of(static_cast<Ledger>(i));
        if (!form.owed) continue;
        for (Month month = setting_.history; month <= setting_.last; month = month.plus(1)) {
            if (!form.by_town || merged(form, month)) {
                sheet_of({form.ledger, month, whole_county});
                continue;
            }
            for (std::size_t town = 0; town < towns_.size(); ++town)
                sheet_of({form.ledger, month, town});
        }
    }
    for (auto& [key, sheet] : sheets_) {
        if (sheet.rows.empty())
            flush(sheet);
        else
            write_workbook(form_of(key.ledger), sheet);
        if (sheet.punctual != Punctual::never) deliveries_.push_back(sheet.delivery);
    }
    sheets_.clear();
}

std::string csv_cell(std::string_view text) {
    if (text.find_first_of(",\"\n") == std::string_view::npos) return std::string(text);
    std::string cell = "\"";
    for (const char c : text) {
        if (c == '"') cell += '"';
        cell += c;
    }
    return cell + '"';
}

std::string gb18030(std::string_view utf8) {
    const iconv_t converter = iconv_open("GB18030", "UTF-8");
    if (converter == reinterpret_cast<iconv_t>(-1))
        throw base::Failure(
            base::Fault::system, base::said("这台机器上没有 GB18030", "no GB18030 on this machine"),
            "iconv", base::said("装上 C 库的字符集", "install the C library's character sets"));
    std::string out(utf8.size() * 2 + 16, '\0');
    std::string in(utf8);
    char* from = in.data();
    char* to = out.data();
    std::size_t left = in.size();
    std::size_t room = out.size();
    const std::size_t done = iconv(converter, &from, &left, &to, &room);
    iconv_close(converter);
    ZS_INVARIANT(done != static_cast<std::size_t>(-1) && left == 0, "GB18030 has every character");
    out.resize(out.size() - room);
    return out;
}

}  // namespace zs::simulate
