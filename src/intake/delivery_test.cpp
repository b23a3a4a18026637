#include "intake/intake_for_tests.h"

#include <gmock/gmock.h>

namespace zs::intake {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A small home for each test.
class Delivery : public ::testing::Test, protected SmallHome {};

TEST_F(Delivery, JudgesLatenessByTheDayOfArrival) {
    ImportOptions options = month("2024-08");
    options.arrived = base::parse_date("2024-09-05");
    take("households", std::string("户,行政区划\nh1,") + village_a, options);
    EXPECT_EQ(base::text(lake::batches(record_).back().arrived()), "2024-09-05");
    options.arrived = base::parse_date("2024-10-04");
    EXPECT_THROW(
        import_rows(stores(), model_, "households", *table("户,行政区划\nh2,"), options, act_),
        base::Failure);
    import_empty(stores(), model_, "dibao", base::Month::of(2024, 9), village_a,
                 base::parse_date("2024-10-03"), act_);
    EXPECT_EQ(base::text(lake::batches(record_).back().arrived()), "2024-10-03");
    std::string noted;
    guard::each_audit(record_, [&](const guard::AuditEntry& entry) { noted += entry.detail; });
    EXPECT_THAT(noted, HasSubstr("arrived 2024-09-05"));
    EXPECT_THAT(noted, HasSubstr("empty arrived 2024-10-03"));
    EXPECT_EQ(base::text(lake::day_of("2024-10-03 15:59:59")), "2024-10-03");
    EXPECT_EQ(base::text(lake::day_of("2024-10-03 16:00:00")), "2024-10-04");
}

TEST_F(Delivery, WritesATemplateThatItReads) {
    register_all();
    write_template(stores(), model_, "employment", village_a, base::parse_month("2024-09"),
                   folder_ / "t.xlsx");
    const auto reader = sheet::open_table(folder_ / "t.xlsx");
    sheet::RawRow header, first, none;
    ASSERT_TRUE(reader->next(header));
    ASSERT_TRUE(reader->next(first));
    EXPECT_FALSE(reader->next(none));
    const Header found = matched(header, *model_.ledger("employment"), {}, "form.xlsx");
    EXPECT_THAT(found.ignored, ElementsAre("姓名（仅供核对）", "所在地（仅供核对）"));
    EXPECT_TRUE(is_finding_column(found.ignored[0]) && is_finding_column(found.ignored[1]));
    EXPECT_EQ(found.names.front(), "人*");
    EXPECT_EQ(first.cells[0].text, key_1());
    EXPECT_EQ(first.cells[1].text, "张**");
    EXPECT_EQ(first.cells[2].text, village_a);
    EXPECT_EQ(first.cells[3].text, "2024-09");
}

TEST_F(Delivery, MakesNoFactsOutOfAnUntouchedTemplate) {
    register_all();
    EXPECT_EQ(write_template(stores(), model_, "dibao", "41", base::parse_month("2024-09"),
                             folder_ / "t.xlsx")
                  .subjects,
              2);
    EXPECT_THROW(import_file(stores(), model_, "dibao", folder_ / "t.xlsx", month("2024-09"), act_),
                 base::Failure);
    const auto choices = sheet::open_table(folder_ / "t.xlsx", {.sheet = "可选对象"});
    sheet::RawRow row;
    ASSERT_TRUE(choices->next(row));
    ASSERT_TRUE(choices->next(row));
    EXPECT_EQ(row.cells[0].text, "h1");
    EXPECT_EQ(row.cells[1].text, "张**") << "a household is found by its members";
    EXPECT_EQ(row.cells[2].text, village_a);
    write_template(stores(), model_, "employment", "41", base::parse_month("2024-09"),
                   folder_ / "e.xlsx");
    const Answer untouched =
        import_file(stores(), model_, "employment", folder_ / "e.xlsx", {}, act_);
    EXPECT_EQ(untouched.accepted, 0);
    EXPECT_THAT(untouched.ignored, IsEmpty());
}

TEST_F(Delivery, OffersLongListsInATemplate) {
    plan::CodeList& places =
        *std::find_if(model_.code_lists.begin(), model_.code_lists.end(),
                      [](const plan::CodeList& list) { return list.name == "place"; });
    for (int i = 0; i < 100; ++i)
        places.codes.push_back(
            {"p" + std::to_string(i), "一个很长的地方名称第" + std::to_string(i) + "号", {}, {}});
    write_template(stores(), model_, "employment", village_a, std::nullopt, folder_ / "t.xlsx");
    const auto reader = sheet::open_table(folder_ / "t.xlsx");
    sheet::RawRow header, none;
    EXPECT_TRUE(reader->next(header));
    EXPECT_FALSE(reader->next(none));
}

TEST_F(Delivery, TakesGivenFiguresAndHoldsTheOthers) {
    plan::Indicator income;
    income.name = "rural_income";
    income.given = true;
    income.period = plan::Period::calendar_year;
    model_.indicators.push_back(income);
    std::ofstream(folder_ / "figures.csv") << "indicator,division,label,value,source\nrural_income,"
                                              "41,2023,20053,年鉴\nrural_income,00,2023,21691.5,\n"
                                              "rural_income,99,2023,1,\nother,41,2023,1,\nrural_"
                                              "income,41,2023-13,1,\nrural_income,41,2022,一万,\n";
    const Answer answer =
        import_file(stores(), model_, "figures", folder_ / "figures.csv", {}, act_);
    EXPECT_EQ(answer.accepted, 2);
    EXPECT_THAT(reasons(answer), ElementsAre("division division 1 @4", "reference indicator 1 @5",
                                             "type label 1 @6", "type value 1 @7"));
    const auto figures = lake::given_figures(record_, lake::take(record_, folder_ / "lake"));
    ASSERT_EQ(figures.size(), 2u);
    EXPECT_EQ(plan::text(figures[1].value), "21691.5");
    EXPECT_EQ(figures[1].division, "00");
    EXPECT_TRUE(
        import_file(stores(), model_, "figures", folder_ / "figures.csv", {}, act_).duplicate);
}

TEST_F(Delivery, TakesGivenFiguresFromOneSheet) {
    plan::Indicator income;
    income.name = "rural_income";
    income.given = true;
    income.period = plan::Period::calendar_year;
    model_.indicators.push_back(income);
    {
        sheet::Workbook book(folder_ / "figures.xlsx");
        for (const auto& [name, year] :
             std::map<std::string, const char*>{{"a", "2022"}, {"b", "x"}}) {
            book.add_sheet(name);
            book.add_row({"indicator", "division", "label", "value"}, true);
            book.add_row({"rural_income", "41", year, "1"});
        }
        book.close();
    }
    const auto take_sheet = [&](const std::string& name) {
        ImportOptions options;
        options.sheet = name;
        return import_file(stores(), model_, "figures", folder_ / "figures.xlsx", options, act_);
    };
    const Answer first = take_sheet("a");
    EXPECT_EQ(first.rows, 1);
    EXPECT_EQ(first.accepted, 1);
    EXPECT_EQ(take_sheet("b").quarantined, 1)
        << "another sheet of the same bytes is another delivery";
    EXPECT_TRUE(take_sheet("a").duplicate);
    EXPECT_THROW(take_sheet("c"), base::Failure);
    EXPECT_EQ(take_sheet("").reasons.at(0).sheet, "b");
}

TEST_F(Delivery, TakesGivenFiguresOfEachByTheirCodes) {
    for (const char* code : {"wage", "farm"}) {
        plan::Indicator income;
        income.name = std::string("income[") + code + "]";
        income.family = "income";
        income.each_list = "kind";
        income.each_code = code;
        income.given = true;
        income.period = plan::Period::calendar_year;
        model_.indicators.push_back(income);
    }
    std::ofstream(folder_ / "figures.csv")
        << "indicator,division,label,value,codes\nincome,41,2023,1,kind=wage\n"
           "income['farm'],41,2023,2,\nincome,41,2022,3,\nincome,41,2022,4,kind=none\n";
    const Answer answer =
        import_file(stores(), model_, "figures", folder_ / "figures.csv", {}, act_);
    EXPECT_THAT(reasons(answer), ElementsAre("reference indicator 2 @4"));
    const auto figures = lake::given_figures(record_, lake::take(record_, folder_ / "lake"));
    ASSERT_EQ(figures.size(), 2u);
    EXPECT_EQ(figures[0].indicator + " " + figures[0].codes, "income kind=wage");
    EXPECT_EQ(figures[1].indicator + " " + figures[1].codes, "income kind=farm");
}

TEST_F(Delivery, ReadsAParquetFileAsAnyOther) {
    register_all();
    engine::Connection engine = engine::Connection::open({});
    engine.execute(
        "copy (select 'h1' as household, '2024-09' as month, 12.50::decimal(8,2) as amount) to " +
        engine::literal((folder_ / "a.parquet").string()) + " (format parquet)");
    const Answer answer = import_file(stores(), model_, "dibao", folder_ / "a.parquet", {}, act_);
    EXPECT_EQ(answer.accepted, 1);
    EXPECT_THAT(rows("household, month, amount, _line", "dibao"), ElementsAre("h1 24296 12.50 1"));
}

TEST_F(Delivery, ReadsParquetColumnsOfAnyType) {
    register_all();
    engine::Connection engine = engine::Connection::open({});
    engine.execute(
        "copy (select " + engine::literal(id_1) +
        "::bigint as person, date '2024-09-01' as month, '省外' as place, 0.1::double + 0.2 as "
        "wage, ['dibao', '特困'] as got, {'a': 1} as other union all select " +
        engine::literal(id_2) + ", date '2024-09-01', '省外', 1.005, null, null) to " +
        engine::literal((folder_ / "a.parquet").string()) + " (format parquet)");
    const Answer answer =
        import_file(stores(), model_, "employment", folder_ / "a.parquet", {}, act_);
    EXPECT_THAT(reasons(answer), ElementsAre("scale wage 1 @2"));
    EXPECT_THAT(answer.ignored, ElementsAre("other"));
    EXPECT_THAT(rows("wage, got", "employment"), ElementsAre("0.30 3"));
    std::filesystem::resize_file(folder_ / "a.parquet", 100);
    try {
        import_file(stores(), model_, "employment", folder_ / "a.parquet", {}, act_);
        FAIL() << "taken";
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.fault(), base::Fault::input);
    }
}

