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
                                   {"say", count.say}});
    return array;
}

std::string text_at(const js::object& object, const char* key) {
    return std::string(object.at(key).as_string());
}

std::vector<ReasonCount> counts_from(const js::value& value) {
    std::vector<ReasonCount> counts;
    for (const js::value& each : value.as_array()) {
        const js::object& object = each.as_object();
        counts.push_back({.code = text_at(object, "code"),
                          .field = text_at(object, "field"),
                          .count = object.at("count").as_int64(),
                          .example_row = object.at("example_row").as_int64(),
                          .say = text_at(object, "say")});
    }
    return counts;
}

}  // namespace

std::string json(const Answer& answer) {
    js::array ignored;
    for (const std::string& name : answer.ignored) ignored.push_back(js::string(name));
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
                                    {"ignored", ignored},
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
    for (const js::value& name : object.at("ignored").as_array())
        answer.ignored.emplace_back(name.as_string());
    answer.duplicate = object.at("duplicate").as_bool();
    answer.held_whole = object.at("held_whole").as_bool();
    answer.reasons = counts_from(object.at("reasons"));
    answer.warnings = counts_from(object.at("warnings"));
    return answer;
}

}  // namespace zs::intake
