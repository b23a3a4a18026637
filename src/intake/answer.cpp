#include "intake/answer.h"

#include <boost/json.hpp>

namespace zs::intake {

namespace {

namespace js = boost::json;

js::array counts_to(const std::vector<ReasonCount>& counts) {
    js::array array;
    for (const ReasonCount& count : counts)
        array.push_back(js::object{{"code", count.code},
                                   {"field", count.field},
                                   {"count", count.count},
                                   {"example_row", count.example_row},
                                   {"sheet", count.sheet},
                                   {"say", count.say}});
    return array;
}

std::string text_at(const js::object& object, const char* key) {
    return std::string(object.at(key).as_string());
}

js::array texts_to(const std::vector<std::string>& texts) {
    js::array array;
    for (const std::string& text : texts) array.push_back(js::string(text));
    return array;
}

/// Nothing where an answer of an earlier version lacks the key.
std::vector<std::string> texts_at(const js::object& object, const char* key) {
    std::vector<std::string> texts;
    if (!object.contains(key)) return texts;
    for (const js::value& text : object.at(key).as_array()) texts.emplace_back(text.as_string());
    return texts;
}

std::vector<ReasonCount> counts_from(const js::value& value) {
    std::vector<ReasonCount> counts;
    for (const js::value& each : value.as_array()) {
        const js::object& object = each.as_object();
        counts.push_back({.code = text_at(object, "code"),
                          .field = text_at(object, "field"),
                          .count = object.at("count").as_int64(),
                          .example_row = object.at("example_row").as_int64(),
                          .sheet = object.contains("sheet") ? text_at(object, "sheet") : "",
                          .say = text_at(object, "say")});
    }
    return counts;
}

}  // namespace

std::string json(const Answer& answer) {
    js::array replaced_of;
    for (const auto& [batch, rows] : answer.replaced_of)
        replaced_of.push_back(js::object{{"batch", batch}, {"rows", rows}});
    return js::serialize(js::object{{"batch", answer.batch},
                                    {"ledger", answer.ledger},
                                    {"month", answer.month},
                                    {"division", answer.division},
                                    {"digest", answer.digest},
                                    {"rows", answer.rows},
                                    {"accepted", answer.accepted},
                                    {"quarantined", answer.quarantined},
                                    {"warned", answer.warned},
                                    {"replaced", answer.replaced},
                                    {"replaced_of", replaced_of},
                                    {"added_to", answer.added_to},
                                    {"ignored", texts_to(answer.ignored)},
                                    {"unread", texts_to(answer.unread)},
                                    {"sheets", texts_to(answer.sheets)},
                                    {"sheet", answer.sheet},
                                    {"duplicate", answer.duplicate},
                                    {"held_whole", answer.held_whole},
                                    {"reasons", counts_to(answer.reasons)},
                                    {"warnings", counts_to(answer.warnings)}});
}

Answer parse_answer(const std::string& text) {
    const js::object object = js::parse(text).as_object();
    Answer answer;
    answer.batch = text_at(object, "batch");
    answer.ledger = text_at(object, "ledger");
    answer.month = text_at(object, "month");
    answer.division = text_at(object, "division");
    answer.digest = text_at(object, "digest");
    answer.rows = object.at("rows").as_int64();
    answer.accepted = object.at("accepted").as_int64();
    answer.quarantined = object.at("quarantined").as_int64();
    answer.warned = object.at("warned").as_int64();
    answer.replaced = object.at("replaced").as_int64();
    // Answers of before have no word of these.
    if (const js::value* of = object.if_contains("replaced_of"))
        for (const js::value& each : of->as_array())
            answer.replaced_of.emplace_back(text_at(each.as_object(), "batch"),
                                            each.at("rows").as_int64());
    if (object.contains("added_to")) answer.added_to = text_at(object, "added_to");
    answer.ignored = texts_at(object, "ignored");
    answer.unread = texts_at(object, "unread");
    answer.sheets = texts_at(object, "sheets");
    if (object.contains("sheet")) answer.sheet = text_at(object, "sheet");
    answer.duplicate = object.at("duplicate").as_bool();
    answer.held_whole = object.at("held_whole").as_bool();
    answer.reasons = counts_from(object.at("reasons"));
    answer.warnings = counts_from(object.at("warnings"));
    return answer;
}

}  // namespace zs::intake
