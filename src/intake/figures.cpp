#include "intake/figures.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/identity.h"
#include "base/text.h"
#include "guard/audit.h"
#include "intake/cell.h"
#include "intake/header.h"
#include "intake/import.h"
#include "intake/layout.h"
#include "lake/divisions.h"
#include "lake/figures.h"
#include "lake/standing.h"

namespace zs::intake {

using base::Failure;
using base::Fault;

namespace {

/// What the file's columns are called: the header is found as any ledger's is.
plan::Ledger columns() {
    plan::Ledger ledger;
    ledger.name = "figures";
    const std::vector<std::tuple<std::string, std::string, bool>> fields{
        {"indicator", "指标", true}, {"division", "行政区划", true}, {"label", "期", true},
        {"value", "值", true},       {"source", "来源", false},      {"codes", "代码", false}};
    for (const auto& [name, title, required] : fields) {
        plan::Field field;
        field.name = name;
        field.title = title;
        field.required = required;
        field.type = plan::text_type();
        field.written_type = "text";
        ledger.fields.push_back(field);
    }
    return ledger;
}

/// The label as printed, in the one form of its period; nothing where it is none.
std::optional<std::string> label_of(plan::Period period, const std::string& written) {
    if (period == plan::Period::month) {
        const auto month = read_month(written);
        return month ? std::optional(base::text(*month)) : std::nullopt;
    }
    if (period == plan::Period::school_term) {
        const auto term = read_term(written);
        return term ? std::optional(base::text(*term)) : std::nullopt;
    }
    std::string year = written;
    if (year.ends_with("年")) year.resize(year.size() - std::string("年").size());
    const bool is_four_digits =
        year.size() == 4 && year.find_first_not_of("0123456789") == std::string::npos;
    return is_four_digits && is_year(std::stoi(year)) ? std::optional(year) : std::nullopt;
}

class FigureFile {
public:
    FigureFile(const plan::Model& model, const std::set<std::string>& divisions)
        : model_(model), divisions_(divisions), columns_(columns()) {}

    /// @param sheet the one to read; empty: all that are visible
    void read(const Source& source, const std::string& sheet) {
        const Mapping none;
        Layout layout({.ledger = columns_,
                       .mapping = none,
                       .sheet = sheet,
                       .missing = [this](const Header& header) { return missing(header); }});
        layout.each(
            source,
            [&](Header header) {
                header_ = std::move(header);
                if (const auto lacks = missing(header_); !lacks.empty())
                    throw Failure(
                        Fault::input,
                        base::said("文件没有列 {}", "the file has no column {}", lacks.front()),
                        header_.place(),
                        base::said("表头是 indicator,division,label,value[,source]",
                                   "its header is indicator,division,label,value[,source]"));
            },
            [&](const sheet::RawRow& row, const std::vector<std::string>&) { take(row); });
        for (std::string& letters : layout.unnamed()) header_.ignored.push_back(letters);
        if (figures.empty() && held.empty())
            throw Failure(Fault::input,
                          base::said("文件只有表头，没有行", "the file has a header and no rows"),
                          source.name(), base::said("一个数写一行", "write a row a figure"));
    }

    const Header& header() const { return header_; }
    /// A figure that was taken of the same delivery: a row for it is one too many.
    void note_taken(const plan::Figure& figure) {
        seen_.insert({{figure.indicator, figure.division, figure.label, figure.codes}, 0});
    }
    /// What a row is a figure of, as it is written; nothing where a part is missing.
    std::optional<std::string> key_of(const sheet::RawRow& row) const {
        std::map<std::string, std::string> cells;
        for (std::size_t i = 0; i < row.cells.size() && i < header_.fields.size(); ++i)
            if (header_.fields[i])
                cells[columns_.fields[*header_.fields[i]].name] = base::trim(row.cells[i].text);
        if (cells["indicator"].empty() || cells["division"].empty() || cells["label"].empty())
            return std::nullopt;
        const plan::Indicator* indicator = given(cells["indicator"], cells["codes"]);
        if (indicator == nullptr)
            return key_text(
                {cells["indicator"], cells["division"], cells["label"], cells["codes"]});
        const auto label = label_of(indicator->period, cells["label"]);
        const bool of_name = !indicator->family.empty() && cells["codes"].empty();
        return key_text({indicator->published_name(), cells["division"],
                         label ? *label : cells["label"],
                         of_name ? indicator->published_codes("") : cells["codes"]});
    }
    std::vector<plan::Figure> figures;
    std::vector<std::string> sources;
    std::vector<HeldRow> held;
    std::vector<sheet::RawRow> taken;

private:
    std::vector<std::string> missing(const Header& header) const {
        std::vector<std::string> lacks;
        for (std::size_t i = 0; i < columns_.fields.size(); ++i)
            if (columns_.fields[i].required && !header.has(i))
                lacks.push_back(
                    fmt::format("'{}' ({})", columns_.fields[i].name, columns_.fields[i].title));
        return lacks;
    }

