#include "intake/cell.h"

#include <gmock/gmock.h>

#include "base/failure.h"
#include "base/zone.h"
#include "intake/header.h"
#include "intake/row_expression.h"
#include "plan/check.h"

namespace zs::intake {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Cells, ReadMonthsInAllForms) {
    for (const char* text : {"2024-09", "202409", "2024/9", "2024年9月", "2024.09", "2024年09月"})
        EXPECT_EQ(read_month(text), base::Month::of(2024, 9)) << text;
    for (const char* text :
         {"2024-13", "2024", "24-09", "2024-09-01", "2024-9月", "九月", "20249", ""})
        EXPECT_EQ(read_month(text), std::nullopt) << text;
}

TEST(Cells, ReadDatesInAllForms) {
    for (const char* text :
         {"2024-09-01", "2024/9/1", "20240901", "2024年9月1日", "2024-09-01 08:30:00",
          "2024-09-01T08:30", "2024-09-01T08:30:00.5+08:00", "2024/9/1 8:30 AM"})
        EXPECT_EQ(read_date(text), base::Date::of(2024, 9, 1)) << text;
    for (const char* text : {"2024-02-30", "2024-09", "1/9/2024", "2024-09/01", "202409010",
                             "2024-09-01 25:00:00", "2024-09-01 8:61", "2024-09-01 about:noon"})
        EXPECT_EQ(read_date(text), std::nullopt) << text;
    for (const char* text : {"9999-12-31", "99991231"})
        EXPECT_EQ(read_date(text), base::Date::of(9999, 12, 31)) << text;
    for (const char* text : {"0202-09-01", "02020901"})
        EXPECT_EQ(read_date(text), std::nullopt) << text;
    EXPECT_EQ(read_term("2024春").value().year(), 2024);
    for (const char* text : {"0202s", "0202春"}) EXPECT_EQ(read_term(text), std::nullopt) << text;
}

TEST(Cells, ReadNumbersWithThousandsCommasOnly) {
    EXPECT_EQ(base::text(*read_number("1,234,567.80", false)), "1234567.80");
    EXPECT_EQ(base::text(*read_number("-12.5", false)), "-12.5");
    EXPECT_EQ(base::text(*read_number("+3", false)), "3");
    EXPECT_EQ(base::text(*read_number("1.5E+3", true)), "1500");
    EXPECT_EQ(base::text(*read_number("2.5E-3", true)), "0.0025");
    for (const char* text :
         {"1,23", "12,34.5", "1.5E+3", "1.2.3", "3元", "", ",1", "1,,000", "（3）"})
        EXPECT_EQ(read_number(text, false), std::nullopt) << text;
}

TEST(Cells, KnowNumbersThatASpreadsheetHasBroken) {
    EXPECT_TRUE(has_lost_digits("4.10526E+17", false));
    EXPECT_TRUE(has_lost_digits("410526199001011000", true));
    EXPECT_FALSE(has_lost_digits("410526199001011000", false));
    EXPECT_FALSE(has_lost_digits("4.1E+3", true));
    EXPECT_FALSE(has_lost_digits("2024E12", false));
}

TEST(Cells, TellTheDayOfAMomentInTheHomesZone) {
    for (const char* text : {"2024-08-31T16:00:00Z", "2024-08-31 16:00:00+00",
                             "2024-09-01 00:00:00+08:00", "2024-08-31 16:00:00 UTC"})
        EXPECT_EQ(read_date(text), base::Date::of(2024, 9, 1)) << text;
    EXPECT_EQ(read_date("2024-08-31T16:00:00Z", base::parse_zone("UTC").value()),
              base::Date::of(2024, 8, 31));
    EXPECT_EQ(read_date("2024-08-31T16:00:00+99"), std::nullopt);
}