TEST_F(Delivery, ReadsEverySheetWithTheTableAndNamesTheOthers) {
    register_all();
    const auto file = folder_ / "sheets.xlsx";
    sheet::Workbook book(file);
    book.add_sheet("甲村");
    book.add_row({"户", "金额"}, true);
    book.add_row({"h1", "400"});
    book.add_sheet("乙村");
    book.add_row({"二〇二四年九月"});
    book.add_row({"备注", "金额", "户"}, true);
    book.add_row({"x", "500", "h2"});
    book.add_row({"y", "五百", "h2"});
    book.add_sheet("说明");
    book.add_row({"本表由民政局填报"});
    book.add_sheet(sheet_of_choices);
    book.add_row({"编号（供选用）", "姓名"});
    book.add_row({"h1", "张*"});
    book.add_sheet("名册");
    book.add_row({"户"});
    book.add_row({"h1"});
    book.add_choices(0, 1, 2, {"h1"});
    book.close();
    const Answer answer = import_file(stores(), model_, "dibao", file, month("2024-09"), act_);
    EXPECT_EQ(answer.accepted, 2);
    EXPECT_THAT(rows("household, amount", "dibao"), ElementsAre("h1 400.00", "h2 500.00"));
    EXPECT_THAT(answer.unread, ElementsAre("说明", "名册"));
    EXPECT_THAT(answer.ignored, ElementsAre("备注"));
    EXPECT_THAT(reasons(answer), ElementsAre("duplicate  1 @4", "type amount 1 @4"));
    EXPECT_EQ(answer.reasons[0].sheet, "乙村");
    export_held(stores(), model_, answer.batch, folder_ / "held.csv", act_);
    EXPECT_THAT(base::read_file(folder_ / "held.csv"), HasSubstr("\nh2,五百,y,乙村 4,"));
    EXPECT_EQ(parse_answer(json(answer)).unread, answer.unread);
}

