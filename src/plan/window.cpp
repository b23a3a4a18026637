#include "plan/window.h"

#include <charconv>
#include <vector>

#include "base/text.h"

namespace zs::plan {

namespace {

std::optional<int> whole_number(std::string_view text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < 0 || number > 1200)
        return std::nullopt;
    return number;
}

std::optional<Window::Unit> calendar_unit(std::string_view text) {
    if (text == "year") return Window::Unit::year;
    if (text == "calendar_year") return Window::Unit::calendar_year;
    if (text == "school_term") return Window::Unit::school_term;
    return std::nullopt;
}

Period period_of_unit(Window::Unit unit) {
    switch (unit) {
        case Window::Unit::year:
            return Period::year;
        case Window::Unit::calendar_year:
            return Period::calendar_year;
        case Window::Unit::school_term:
            return Period::school_term;
        default:
            return Period::month;
    }
}

}  // namespace

std::optional<Window> parse_window(std::string_view written) {
    std::vector<std::string> words;
    for (const std::string& word : base::split(written, ' '))
        if (!word.empty()) words.push_back(word);
    Window window;
    if (words.size() >= 2 && words[words.size() - 2] == "ago") {
        const auto ago = whole_number(words.back());
        if (!ago) return std::nullopt;
        window.ago = *ago;
        words.resize(words.size() - 2);
    }
    if (words.size() == 1 && words[0] == "month") return window;
    if (words.size() == 1 && words[0] == "ever" && window.ago == 0) {
        window.unit = Window::Unit::ever;
        return window;
    }
    if (words.size() == 2 && words[1] == "months") {
        const auto count = whole_number(words[0]);
        if (!count || *count < 1) return std::nullopt;
        window.unit = Window::Unit::months;
        window.count = *count;
        return window;
    }
    if (words.size() == 2 && (words[0] == "whole" || words[0] == "last")) {
        window.part = words[0] == "whole" ? Window::Part::whole : Window::Part::last;
        words.erase(words.begin());
    }
    if (words.size() != 1) return std::nullopt;
    const auto unit = calendar_unit(words[0]);
    if (!unit) return std::nullopt;
    window.unit = *unit;
    return window;
}

std::string text(const Window& window) {
    std::string result;
    if (window.part == Window::Part::whole) result = "whole ";
    if (window.part == Window::Part::last) result = "last ";
    switch (window.unit) {
        case Window::Unit::month:
            result += "month";
            break;
        case Window::Unit::months:
            result += std::to_string(window.count) + " months";
            break;
        case Window::Unit::ever:
            result += "ever";
            break;
        case Window::Unit::year:
            result += "year";
            break;
        case Window::Unit::calendar_year:
            result += "calendar_year";
            break;
        case Window::Unit::school_term:
            result += "school_term";
            break;
    }
    if (window.ago > 0) result += " ago " + std::to_string(window.ago);
    return result;
}

Months period_of(Period period, base::Month month, const Calendar& calendar) {
    switch (period) {
        case Period::year: {
            const int behind = (month.month_of_year() - calendar.year_ends + 11) % 12;
            const base::Month first = month.plus(-behind);
            return {first, first.plus(11)};
        }
        case Period::calendar_year:
            return {base::Month::of(month.year(), 1), base::Month::of(month.year(), 12)};
        case Period::school_term: {
            const base::Term term = base::Term::of_month(month);
            return {term.first(), term.last()};
        }
        default:
            return {month, month};
    }
}

std::int64_t label_of(Period period, base::Month month, const Calendar& calendar) {
    switch (period) {
        case Period::year:
        case Period::calendar_year:
            return period_of(period, month, calendar).last.year();
        case Period::school_term:
            return base::Term::of_month(month).index;
        default:
            return month.index;
    }
}

Window to_date(Period period) {
    Window window;
    if (period == Period::year) window.unit = Window::Unit::year;
    if (period == Period::calendar_year) window.unit = Window::Unit::calendar_year;
    if (period == Period::school_term) window.unit = Window::Unit::school_term;
    return window;
}

std::string label_text(Period period, std::int64_t label) {
    const auto number = static_cast<std::int32_t>(label);
    switch (period) {
        case Period::year:
        case Period::calendar_year:
            return std::to_string(number);
        case Period::school_term:
            return base::text(base::Term{number});
        default:
            return base::text(base::Month{number});
    }
}

std::string label_text(Period period, base::Month month, const Calendar& calendar) {
    return label_text(period, label_of(period, month, calendar));
}

std::string text(Period period) {
    switch (period) {
        case Period::year:
            return "year";
        case Period::calendar_year:
            return "calendar_year";
        case Period::school_term:
            return "school_term";
        default:
            return "month";
    }
}

int months_in(Period period) {
    switch (period) {
        case Period::year:
        case Period::calendar_year:
            return 12;
        case Period::school_term:
            return 6;
        default:
            return 1;
    }
}

Months months_of_label(Period period, std::int64_t label, const Calendar& calendar) {
    const int number = static_cast<int>(label);
    switch (period) {
        case Period::year: {
            const base::Month last = base::Month::of(number, calendar.year_ends);
            return {last.plus(-11), last};
        }
        case Period::calendar_year:
            return {base::Month::of(number, 1), base::Month::of(number, 12)};
        case Period::school_term: {
            const base::Term term{number};
            return {term.first(), term.last()};
        }
        default:
            return {base::Month{number}, base::Month{number}};
    }
}

Months months_of(const Window& window, base::Month anchor, const Calendar& calendar,
                 base::Month ever_first) {
    switch (window.unit) {
        case Window::Unit::ever:
            return {ever_first, anchor};
        case Window::Unit::month:
            return {anchor.plus(-window.ago), anchor.plus(-window.ago)};
        case Window::Unit::months:
            return {anchor.plus(1 - window.count - window.ago), anchor.plus(-window.ago)};
        default:
            break;
    }
    const int length = months_in(period_of_unit(window.unit));
    Months period = period_of(period_of_unit(window.unit), anchor, calendar);
    int back = window.ago * length;
    if (window.part == Window::Part::last ||
        (window.part == Window::Part::whole && period.last != anchor))
        back += length;
    if (window.part == Window::Part::to_date) period.last = anchor;
    return {period.first.plus(-back), period.last.plus(-back)};
}

}  // namespace zs::plan