TEST(Cells, CleanKeysWhereNothingIsLost) {
    EXPECT_EQ(read_key("411527001001.0", true), "411527001001");
    EXPECT_EQ(read_key("1.0", true), "1");
    for (const char* text : {"1.0", "411527001001.0"})
        EXPECT_EQ(read_key(text, false), text) << "its column tells what it is";
    EXPECT_EQ(read_key("4.11527001001E+11", false), "411527001001");
    EXPECT_EQ(read_key("4.11527001001E11", true), "411527001001");
    EXPECT_EQ(read_key("h7", false), "h7");
    EXPECT_EQ(read_key("2024E12", false), "2024E12");
    EXPECT_EQ(read_key("1.5", false), "1.5");
    for (const char* text : {"4.11527E+11", "4.11527E11", "1E+05", "110101199003070100.0"})
        EXPECT_EQ(read_key(text, false), std::nullopt) << text;
    EXPECT_EQ(read_key("110101199003070100", true), std::nullopt);
    for (const char* text : {"1月2日", "2-Jan", "Jan-24", "2024/1/2", "2024年1月", "1/2/2024"})
        EXPECT_TRUE(is_date_of_key(text)) << text;
    for (const char* text : {"h1", "1-2", "2024-01-02", "P-MAR-01", "17", "1/2"})
        EXPECT_FALSE(is_date_of_key(text)) << text;
    EXPECT_EQ(without_invisible("\u200Eh9\u202C", true), "h9");
    EXPECT_EQ(without_invisible("\u200C", false), "\u200C");
}

TEST(Headers, KnowTheUnitThatATextSays) {
    EXPECT_EQ(unit_said("单位：万元"), "万元");
    EXPECT_EQ(unit_said("2024年9月工资表（单位: 元）"), "元");
    EXPECT_EQ(unit_said("工资表（万元）"), "万元");
    EXPECT_EQ(unit_said("单位：万元、元"), "万元,元");
    EXPECT_EQ(unit_said("金额单位：千元/户"), "千元");
    for (const char* text :
         {"计量单位 万元", "以万元为单位", "单位（万元）", "万元", "表二（9月）（万元）"})
        EXPECT_EQ(unit_said(text), "万元") << text;
    for (const char* text : {"填报单位：人社局", "投入（1万元以上）", "单位：人", "万元户"})
        EXPECT_EQ(unit_said(text), "") << text;
}

constexpr const char* pack = R"pack(
```codelist kind
title = "类"
[codes]
a = { title = "甲", also = ["A类"], near = true }
b = { title = "乙", near = false }
```

```ledger owners
title = "主"
grain = "owner"
period = "span"
[fields]
kind = { type = "code:kind", title = "类别" }
```

```grain owner
title = "主"
ledger = "owners"
```

```ledger things
title = "物"
period = "month"
key = []
[fields]
kind = { type = "code:kind", title = "类别" }
kinds = { type = "codes:kind", title = "各类" }
from = { type = "month", title = "起月" }
price = { type = "money", title = "价格", min = 0, max = 100 }
large = { type = "money", title = "总额" }
share = { type = "decimal(5,3)", title = "占比" }
count = { type = "int", title = "数量" }
built = { type = "year", title = "建成年" }
good = { type = "bool", title = "好" }
note = { type = "text", title = "备注" }
number = { type = "id_number", title = "证件号码" }
owner = { type = "key:owner", title = "主" }
[[checks]]
that = "price is null or price * count <= 100 or kind.near"
say = "{price}×{count}过大，类别{kind}"
level = "reject"
[[checks]]
that = "note like '%好_' and length(note) = 3 and coalesce(count, 0) + 1 > 0 and kind in ('a', 'b') and case when good then true else null end"
say = "备注"
level = "warn"
[[checks]]
that = "large <= param.cap and run.day > '2024-02-01'"
say = "总额{large}过大：{good}，{share:%}"
```

```parameter cap
title = "上限"
type = "money"
values = [{ from = "2024-01", value = 50 }, { from = "2024-06", value = 60 }, { from = "2024-06", division = "41", value = 20 }]
```
)pack";

class OneRow : public ::testing::Test {
protected:
    OneRow() {
        plan::Checked checked =
            plan::check_texts({{"plan.toml",
                                "language = 1\nname = \"x\"\ntitle = \"x\"\nmonths = "
                                "\"2024-01..2024-12\"\nyear_ends = 9\nlevels = [\"province\"]\n"},
                               {"a.md", pack}});
        for (const plan::Diagnostic& diagnostic : checked.diagnostics)
            if (diagnostic.severity == plan::Diagnostic::Severity::error)
                ADD_FAILURE() << plan::rendered(diagnostic);
        model_ = std::move(checked.model);
        ledger_ = model_.ledger("things");
    }
    CellResult read(const std::string& field, const std::string& text,
                    sheet::Cell::Kind kind = sheet::Cell::Kind::text) {
        return CellReader(*ledger_->field(field),
                          {model_, *ledger_, keys_, divisions_, {{"甲等", "a"}}, {}, 0})
            .read({kind, text});
    }
    std::string value(const std::string& field, const std::string& text,
                      sheet::Cell::Kind kind = sheet::Cell::Kind::text) {
        const CellResult result = read(field, text, kind);
        return result.reason ? "! " + result.reason->code : plan::text(result.value);
    }
    plan::Model model_;
    const plan::Ledger* ledger_ = nullptr;
    guard::Keys keys_{.person = std::string(32, 'k'), .vault = std::string(32, 'v')};
    std::unordered_set<std::string> divisions_{"41"};
};