TEST_F(Delivery, RefusesASheetThatLacksAColumnTheOthersHave) {
    register_all();
    const auto file = folder_ / "sheets.xlsx";
    sheet::Workbook book(file);
    book.add_sheet("甲村");
    book.add_row({"人", "务工地点", "月工资"}, true);
    book.add_row({key_1(), "省外", "1"});
    book.add_sheet("乙村");
    book.add_row({"人", "月工资"}, true);
    book.add_row({key_2(), "1"});
    book.close();
    try {
        import_file(stores(), model_, "employment", file, month("2024-09"), act_);
        FAIL() << "taken";
    } catch (const base::Failure& failure) {
        EXPECT_THAT(failure.what(),
                    HasSubstr("no column 'place' (务工地点): sheets.xlsx sheet 乙村 line 1"));
    }
    ImportOptions one = month("2024-09");
    one.sheet = "甲村";
    EXPECT_EQ(import_file(stores(), model_, "employment", file, one, act_).accepted, 1);
}

TEST_F(Delivery, HoldsKeysThatHaveLostTheirZeros) {
    register_all();
    take("households", std::string("户,行政区划\n0017,") + village_a, month("2024-02"));
    EXPECT_THAT(reasons(take("households",
                             std::string("户,行政区划\n17,") + village_a + "\n18," + village_a,
                             month("2024-03"))),
                ElementsAre("key household 1 @2"));
    // A register that was taken without its zeros.
    EXPECT_THAT(reasons(take("households",
                             std::string("户,行政区划\n0018,") + village_a + "\n019," + village_a,
                             month("2024-03"))),
                ElementsAre("key household 1 @2"));
    EXPECT_THAT(reasons(take("dibao", "户,金额\n17,1\n0017,2\n99,3", month("2024-09"))),
                ElementsAre("key household 1 @2", "reference household 1 @4"));
}