    void take(const sheet::RawRow& row) {
        if (!row.fault_code.empty()) {
            held.push_back({row, {{row.fault_code, "", told(model_, row.fault)}}});
            return;
        }
        std::map<std::string, sheet::Cell> cells;
        for (std::size_t i = 0; i < row.cells.size() && i < header_.fields.size(); ++i)
            if (header_.fields[i]) cells[columns_.fields[*header_.fields[i]].name] = row.cells[i];
        std::vector<Reason> reasons;
        plan::Figure figure;
        for (const char* name : {"indicator", "division", "label", "value"})
            if (base::trim(cells[name].text).empty())
                reasons.push_back(
                    {"required", name, told(model_, base::said("必填", "must be filled in"))});
        figure.indicator = base::trim(cells["indicator"].text);
        figure.division = base::trim(cells["division"].text);
        figure.codes = base::trim(cells["codes"].text);
        const plan::Indicator* indicator = given(figure.indicator, figure.codes);
        if (!figure.indicator.empty() && indicator == nullptr)
            reasons.push_back(
                {"reference", "indicator",
                 told(model_,
                      base::said("没有这个由外部给出的指标",
                                 "no indicator that is given from outside has this name"))});
        if (indicator != nullptr) {
            figure.indicator = indicator->published_name();
            if (!indicator->family.empty() && figure.codes.empty())
                figure.codes = indicator->published_codes("");
        }
        if (!figure.division.empty() && !divisions_.contains(figure.division))
            reasons.push_back(
                {"division", "division",
                 told(model_, base::said("没有这个行政区划代码", "no division has this code"))});
        label(cells["label"], indicator, figure, reasons);
        value(cells["value"], figure, reasons);
        if (reasons.empty()) {
            const auto [first, is_new] = seen_.insert(
                {{figure.indicator, figure.division, figure.label, figure.codes}, row.line});
            if (!is_new)
                reasons.push_back(
                    {"duplicate", "",
                     told(model_,
                          first->second == 0
                              ? base::said("与本文件已收下的一行是同一指标、地方、期",
                                           "same indicator, place and period as a row of this file "
                                           "that was taken")
                              : base::said(
                                    "与本文件第{}行是同一指标、地方、期",
                                    "same indicator, place and period as line {} of this file",
                                    first->second % lake::lines_a_sheet))});
        }
        if (!reasons.empty()) {
            held.push_back({row, std::move(reasons)});
            return;
        }
        figure.given = true;
        figures.push_back(figure);
        sources.push_back(base::mask_id_numbers(base::trim(cells["source"].text)));
        taken.push_back(row);
    }

    /// By name or title; one of `each` by its codes besides, or by a name as `x['wage']`.
    const plan::Indicator* given(const std::string& name, const std::string& codes) const {
        for (const plan::Indicator& indicator : model_.indicators) {
            if (!indicator.given) continue;
            const bool is_named = indicator.published_name() == name || indicator.title == name;
            const bool is_written_out =
                !indicator.family.empty() &&
                name == fmt::format("{}['{}']", indicator.family, indicator.each_code);
            if (is_written_out || (is_named && indicator.split_of(codes))) return &indicator;
        }
        return nullptr;
    }

