#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "simulate/divisions.h"
#include "simulate/forms.h"
#include "simulate/world.h"

namespace zs::simulate {

/// A line of manifest.csv: one call of `zengshou import`. `file` empty: nothing to report
/// (--empty).
struct Delivery {
    base::Month folder;  ///< the month in whose folder it lies
    Ledger ledger;
    std::string file;   ///< beside the manifest
    base::Month month;  ///< the month it is about
    std::string division;
};

/// The truth about the files themselves: what was put in wrong, what came late or never.
struct Flaw {
    std::string ledger;
    std::string where;  ///< file and line, or month and division
    std::string what;
};

/// Writes a county's files as its departments send them: own headers, now and then a faulty row
/// beside the right one, a town late or never heard of. Rows are appended as they come, so that a
/// county needs little memory; its workbooks are written when it is closed.
class Desk {
public:
    Desk(const Setting& setting, const CountyPlan& county, std::vector<Division> towns,
         std::filesystem::path output);

    /// One row of a ledger's file about `month`, from a village of the town at `town`; the cells in
    /// the order of the form's columns.
    void file(Ledger ledger, base::Month month, std::size_t town, std::vector<std::string> cells);

    /// Writes what is left, and the empty reports of the ledgers that are owed each month.
    void close();

    const std::vector<Delivery>& deliveries() const { return deliveries_; }
    const std::vector<Flaw>& bad_rows() const { return bad_rows_; }
    const std::vector<Flaw>& late() const { return late_; }
    std::int64_t rows() const { return rows_; }
    std::int64_t files() const { return files_; }

private:
    struct Sheet;
    struct Key {
        Ledger ledger;
        base::Month month;
        std::size_t town;  ///< whole_county where the county sends one file
        auto operator<=>(const Key&) const = default;
    };
    enum class Punctual { in_time, late, never };

    Punctual punctual(Ledger ledger, base::Month month, const std::string& division) const;
    bool merged(const Form& form, base::Month month) const;
    Sheet& sheet_of(const Key& key);
    void write(const Form& form, Sheet& sheet, const std::vector<std::string>& cells);
    void err(const Form& form, Sheet& sheet, std::vector<std::string> cells);
    void flush(Sheet& sheet);
    std::string head_of(const Form& form) const;
    void write_workbook(const Form& form, const Sheet& sheet) const;

    Setting setting_;
    CountyPlan county_;
    std::vector<Division> towns_;
    std::filesystem::path output_;
    std::map<Key, Sheet> sheets_;
    mutable std::map<std::pair<Ledger, base::Month>, bool> merged_;  ///< asked for each row
    std::vector<Delivery> deliveries_;
    std::vector<Flaw> bad_rows_;
    std::vector<Flaw> late_;
    std::int64_t rows_ = 0;
    std::int64_t files_ = 0;

public:
    ~Desk();
};

/// A CSV cell, quoted where it must be.
std::string csv_cell(std::string_view text);

/// UTF-8 as GB18030. @throws Failure (system) when the library knows no GB18030.
std::string gb18030(std::string_view utf8);

}  // namespace zs::simulate