TEST_F(Delivery, TellsKeysApartThatOneTextColumnHoldsBothOf) {
    const std::string place = std::string(",") + village_a + "\n";
    const Answer both = take("households", "户,行政区划\n1" + place + "01" + place + "1.0" + place,
                             month("2024-01"));
    EXPECT_THAT(reasons(both), IsEmpty());
    EXPECT_THAT(rows("household", "households"), ElementsAre("01", "1", "1.0"));
    // Registered, each is itself, whoever wrote it.
    const Answer facts = take("dibao", "户,金额\n#1,1\n01,2\n1.0,3", month("2024-09"));
    EXPECT_THAT(reasons(facts), IsEmpty());
    EXPECT_THAT(rows("household, amount", "dibao"), ElementsAre("01 2.00", "1 1.00", "1.0 3.00"));
    // What a spreadsheet had as a number has lost its zeros.
    EXPECT_THAT(
        reasons(take("households", "户,行政区划\n#7" + place + "007" + place, month("2024-02"))),
        ElementsAre("key household 1 @2"));
}

TEST_F(Delivery, TakesTheZerosOffKeysThatAProgramHadAsNumbers) {
    const std::string place = std::string(",") + village_a + "\n";
    take("households", "户,行政区划\n0017" + place + "h1" + place, month("2024-01"));
    const Answer floats =
        take("households", "户,行政区划\n21.0" + place + "22.0" + place, month("2024-01"));
    EXPECT_EQ(floats.accepted, 2);
    EXPECT_EQ(floats.warned, 2) << "a subject is new by it";
    EXPECT_THAT(reasons(take("dibao", "户,金额\n21.0,1\nh1,2", month("2024-09"))), IsEmpty());
    EXPECT_THAT(rows("household", "dibao"), ElementsAre("21", "h1"));
    // Beside other texts nobody knows what it was, unless it has lost more than that.
    EXPECT_THAT(
        reasons(take("households", "户,行政区划\n23.0" + place + "17.0" + place + "h2" + place,
                     month("2024-02"))),
        ElementsAre("key household 1 @3"));
    EXPECT_THAT(rows("household", "households"),
                ElementsAre("0017", "21", "22", "23.0", "h1", "h2"));
    EXPECT_THAT(
        reasons(take("households", "户,行政区划\n17.0" + place + "22.0" + place, month("2024-02"))),
        ElementsAre("key household 1 @2"));
}

