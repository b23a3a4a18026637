#include "plan/value.h"

namespace zs::plan {

std::string text(const Value& value) {
    struct Printer {
        std::string operator()(std::monostate) const { return {}; }
        std::string operator()(bool truth) const { return truth ? "true" : "false"; }
        std::string operator()(std::int64_t number) const { return std::to_string(number); }
        std::string operator()(const base::Decimal& number) const { return base::text(number); }
        std::string operator()(double number) const { return base::text(number); }
        std::string operator()(const std::string& written) const { return written; }
        std::string operator()(base::Date date) const { return base::text(date); }
        std::string operator()(base::Month month) const { return base::text(month); }
        std::string operator()(base::Term term) const { return base::text(term); }
        std::string operator()(const MonthSet& set) const {
            std::string result;
            for (const base::Month month : set)
                result += (result.empty() ? "" : ";") + base::text(month);
            return result;
        }
        std::string operator()(const CodeSet& set) const {
            std::string result;
            for (const std::string& code : set) result += (result.empty() ? "" : ";") + code;
            return result;
        }
    };
    return std::visit(Printer{}, value);
}

}  // namespace zs::plan