    void label(const sheet::Cell& cell, const plan::Indicator* indicator, plan::Figure& figure,
               std::vector<Reason>& reasons) const {
        const std::string written(base::trim(cell.text));
        if (written.empty() || indicator == nullptr) return;
        const auto found = label_of(indicator->period, written);
        if (found)
            figure.label = *found;
        else
            reasons.push_back(
                {"type", "label",
                 told(model_,
                      base::said("期的写法不对：月如2024-09，年如2024，学期如2024s",
                                 "the period is not written correctly: a month as 2024-09, a "
                                 "year as 2024, a term as 2024s"))});
    }

    void value(const sheet::Cell& cell, plan::Figure& figure, std::vector<Reason>& reasons) const {
        const std::string written(base::trim(cell.text));
        if (written.empty()) return;
        constexpr int scale_max = 6;
        const auto number = read_number(written, cell.kind == sheet::Cell::Kind::number);
        if (!number)
            reasons.push_back(
                {"type", "value", told(model_, base::said("应填数字", "must be a number"))});
        else if (base::compare(base::round(*number, scale_max), *number) != 0)
            reasons.push_back(
                {"scale", "value",
                 told(model_,
                      base::said("最多{}位小数", "too many decimals; {} at most", scale_max))});
        else
            figure.value = number->scale > scale_max ? base::round(*number, scale_max) : *number;
    }