TEST_F(Delivery, ReadsHeldKeysAgainAsTheirFileWasRead) {
    const std::string there = std::string(",") + village_a + "\n", nowhere = ",410101001009\n";
    const Answer floats =
        take("households", "户,行政区划\n31.0" + nowhere + "32.0" + there, month("2024-01"));
    const Answer texts =
        take("households", "户,行政区划\n33.0" + nowhere + "h3" + there, month("2024-01"));
    EXPECT_THAT(reasons(floats), ElementsAre("division division 1 @2"));
    record::Transaction transaction(record_);
    lake::take_divisions(record_, {{"410101001009", "九", "", {}, {}}});
    transaction.commit();
    EXPECT_EQ(retry(stores(), model_, floats.batch, act_).accepted, 1);
    EXPECT_EQ(retry(stores(), model_, texts.batch, act_).accepted, 1);
    EXPECT_THAT(rows("household", "households"), ElementsAre("31", "32", "33.0", "h3"));
}

TEST_F(Delivery, HoldsKeysThatDifferFromARegisteredOneByBlanks) {
    const std::string place = std::string(",") + village_a + "\n";
    take("households", "户,行政区划\n日\u3000本" + place + "h1" + place, month("2024-01"));
    EXPECT_THAT(reasons(take("households",
                             "户,行政区划\n日 本" + place + "日本" + place + "h 1" + place + "h1" +
                                 place + "a b" + place,
                             month("2024-02"))),
                IsEmpty())
        << "in one file they are told apart";
    EXPECT_THAT(reasons(take("households", "户,行政区划\nab" + place + "日\u3000本" + place,
                             month("2024-03"))),
                ElementsAre("key household 1 @2"));
    EXPECT_THAT(reasons(take("dibao", "户,金额\na\u3000b,1\na b,2", month("2024-09"))),
                ElementsAre("key household 1 @2"));
}

TEST_F(Delivery, AsksWhoseItIsWhereNoRowLeadsToADivision) {
    register_all();
    const auto refused = [&](const std::string& ledger, const std::string& text) {
        try {
            import_rows(stores(), model_, ledger, *table(text), month("2024-09"), act_);
        } catch (const base::Failure& failure) {
            return failure.problem().in(base::Language::english);
        }
        return std::string();
    };
    const std::string none = "no row leads to a division, so nobody knows whose delivery this is";
    EXPECT_EQ(refused("employment", "人,务工地\np9,省外"), none) << "somebody owes it";
    EXPECT_EQ(refused("dibao", "户,金额\nh9,1"), none) << "a whole list";
    EXPECT_EQ(refused("households", "户,行政区划\nh9,999999999999"), "");
    EXPECT_EQ(lake::batches(record_).back().division, "") << "nobody's";
}

TEST_F(Delivery, KnowsALineOfTotalsForNoRow) {
    register_all();
    const Answer answer = take("dibao", "户,金额\nh1,x\n合计,1", of_village_a("2024-09"));
    std::vector<bool> footers;
    each_open(
        record_, keys_, answer.batch, [](const HeldFile&) {},
        [&](const HeldRow& row) { footers.push_back(is_footer(row)); });
    EXPECT_THAT(footers, ElementsAre(false, true));
}

TEST_F(Delivery, ReadsJsonLinesWhoseLaterRowsHaveMoreKeys) {
    register_all();
    std::ofstream(folder_ / "a.jsonl")
        << "{\"person\":\"" << id_1
        << "\",\"month\":\"2024-09\",\"place\":\"省外\"}\n{\"person\":\"" << id_2
        << "\",\"month\":\"2024-09\",\"place\":\"省外\",\"wage\":4000.5,\"other\":1}\n";
    const Answer answer =
        import_file(stores(), model_, "employment", folder_ / "a.jsonl", {}, act_);
    EXPECT_THAT(reasons(answer), IsEmpty());
    EXPECT_THAT(answer.ignored, ElementsAre("other"));
    EXPECT_THAT(rows("_line, wage", "employment"), ElementsAre("1 -", "2 4000.50"));
}

TEST_F(Delivery, ReadsACsvFileWithWrappedNumbers) {
    register_all();
    std::ofstream(folder_ / "a.csv")
        << "标题\n人,务工地点,月工资（元）\n=\"" << id_1 << "\",省外,\"4,000.00\"\n";
    const Answer answer =
        import_file(stores(), model_, "employment", folder_ / "a.csv", month("2024-09"), act_);
    EXPECT_THAT(reasons(answer), IsEmpty());
    EXPECT_THAT(rows("_line, wage", "employment"), ElementsAre("3 4000.00"));
}

}  // namespace
}  // namespace zs::intake
