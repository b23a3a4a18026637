#include "ask/titles.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include <fmt/format.h>

#include "base/decimal.h"
#include "base/text.h"
#include "plan/number.h"

namespace zs::ask {

namespace {

std::string found_or(const std::map<std::string, std::string>& titles, const std::string& name) {
    const auto found = titles.find(name);
    return found == titles.end() || found->second.empty() ? name : found->second;
}

std::map<std::string, std::string> titles_of(const plan::CodeList* list) {
    std::map<std::string, std::string> titles;
    if (list != nullptr)
        for (const plan::Code& code : list->codes) titles[code.code] = code.title;
    return titles;
}

/// The number that a text is, at `scale` decimals; nothing where it is none.
std::optional<base::Decimal> at_scale(const std::string& digits, int scale) {
    if (const auto exact = base::parse_decimal(digits)) return base::round(*exact, scale);
    if (digits.empty()) return std::nullopt;
    char* end = nullptr;
    const double number = std::strtod(digits.c_str(), &end);
    return *end == '\0' ? plan::rounded_double(number, scale) : std::nullopt;
}

/// The code of the division above at the next level that has one; empty at the top.
std::string above(const plan::Model& model, const std::string& code) {
    const plan::Level* level = model.level_of_code(code);
    const auto index = level == nullptr ? std::nullopt : model.level_index(level->name);
    if (!index || *index == 0) return "";
    return code.substr(
        0, static_cast<std::size_t>(model.levels[static_cast<std::size_t>(*index) - 1].digits));
}

}  // namespace

std::string as_percentage(const std::string& digits) {
    const auto hundredths = at_scale(digits, 4);
    return hundredths ? base::text(base::Decimal{hundredths->units, 2}) + "%" : digits;
}

std::string rounded(const std::string& digits, int places) {
    const auto exact = base::parse_decimal(digits);
    if (exact && exact->scale <= places) return digits;
    const auto made = at_scale(digits, places);
    return made ? base::text(*made) : digits;
}

Titles::Titles(Language language, const plan::Model& model,
               const std::vector<plan::Division>& divisions)
    : language_(language) {
    for (const plan::Rule& rule : model.rules) definitions_[rule.name] = {rule.title, ""};
    for (const plan::Duty& duty : model.duties) definitions_[duty.name] = {duty.title, ""};
    for (const plan::Indicator& indicator : model.indicators) {
        const std::string& name = indicator.published_name();
        definitions_[name] = {indicator.title, indicator.unit};
        if (!indicator.family.empty())
            splits_[{name, indicator.each_list}] = titles_of(model.code_list(indicator.each_list));
        for (std::size_t i = 0; i < indicator.split.size(); ++i)
            splits_[{name, indicator.split_names[i]}] =
                titles_of(model.code_list(indicator.split[i]->type.of));
    }
    for (const plan::Target& target : model.targets) {
        const plan::Indicator* indicator = model.indicator(target.indicator);
        definitions_[target.published_name()] = {target.title,
                                                 indicator == nullptr ? "" : indicator->unit};
    }
    for (const plan::Ledger& ledger : model.ledgers) ledgers_[ledger.name] = ledger.title;
    for (const plan::Grain& grain : model.grains) grains_[grain.name] = grain.title;
    for (const plan::CodeList& list : model.code_lists) code_lists_[list.name] = titles_of(&list);
    risks_ = code_lists_["risk"];
    std::map<std::pair<std::size_t, std::string>, std::set<std::string>> bearers;
    std::map<std::string, std::string> names;
    for (const plan::Division& division : divisions) {
        names[division.code] = division.name;
        bearers[{division.code.size(), division.name}].insert(division.code);
    }
    for (const auto& [code, name] : names) {
        const auto upper = names.find(above(model, code));
        const bool alone = bearers[{code.size(), name}].size() == 1 || upper == names.end();
        places_[code] = alone ? name : said(language_, phrase::place_in, upper->second, name);
    }
    places_.try_emplace("00", phrase::nation.in(language_));
}

std::string Titles::definition(const std::string& name) const {
    const auto found = definitions_.find(name);
    return found == definitions_.end() || found->second.title.empty() ? name : found->second.title;
}

std::string Titles::ledger(const std::string& name) const { return found_or(ledgers_, name); }
std::string Titles::grain(const std::string& name) const {
    const std::string title = found_or(grains_, name);
    return title == name ? found_or(ledgers_, name) : title;
}
std::string Titles::risk(const std::string& code) const { return found_or(risks_, code); }
std::string Titles::place(const std::string& code) const { return found_or(places_, code); }

std::string Titles::word(const std::string& name) const {
    for (const Named& known : words)
        if (known.name == name) return known.phrase.in(language_);
    return name;
}

std::string Titles::codes(const std::string& indicator, const std::string& codes) const {
    std::vector<std::string> shown;
    for (const std::string& pair : base::split(codes, ',')) {
        const std::size_t equals = pair.find('=');
        const std::string name = pair.substr(0, equals),
                          code = equals == std::string::npos ? "" : pair.substr(equals + 1);
        const auto split = splits_.find({indicator, name});
        const auto list = code_lists_.find(name);
        shown.push_back(split != splits_.end()      ? found_or(split->second, code)
                        : list != code_lists_.end() ? found_or(list->second, code)
                                                    : pair);
    }
    return base::join(shown, " ");
}

bool Titles::is_share(const std::string& definition) const {
    const auto found = definitions_.find(definition);
    return found != definitions_.end() && found->second.unit == "ratio";
}

std::string Titles::unit(const std::string& definition) const {
    const auto found = definitions_.find(definition);
    if (found == definitions_.end() || found->second.unit == "ratio") return "";
    return word(found->second.unit);
}

std::string Titles::window(const std::string& written) const {
    using Unit = plan::Window::Unit;
    using Part = plan::Window::Part;
    if (written == "own") return say(phrase::own_period);
    const auto window = plan::parse_window(written);
    if (!window || language_ == Language::english) return written;
    const bool in_months = window->unit == Unit::month || window->unit == Unit::months;
    std::string text;
    if (window->unit == Unit::ever) text = say(phrase::window_ever);
    if (window->unit == Unit::month) text = say(phrase::window_month);
    if (window->unit == Unit::months) text = say(phrase::window_months, window->count);
    if (text.empty()) {
        const std::string calendar = word(window->unit == Unit::year            ? "year"
                                          : window->unit == Unit::calendar_year ? "calendar_year"
                                                                                : "school_term");
        text = say(window->part == Part::whole  ? phrase::window_whole
                   : window->part == Part::last ? phrase::window_last
                                                : phrase::window_to_date,
                   calendar);
    }
    if (window->ago > 0)
        text += say(in_months ? phrase::window_months_ago : phrase::window_ago, window->ago);
    return text;
}

std::string Titles::figure(const std::string& definition, const std::string& digits) const {
    return is_share(definition) ? as_percentage(digits) : rounded(digits, 2);
}

std::string Titles::defined_in(const List& list, std::size_t row) {
    for (std::size_t i = 0; i < list.columns.size(); ++i)
        if (list.columns[i].word == Word::definition) return list.rows[row][i].value_or("");
    return "";
}

std::string Titles::heading(const List::Column& column) const {
    return column.heading == nullptr ? column.title : column.heading->phrase.in(language_);
}

std::string Titles::shown(const List::Column& column,
                          const std::optional<std::string>& cell) const {
    if (!cell) return "";
    if (column.kind == List::Kind::boolean)
        return (*cell == "true" ? phrase::yes : phrase::no).in(language_);
    if (!column.codes.empty()) {
        std::vector<std::string> titles;
        for (const std::string& code : base::split(*cell, ';'))
            titles.push_back(found_or(column.codes, code));
        return base::join(titles, phrase::listed.in(language_));
    }
    switch (column.word) {
        case Word::fixed:
            return word(*cell);
        case Word::unit:
            return *cell == "ratio" ? "" : word(*cell);
        case Word::definition:
            return definition(*cell);
        case Word::ledger:
            return ledger(*cell);
        case Word::grain:
            return grain(*cell);
        case Word::risk:
            return risk(*cell);
        case Word::place:
            return place(*cell);
        case Word::plain:
        case Word::codes:
        case Word::figure:
            return *cell;
    }
    return *cell;
}

std::string Titles::shown(const List& list, std::size_t row, std::size_t column) const {
    const List::Column& of = list.columns[column];
    const std::optional<std::string>& cell = list.rows[row][column];
    if (cell && of.name == "status" && list.has("duty"))
        for (const Named& known : duty_words)
            if (known.name == *cell) return known.phrase.in(language_);
    if (cell && of.word == Word::codes) return codes(defined_in(list, row), *cell);
    if (cell && of.word == Word::figure) return figure(defined_in(list, row), *cell);
    return shown(of, cell);
}

List Titles::beside(List list) const {
    const auto any = [&](const auto& is) {
        return std::any_of(list.columns.begin(), list.columns.end(), is);
    };
    const bool defined = any([](const List::Column& c) { return c.word == Word::definition; });
    const bool names_places =
        any([](const List::Column& c) { return c.name == "name" && c.word == Word::plain; });
    const bool titled = (defined || list.has("ledger")) && !list.has("title");
    const bool placed = list.has("division") && !names_places;
    if (titled) list.columns.push_back({"title"});
    if (placed) list.columns.push_back({"place"});
    for (std::size_t row = 0; row < list.rows.size(); ++row) {
        if (titled)
            list.rows[row].emplace_back(defined ? definition(defined_in(list, row))
                                                : ledger(list.cell(row, "ledger")));
        if (!placed) continue;
        const std::string code = list.cell(row, "division");
        list.rows[row].push_back(code.empty() ? std::nullopt : std::optional(place(code)));
    }
    return list;
}

}  // namespace zs::ask
