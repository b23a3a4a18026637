#include "sheet/workbook.h"

#include <cstdlib>
#include <fstream>
#include <string_view>

#include <xlsxwriter.h>

#include "base/failure.h"
#include "sheet/mark.h"

namespace zs::sheet {

namespace {

/// Without the signs that a sheet's name must not have.
std::string sheet_name(std::string name) {
    for (char& letter : name)
        if (std::string_view("[]:*?/\\'").find(letter) != std::string_view::npos) letter = '-';
    return name;
}

}  // namespace

struct Workbook::State {
    std::filesystem::path file;
    lxw_workbook* workbook = nullptr;
    lxw_worksheet* worksheet = nullptr;
    lxw_format* bold = nullptr;
    lxw_format* date = nullptr;
    lxw_format* share = nullptr;
    lxw_format* marked = nullptr;
    lxw_row_t row = 0;
    lxw_worksheet* choices = nullptr;  ///< hidden: what drop-downs offer, one list below another
    lxw_row_t choices_row = 0;
};

Workbook::Workbook(const std::filesystem::path& file) : state_(std::make_unique<State>()) {
    state_->file = file;
    // The library speaks of a file it cannot open only when it closes, and on standard error.
    if (!std::ofstream(file, std::ios::binary | std::ios::app))
        throw base::Failure(base::Fault::system,
                            base::said("工作簿写不了", "the workbook cannot be written"),
                            file.string(),
                            base::said("检查它的文件夹在不在、能不能写",
                                       "check that its folder is there and may be written to"));
    lxw_workbook_options options{};
    options.constant_memory = 1;
    state_->workbook = workbook_new_opt(file.c_str(), &options);
    if (state_->workbook == nullptr)
        throw base::Failure(base::Fault::system,
                            base::said("工作簿建不了", "the workbook cannot be made"),
                            file.string(),
                            base::said("检查磁盘空间和文件夹权限",
                                       "check the disk's free space and the folder's permissions"));
    state_->bold = workbook_add_format(state_->workbook);
    format_set_bold(state_->bold);
    state_->date = workbook_add_format(state_->workbook);
    format_set_num_format(state_->date, "yyyy-mm-dd");
    state_->share = workbook_add_format(state_->workbook);
    format_set_num_format(state_->share, "0.00%");
    state_->marked = workbook_add_format(state_->workbook);
    format_set_bg_color(state_->marked, LXW_COLOR_YELLOW);
}

Workbook::~Workbook() {
    if (state_->workbook != nullptr) workbook_close(state_->workbook);
}

void Workbook::set_created(std::int64_t seconds) {
    lxw_doc_properties properties{};
    properties.created = static_cast<time_t>(seconds);
    workbook_set_properties(state_->workbook, &properties);
}

void Workbook::add_sheet(const std::string& name) {
    state_->worksheet = workbook_add_worksheet(state_->workbook, sheet_name(name).c_str());
    ZS_INVARIANT(state_->worksheet != nullptr, "a workbook's sheets have names of their own");
    state_->row = 0;
}

void Workbook::add_row(const std::vector<std::optional<std::string>>& cells, bool bold) {
    for (std::size_t i = 0; i < cells.size(); ++i)
        if (cells[i])
            worksheet_write_string(state_->worksheet, state_->row, static_cast<lxw_col_t>(i),
                                   with_mark(*cells[i]).c_str(), bold ? state_->bold : nullptr);
    end_row();
}

void Workbook::set_number(int column, double value, bool marked) {
    worksheet_write_number(state_->worksheet, state_->row, static_cast<lxw_col_t>(column), value,
                           marked ? state_->marked : nullptr);
}

void Workbook::set_share(int column, double share) {
    worksheet_write_number(state_->worksheet, state_->row, static_cast<lxw_col_t>(column), share,
                           state_->share);
}

void Workbook::set_date(int column, const std::string& iso_date) {
    lxw_datetime moment{};
    moment.year = std::atoi(iso_date.substr(0, 4).c_str());
    moment.month = std::atoi(iso_date.substr(5, 2).c_str());
    moment.day = std::atoi(iso_date.substr(8, 2).c_str());
    worksheet_write_datetime(state_->worksheet, state_->row, static_cast<lxw_col_t>(column),
                             &moment, state_->date);
}

void Workbook::set_text(int column, const std::string& value, bool marked) {
    worksheet_write_string(state_->worksheet, state_->row, static_cast<lxw_col_t>(column),
                           with_mark(value).c_str(), marked ? state_->marked : nullptr);
}

void Workbook::set_nothing(int column, bool marked) {
    if (marked)
        worksheet_write_blank(state_->worksheet, state_->row, static_cast<lxw_col_t>(column),
                              state_->marked);
}

void Workbook::end_row() { ++state_->row; }

void Workbook::add_choices(int column, int first_row, int last_row,
                           const std::vector<std::string>& choices) {
    if (state_->choices == nullptr) {
        state_->choices = workbook_add_worksheet(state_->workbook, "选项");
        worksheet_hide(state_->choices);
    }
    const lxw_row_t first = state_->choices_row;
    for (const std::string& choice : choices)
        worksheet_write_string(state_->choices, state_->choices_row++, 0, choice.c_str(), nullptr);
    std::string range =
        "='选项'!$A$" + std::to_string(first + 1) + ":$A$" + std::to_string(state_->choices_row);
    lxw_data_validation validation{};
    validation.validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
    validation.value_formula = range.data();
    worksheet_data_validation_range(
        state_->worksheet, static_cast<lxw_row_t>(first_row), static_cast<lxw_col_t>(column),
        static_cast<lxw_row_t>(last_row), static_cast<lxw_col_t>(column), &validation);
}

void Workbook::close() {
    lxw_workbook* workbook = state_->workbook;
    state_->workbook = nullptr;
    if (workbook_close(workbook) != LXW_NO_ERROR)
        throw base::Failure(base::Fault::system,
                            base::said("工作簿写不了", "the workbook cannot be written"),
                            state_->file.string(),
                            base::said("检查磁盘空间和文件夹权限",
                                       "check the disk's free space and the folder's permissions"));
}

}  // namespace zs::sheet