TEST_F(OneRow, ReadsEachTypeAndSaysWhatIsWrong) {
    EXPECT_EQ(value("kind", " A类 "), "a");
    EXPECT_EQ(value("kind", "甲等"), "a");
    EXPECT_EQ(value("kind", "丙"), "! code");
    EXPECT_EQ(value("kinds", "甲；b、A类"), "a;b");
    EXPECT_EQ(value("kinds", "甲,丙"), "! code");
    EXPECT_EQ(value("price", "12.5"), "12.50");
    EXPECT_EQ(value("price", "12.500"), "12.50");
    EXPECT_EQ(value("price", "12.505"), "! scale");
    EXPECT_EQ(value("price", "12.340000000000001", sheet::Cell::Kind::number), "12.34");
    EXPECT_EQ(value("price", "12.3456", sheet::Cell::Kind::number), "! scale");
    EXPECT_EQ(value("large", "37037034.300000004", sheet::Cell::Kind::number), "37037034.30");
    EXPECT_EQ(value("large", "37037034.345000001", sheet::Cell::Kind::number), "! scale");
    EXPECT_EQ(value("large", "37037034.300000004"), "! scale");
    EXPECT_EQ(value("price", "-0.01"), "! min");
    EXPECT_EQ(value("price", "100.01"), "! max");
    EXPECT_EQ(value("price", "12元"), "! type");
    EXPECT_EQ(value("price", "１２．５"), "12.50");
    EXPECT_EQ(value("share", "100"), "! type");
    EXPECT_EQ(value("count", "3.0"), "3");
    EXPECT_EQ(value("count", "3.5"), "! scale");
    EXPECT_EQ(value("count", "9223372036854775807"), "9223372036854775807");
    EXPECT_EQ(value("count", "9223372036854775808"), "! type");
    EXPECT_EQ(value("built", "2024年"), "2024");
    EXPECT_EQ(value("built", "9999"), "9999");
    for (const char* no_year : {"24", "0", "-5", "99999", "20240601", "0202"})
        EXPECT_EQ(value("built", no_year), "! type") << no_year;
    EXPECT_EQ(value("good", "是"), "true");
    EXPECT_EQ(value("good", "好"), "! type");
    EXPECT_EQ(value("note", "无"), "无");
    EXPECT_EQ(value("note", "　 "), "");
    EXPECT_EQ(value("note", "#REF!", sheet::Cell::Kind::error), "! type");
    EXPECT_EQ(value("note", std::string("a\0b", 3)), "! type");
    EXPECT_EQ(value("from", "2024.10"), "2024-10");
    EXPECT_EQ(value("from", "2024.1", sheet::Cell::Kind::number), "! month");
    EXPECT_EQ(value("from", "202410", sheet::Cell::Kind::number), "2024-10");
    EXPECT_EQ(value("from", "202410.0", sheet::Cell::Kind::number), "2024-10");
    EXPECT_EQ(value("number", "410101199001010000"), "! id_number");
    EXPECT_THAT(read("number", "4.10101199001010E+17", sheet::Cell::Kind::number).reason->say,
                HasSubstr("文本"));
}

TEST_F(OneRow, TellsKeysWithIdNumbersApart) {
    const CellReader reader(*ledger_->field("owner"), {model_, *ledger_, keys_, divisions_, {}});
    const auto key = [&](const std::string& text) {
        const CellResult result = reader.read({sheet::Cell::Kind::text, text});
        EXPECT_TRUE(result.masked);
        return plan::text(result.value);
    };
    // Made up: right check digits, no such place; masked they are the same.
    const std::string one = "990101199001010203", other = "990101199001011003";
    EXPECT_NE(key(one), key(other));
    EXPECT_EQ(key(one + "-2"), key(one) + "-2");
    EXPECT_THAT(key(one), ::testing::Not(HasSubstr("1990")));
}