    const plan::Model& model_;
    const std::set<std::string>& divisions_;
    plan::Ledger columns_;
    Header header_;
    std::map<std::tuple<std::string, std::string, std::string, std::string>, std::int64_t> seen_;
};

std::vector<ReasonCount> counted(const std::vector<HeldRow>& held,
                                 const std::vector<std::string>& sheets) {
    std::map<std::pair<std::string, std::string>, ReasonCount> counts;
    for (const HeldRow& row : held)
        for (const Reason& reason : row.reasons) {
            ReasonCount& count = counts[{reason.code, reason.field}];
            const auto sheet = static_cast<std::size_t>(row.raw.line / lake::lines_a_sheet);
            if (count.count == 0)
                count = {.code = reason.code,
                         .field = reason.field,
                         .count = 0,
                         .example_row = row.raw.line % lake::lines_a_sheet,
                         .sheet = sheet < sheets.size() ? sheets[sheet] : "",
                         .say = reason.say};
            ++count.count;
        }
    std::vector<ReasonCount> all;
    for (auto& [key, count] : counts) all.push_back(std::move(count));
    std::stable_sort(all.begin(), all.end(),
                     [](const ReasonCount& a, const ReasonCount& b) { return a.count > b.count; });
    return all;
}

/// The one division of all figures, or the longest beginning they share that is a division; else
/// empty.
std::string division_above(const std::vector<plan::Figure>& figures,
                           const std::set<std::string>& divisions) {
    if (figures.empty()) return {};
    std::string shared = figures.front().division;
    for (const plan::Figure& figure : figures)
        while (!figure.division.starts_with(shared)) shared.pop_back();
    while (!shared.empty() && !divisions.contains(shared)) shared.pop_back();
    return shared;
}

/// Rows held before are settled by these: those that are tried again, and those of the same figure.
void settle_figures(const Stores& stores, const std::string& batch, const FigureFile& file,
                    const std::optional<lake::Batch>& retried) {
    if (retried)
        for (const std::int64_t line : open_lines(stores.record, stores.keys, retried->id))
            note_settled(stores.record, retried->id, line, batch);
    std::set<std::string> taken;
    for (const plan::Figure& figure : file.figures)
        taken.insert(key_text({figure.indicator, figure.division, figure.label, figure.codes}));
    for (const OpenKey& row : open_keys(stores.record, "figures", batch))
        if (taken.contains(row.key)) note_settled(stores.record, row.batch, row.line, batch);
}

}  // namespace

Answer take_figures(const Stores& stores, const plan::Model& model, const Source& source,
                    const ImportOptions& options, const Act& act,
                    const std::optional<lake::Batch>& retried) {
    std::set<std::string> divisions{"00"};
    for (const plan::Division& division : lake::divisions(stores.record))
        divisions.insert(division.code);
    refuse_days_to_come(options.arrived, act);
    const bool strict = options.strict;
    FigureFile file(model, divisions);
    if (retried)
        for (const plan::Figure& figure : lake::figures_of(
                 stores.record,
                 lake::delivery_of(lake::take(stores.record, stores.lake), retried->id)))
            file.note_taken(figure);
    file.read(source, options.sheet);
    lake::Batch batch;
    batch.ledger = "figures";
    batch.file_name = source.name();
    batch.file_digest = source.digest();
    batch.division = division_above(file.figures, divisions);
    if (!retried)
        if (const auto before = answered_before(
                stores.record, batch,
                [&](const lake::Batch& same) {
                    return lake::figures_stand(stores.record, same.id);
                },
                strict, options.sheet))
            return *before;
    Answer answer;
    answer.held_whole =
        strict && std::any_of(file.held.begin(), file.held.end(), [](const HeldRow& row) {
            return row.reasons.front().code != "footer";
        });
    if (answer.held_whole) {
        for (sheet::RawRow& row : file.taken)
            file.held.push_back({std::move(row), {{"held", "", told(model, held_whole())}}});
        file.figures.clear();
        file.sources.clear();
    }
    batch.accepted = static_cast<std::int64_t>(file.figures.size());
    batch.quarantined = static_cast<std::int64_t>(file.held.size());
    batch.rows = batch.accepted + batch.quarantined;
    answer.ledger = batch.ledger;
    answer.division = batch.division;
    answer.digest = batch.file_digest;
    answer.rows = batch.rows;
    answer.accepted = batch.accepted;
    answer.quarantined = batch.quarantined;
    answer.ignored = file.header().ignored;
    answer.unread = file.header().unread;
    answer.sheets = file.header().sheets;
    answer.sheet = options.sheet;
    answer.reasons = counted(file.held, answer.sheets);
    if (retried && batch.accepted == 0) {
        answer.batch = retried->id;
        return answer;
    }
    batch.plan_digest = model.digest;
    batch.entered_by = act.by;
    batch.entered_at = act.at;
    batch.arrived_day = options.arrived;
    if (retried) batch.added_to = retried->id;
    batch.seq = lake::next_seq(stores.record);
    batch.id = lake::batch_id(
        stores.record, batch,
        (strict ? "strict" : "") + (options.sheet.empty() ? "" : "\n" + options.sheet));
    answer.batch = batch.id;
    batch.answer = json(answer);
    record::Transaction transaction(stores.record);
    lake::enter(stores.record, batch);
    lake::enter_figures(stores.record, batch.id, file.figures, file.sources);
    if (!file.held.empty()) {
        HeldPieces pieces(stores.record, batch.id);
        QuarantineSealer held(
            stores.keys, batch.id,
            {.header = file.header().names,
             .month = {},
             .division = {},
             .mapping = {},
             .numbers = {}},
            [&](std::int64_t piece, const std::string& sealed) { pieces.put(piece, sealed); });
        for (HeldRow& row : file.held) {
            if (const auto key = file.key_of(row.raw))
                keep_held_key(stores.record, batch.id, row.raw.line, *key);
            held.add(std::move(row));
        }
        held.close();
    }
    settle_figures(stores, batch.id, file, retried);
    guard::append_audit(
        stores.record, act.at, act.by, retried ? "retry" : "import",
        fmt::format("batch {} figures rows {} accepted {} quarantined {}{}", batch.id, batch.rows,
                    batch.accepted, batch.quarantined, arrived_note(batch)),
        guard::written(stores.record, guard::kinds_of_batch, batch.id));
    transaction.commit();
    return answer;
}

Answer import_figures(const Stores& stores, const plan::Model& model,
                      const std::filesystem::path& path, const ImportOptions& options,
                      const Act& act) {
    const std::unique_ptr<Source> source = open_source(path, stores.staging(), stores.engine);
    const auto lock = locked(stores);
    return take_figures(stores, model, *source, options, act, std::nullopt);
}

}  // namespace zs::intake
