#include "plan/type.h"

#include <fmt/format.h>

namespace zs::plan {

namespace {

Type of_kind(Kind kind, std::string of = {}) {
    Type type;
    type.kind = kind;
    type.of = std::move(of);
    return type;
}

}  // namespace

Type boolean_type() { return of_kind(Kind::boolean); }
Type integer_type() { return of_kind(Kind::integer); }
Type floating_type() { return of_kind(Kind::floating); }
Type text_type() { return of_kind(Kind::text); }
Type date_type() { return of_kind(Kind::date); }
Type month_type() { return of_kind(Kind::month); }
Type term_type() { return of_kind(Kind::term); }
Type division_type() { return of_kind(Kind::division); }
Type month_set_type() { return of_kind(Kind::month_set); }
Type code_type(std::string list) { return of_kind(Kind::code, std::move(list)); }
Type codes_type(std::string list) { return of_kind(Kind::codes, std::move(list)); }
Type key_type(std::string grain) { return of_kind(Kind::key, std::move(grain)); }
Type token_type(std::string identity) { return of_kind(Kind::token, std::move(identity)); }

Type decimal_type(int precision, int scale) {
    Type type = of_kind(Kind::decimal);
    type.precision = precision;
    type.scale = scale;
    return type;
}

Type money_type() {
    Type type = decimal_type(18, 2);
    type.money = true;
    return type;
}

bool is_number(const Type& type) {
    return type.kind == Kind::integer || type.kind == Kind::decimal || type.kind == Kind::floating;
}

std::string text(const Type& type) {
    switch (type.kind) {
        case Kind::null_:
            return "null";
        case Kind::boolean:
            return "bool";
        case Kind::integer:
            return "int";
        case Kind::decimal:
            return type.money ? "money" : fmt::format("decimal({},{})", type.precision, type.scale);
        case Kind::floating:
            return "double";
        case Kind::text:
            return "text";
        case Kind::date:
            return "date";
        case Kind::month:
            return "month";
        case Kind::term:
            return "term";
        case Kind::division:
            return "division";
        case Kind::code:
            return "code:" + type.of;
        case Kind::codes:
            return "codes:" + type.of;
        case Kind::key:
            return "key:" + type.of;
        case Kind::month_set:
            return "set of months";
        case Kind::token:
            return type.of;
    }
    return {};
}

}  // namespace zs::plan