TEST_F(OneRow, PutsNoCellIntoAReason) {
    for (const plan::Field& field : ledger_->fields) {
        const CellResult result = CellReader(field, {model_, *ledger_, keys_, divisions_, {}})
                                      .read({sheet::Cell::Kind::text, "secret-in-cell"});
        EXPECT_THAT(result.reason ? result.reason->say : "", ::testing::Not(HasSubstr("secret")))
            << field.name;
    }
}

TEST_F(OneRow, EvaluatesChecksInThreeValues) {
    std::vector<plan::Value> values(ledger_->fields.size());
    const auto set = [&](const char* field, plan::Value value) {
        values[*ledger_->index_of(field)] = std::move(value);
    };
    const RowValues row{model_, *ledger_, values};
    const auto truth = [&](std::size_t check) {
        return plan::text(evaluated(*ledger_->checks[check].that, row));
    };
    EXPECT_EQ(truth(0), "true");
    set("price", base::Decimal{1050, 2});
    EXPECT_EQ(truth(0), "");
    set("count", std::int64_t{10});
    set("kind", std::string("b"));
    EXPECT_EQ(truth(0), "false");
    EXPECT_EQ(sentence(ledger_->checks[0].say, row), "10.50×10过大，类别乙");
    set("kind", std::string("a"));
    EXPECT_EQ(truth(0), "true");
    set("note", std::string("很好吧"));
    EXPECT_EQ(truth(1), "");
    set("good", true);
    EXPECT_EQ(truth(1), "true");
    set("note", std::string("很好"));
    EXPECT_EQ(truth(1), "false");
}

TEST_F(OneRow, ReadsParametersOfTheDeliverysMonthAndPlace) {
    std::vector<plan::Value> values(ledger_->fields.size());
    values[*ledger_->index_of("large")] = base::Decimal{5500, 2};
    const auto truth = [&](std::optional<base::Month> month, const std::string& division) {
        return plan::text(
            evaluated(*ledger_->checks[2].that, {model_, *ledger_, values, month, division}));
    };
    EXPECT_EQ(truth(base::Month::of(2024, 3), ""), "false");
    EXPECT_EQ(truth(base::Month::of(2024, 7), ""), "true");
    EXPECT_EQ(truth(base::Month::of(2024, 7), "41"), "false");
    EXPECT_EQ(truth(base::Month::of(2024, 1), "41"), "false");
    EXPECT_EQ(truth(std::nullopt, ""), "");
    values[*ledger_->index_of("good")] = true;
    values[*ledger_->index_of("share")] = base::Decimal{125, 3};
    EXPECT_EQ(sentence(ledger_->checks[2].say, {model_, *ledger_, values}),
              "总额55.00过大：是，12.50%");
}

TEST_F(OneRow, MatchesHeadersWhateverTheirBracketsAndBreaks) {
    EXPECT_EQ(compared_header(" 务工时间\n（月） *"), "务工时间(月)");
    const sheet::RawRow row{.line = 3,
                            .cells = {{sheet::Cell::Kind::text, "类 别"},
                                      {sheet::Cell::Kind::text, "price"},
                                      {sheet::Cell::Kind::text, "别的"}}};
    const Header header = matched(row, *ledger_, {}, "a.csv");
    EXPECT_EQ(header.fields[0], ledger_->index_of("kind"));
    EXPECT_EQ(header.fields[1], ledger_->index_of("price"));
    EXPECT_THAT(header.ignored, ElementsAre("别的"));
    Mapping mapping;
    mapping.columns["别的"] = "note";
    EXPECT_EQ(matched(row, *ledger_, mapping, "a.csv").fields[2], ledger_->index_of("note"));
}

TEST_F(OneRow, TurnsAmountsOfOtherUnitsIntoYuan) {
    const sheet::RawRow row{.line = 1,
                            .cells = {{sheet::Cell::Kind::text, "总额（万元）"},
                                      {sheet::Cell::Kind::text, "价格（元）"},
                                      {sheet::Cell::Kind::text, "占比（万元）"}}};
    const Header header = matched(row, *ledger_, {}, "a.csv");
    for (const char* name :
         {"总额，万元", "总额/万元", "总额 万元", "总额（单位：万元）", "总额[万元]"})
        EXPECT_THAT(
            matched({.line = 1, .cells = {{sheet::Cell::Kind::text, name}}}, *ledger_, {}, "a.csv")
                .powers,
            ElementsAre(4))
            << name;
    EXPECT_THAT(header.powers, ElementsAre(4, 0, 0));
    EXPECT_EQ(header.fields[1], ledger_->index_of("price"));
    EXPECT_THAT(header.ignored, ElementsAre("占比（万元）"));
    const CellReader reader(*ledger_->field("large"),
                            {model_, *ledger_, keys_, divisions_, {}, {}, header.powers[0]});
    const auto read_by = [&](const sheet::Cell& cell) {
        return plan::text(reader.read(cell).value);
    };
    EXPECT_EQ(read_by({sheet::Cell::Kind::text, "0.42"}), "4200.00");
    EXPECT_EQ(read_by({sheet::Cell::Kind::number, "0.42000000000000004"}), "4200.00");
    EXPECT_EQ(value("large", "0.42万元"), "! type");
    const CellReader plain(*ledger_->field("large"), {model_, *ledger_, keys_, divisions_, {}});
    EXPECT_EQ(plan::text(plain.read({sheet::Cell::Kind::number, "0.42", "0.42万元"}).value),
              "4200.00");
}

TEST_F(OneRow, ReadsAHeaderOfTwoRows) {
    const auto row = [](std::int64_t line, const std::vector<std::string>& texts) {
        sheet::RawRow made{.line = line};
        for (const std::string& text : texts)
            made.cells.push_back(
                {text.empty() ? sheet::Cell::Kind::empty : sheet::Cell::Kind::text, text});
        return made;
    };
    const Header two =
        find_header({row(1, {"表"}), row(2, {"类别", "情况", "", "备注"}),
                     row(3, {"", "价格", "数量", ""}), row(4, {"甲", "1", "2", "x"})},
                    *ledger_, {}, "a.csv");
    EXPECT_EQ(two.line, 2);
    EXPECT_EQ(two.last_line, 3);
    EXPECT_THAT(two.names, ElementsAre("类别", "价格", "数量", "备注"));
    const Header units = find_header({row(1, {"类别", "总额", "数量"}),
                                      row(2, {"", "万元", "（个）"}), row(3, {"甲", "1", "2"})},
                                     *ledger_, {}, "a.csv");
    EXPECT_EQ(units.last_line, 2);
    EXPECT_THAT(units.powers, ElementsAre(0, 4, 0));
    const std::vector<sheet::RawRow> years{row(1, {"类别", "2023年", "", "2024年", ""}),
                                           row(2, {"", "总额", "备注", "总额", "备注"}),
                                           row(3, {"甲", "1", "a", "2", "b"})};
    try {
        find_header(years, *ledger_, {}, "a.csv");
        FAIL() << "taken";
    } catch (const base::Failure& failure) {
        EXPECT_THAT(failure.what(),
                    HasSubstr("columns '2023年/总额' and '2024年/总额' are both 'large'"));
    }
    Mapping mapping;
    mapping.columns["2024年/总额"] = "large";
    mapping.columns["2024年/备注"] = "note";
    EXPECT_THAT(find_header(years, *ledger_, mapping, "a.csv").ignored,
                ElementsAre("2023年/总额", "2023年/备注"));
    EXPECT_THROW(find_header({row(1, {"单位：万元、元"}), row(2, {"总额"})}, *ledger_, {}, "a.csv"),
                 base::Failure);
}

TEST_F(OneRow, RefusesAMappingWithAnUnknownField) {
    const Mapping mapping = parse_mapping(
        "header_row = 2\n[columns]\n\"单价\" = \"price\"\n[codes.kind]\n\"一\" = "
        "\"a\"\n[set]\nmonth = \"2024-09\"\n",
        "map.toml", model_, *ledger_);
    EXPECT_EQ(mapping.columns.at("单价"), "price");
    EXPECT_EQ(mapping.codes.at("kind").at("一"), "a");
    EXPECT_EQ(mapping.month, base::Month::of(2024, 9));
    try {
        parse_mapping("[columns]\n\"单价\" = \"prise\"\n", "map.toml", model_, *ledger_);
        FAIL() << "taken";
    } catch (const base::Failure& failure) {
        EXPECT_STREQ(failure.what(),
                     "ledger 'things' has no field 'prise': map.toml; did you mean 'price'?");
    }
}

}  // namespace
}  // namespace zs::intake
