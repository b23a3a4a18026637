#include "intake/intake.h"

#include <gmock/gmock.h>

#include "intake/intake_for_tests.h"

namespace zs::intake {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// A small home for each test.
class Intake : public ::testing::Test, protected SmallHome {};

TEST_F(Intake, TakesARegistryAndMakesKeysFromIdNumbers) {
    register_all();
    EXPECT_THAT(rows("household, division, since", "households"),
                ElementsAre("h1 410101001001 24288", "h2 410101001002 24288"));
    EXPECT_THAT(rows("household, person, id, sex, birth", "people"),
                ElementsAre("h1 " + key_1() + " " + key_1() + " m 1980-01-01",
                            "h2 " + key_2() + " " + key_2() + " f 1980-01-01"));
    EXPECT_EQ(guard::revealed(record_, keys_, {"person", key_1(), "id"}), id_1);
    EXPECT_EQ(guard::revealed(record_, keys_, {"person", key_2(), "full_name"}), "李二");
    EXPECT_EQ(guard::revealed(record_, keys_, {"person", key_1(), "phone"}), "13800000001");
    guard::keep_head(record_, folder_ / "keys");
    EXPECT_FALSE(guard::broken_chain(record_, folder_ / "keys"));
    // The divisions of these tests came without an entry.
    const std::vector<base::Said> wrong = guard::compare_with_written(record_).wrong;
    ASSERT_EQ(wrong.size(), 1u);
    EXPECT_THAT(wrong[0].in(base::Language::english), testing::HasSubstr("divisions"));
}

TEST_F(Intake, LeavesNoIdentityInTheLakeOrTheRecord) {
    register_all();
    take("employment", "人,务工地\n" + id_1.substr(0, 17) + "Y,省外", of_village_a("2024-09"));
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
        if (!entry.is_regular_file()) continue;
        const std::string bytes = base::read_file(entry.path());
        EXPECT_THAT(bytes, Not(HasSubstr(id_1))) << entry.path();
        EXPECT_THAT(bytes, Not(HasSubstr("张一"))) << entry.path();
        EXPECT_THAT(bytes, Not(HasSubstr("13800000001"))) << entry.path();
        EXPECT_THAT(bytes, Not(HasSubstr(id_1.substr(0, 17)))) << entry.path();
    }
}

std::string text_of(const Source& source) {
    std::string text;
    source.each({}, [&](const sheet::RawRow& row, const std::vector<std::string>&) {
        for (const sheet::Cell& cell : row.cells) text += cell.text + " ";
    });
    return text;
}

TEST_F(Intake, ReadsWhatItHashedWhateverBecomesOfTheFile) {
    base::write_file_whole(folder_ / "a.csv", "x,y\n1,2\n");
    const auto source = open_source(folder_ / "a.csv", stores().staging(), {});
    base::write_file_whole(folder_ / "a.csv", "x,y\n3,4\n");
    EXPECT_EQ(text_of(*source), "x y 1 2 ");
    EXPECT_EQ(source->digest(), base::sm3("x,y\n1,2\n"));
    EXPECT_EQ(source->name(), "a.csv");
}

TEST_F(Intake, KeepsTheCopyOfAFilePrivateAndNotForLong) {
    namespace fs = std::filesystem;
    base::write_file_whole(folder_ / "a.csv", "x\n1\n");
    const fs::path staging = folder_ / "staging";
    fs::create_directories(staging / "left" / "behind");
    const auto folders = [&] {
        std::int64_t count = 0;
        for (const auto& entry : fs::directory_iterator(staging))
            if (entry.is_directory()) ++count;
        return count;
    };
    {
        const StagedFile first(folder_ / "a.csv", staging);
        EXPECT_EQ(folders(), 1) << "what a killed command left is gone";
        const StagedFile second(folder_ / "a.csv", staging);
        EXPECT_EQ(folders(), 2) << "what another uses stays";
        EXPECT_EQ(fs::status(first.copy()).permissions(),
                  fs::perms::owner_read | fs::perms::owner_write);
        EXPECT_EQ(fs::status(first.copy().parent_path()).permissions(), fs::perms::owner_all);
    }
    EXPECT_EQ(folders(), 0);
}

/// A source whose second reading is preceded by something, or gives other rows.
class SecondReading final : public Source {
public:
    SecondReading(std::unique_ptr<Source> first, std::unique_ptr<Source> second,
                  std::function<void()> before)
        : first_(std::move(first)), second_(std::move(second)), before_(std::move(before)) {}
    void each(const Wanted& wanted, const Take& take) const override {
        // A look at the first rows is none.
        const bool whole = wanted.rows_max == Wanted().rows_max;
        if (!whole || ++readings_ != 2) return first_->each(wanted, take);
        before_();
        (second_ ? second_ : first_)->each(wanted, take);
    }
    std::string name() const override { return first_->name(); }
    std::string digest() const override { return first_->digest(); }

private:
    std::unique_ptr<Source> first_, second_;
    std::function<void()> before_;
    mutable int readings_ = 0;
};

TEST_F(Intake, PutsNoNameBesideTheTokenOfAnother) {
    register_all();
    const std::size_t batches = lake::batches(record_).size();
    const SecondReading source(table("户编号,身份证号,姓名\nh1," + id_1 + ",张一"),
                               table("户编号,身份证号,姓名\nh1," + id_1 + ",李二"), [] {});
    EXPECT_THROW(import_rows(stores(), model_, "people", source, month("2024-02"), act_),
                 base::Failure);
    EXPECT_EQ(lake::batches(record_).size(), batches);
    EXPECT_EQ(guard::revealed(record_, keys_, {"person", key_1(), "full_name"}), "张一");
}

TEST_F(Intake, ReplacesWhatAnotherImportTookMeanwhile) {
    register_all();
    const std::string header = "户编号,身份证号,姓名\n";
    const SecondReading source(table(header + "h1," + id_1 + ",张一"), nullptr, [&] {
        record::Connection other = record::Connection::open(folder_ / "record.db");
        Stores beside{.record = other,
                      .lake = folder_ / "lake",
                      .lock = folder_ / "lock",
                      .keys = keys_,
                      .engine = {},
                      .divisions = nullptr};
        import_rows(beside, model_, "people", *table(header + "h1," + id_1 + ",张壹"),
                    month("2024-02"), act_);
    });
    const Answer answer = import_rows(stores(), model_, "people", source, month("2024-02"), act_);
    EXPECT_EQ(answer.replaced, 1);
    EXPECT_THAT(rows("household, since, batch", "people"),
                ElementsAre("h1 24288 " + lake::batches(record_)[1].id, "h1 24289 " + answer.batch,
                            "h2 24288 " + lake::batches(record_)[1].id));
    EXPECT_EQ(guard::revealed(record_, keys_, {"person", key_1(), "full_name"}), "张一");
}

TEST_F(Intake, ReadsCellsAsPeopleWriteThem) {
    register_all();
    const Answer answer = take("employment", "人,月份,务工地,月工资(元),待遇,备注,其他\n" + id_1 +
                                                 ",2024年9月,本县,4000,低保；tekun,,x\n" + key_2() +
                                                 ",202409,out_of_province,4000.50,,无,\n");
    EXPECT_THAT(answer.ignored, ElementsAre("其他"));
    EXPECT_THAT(reasons(answer), IsEmpty());
    EXPECT_THAT(rows("_line, person, month, place, wage, got, note", "employment"),
                ElementsAre("2 " + key_1() + " 24296 in_county 4000.00 3 -",
                            "3 " + key_2() + " 24296 out_of_province 4000.50 - 无"));
    EXPECT_EQ(answer.month, "2024-09");
    EXPECT_EQ(answer.division, "410101001");
}

TEST_F(Intake, CountsEachReasonAndEachRowOnce) {
    register_all();
    const Answer answer =
        take("employment", "人,月份,务工地,月工资(元)\n" + id_1 + ",2024-09,省外,1\n" + id_1 +
                               ",2024-09,省外,2\n" + id_2 + ",2024-13,火星,-5\n" + id_2 +
                               ",2024-09,县内,\n" + "nobody,2024-09,省外,1.234\n" + id_2 +
                               ",2024-09,,1\n" + id_2.substr(0, 17) +
                               "Z,2024-09,省外,200000\n#4.10101199001010e17,2024-09,省外,1\n");
    EXPECT_EQ(answer.rows, 8);
    EXPECT_EQ(answer.accepted, 1);
    EXPECT_THAT(
        reasons(answer),
        ElementsAre("check  1 @5", "code place 1 @4", "duplicate  1 @3", "id_number person 2 @8",
                    "max wage 1 @8", "min wage 1 @4", "month month 1 @4", "reference person 1 @6",
                    "required place 1 @7", "scale wage 1 @6"));
}

TEST_F(Intake, FindsTheHeaderBelowTitleRowsWhateverItsBracketsAndLines) {
    register_all();
    const Answer answer = take(
        "employment",
        "务工台账,,,\n填报单位：某村,,,\n 人 ,务工地点*,月工资（元）,说明\n" + id_1 + ",省外,x,\n",
        month("2024-09"));
    EXPECT_THAT(reasons(answer), ElementsAre("type wage 1 @4"));
}

TEST_F(Intake, SaysWhichColumnIsMissingAndTakesNothing) {
    register_all();
    try {
        take("employment", "人,备注\n" + id_1 + ",x", month("2024-09"));
        FAIL() << "taken";
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.exit_status(), 2);
        EXPECT_THAT(failure.what(), HasSubstr("the file has no column 'place' (务工地点)"));
    }
    try {
        take("employment", "人,务工地\n" + id_1 + ",省外");
        FAIL() << "taken";
    } catch (const base::Failure& failure) {
        EXPECT_THAT(failure.what(), HasSubstr("say the month with --month"));
    }
    EXPECT_THAT(rows("1", "employment"), IsEmpty());
}

TEST_F(Intake, AnswersTheSameBytesAgainWithoutWriting) {
    register_all();
    const std::string file = "人,月份,务工地\n" + id_1 + ",2024-09,省外";
    const Answer first = take("employment", file);
    const Answer second = take("employment", file);
    EXPECT_TRUE(second.duplicate);
    EXPECT_EQ(second.batch, first.batch);
    EXPECT_EQ(second.accepted, 1);
    withdraw(stores(), first.batch, act_);
    EXPECT_THAT(rows("1", "employment"), IsEmpty());
    const Answer third = take("employment", file);
    EXPECT_FALSE(third.duplicate);
    EXPECT_NE(third.batch, first.batch);
}

TEST_F(Intake, HoldsTheWholeFileWhenStrict) {
    register_all();
    ImportOptions options;
    options.strict = true;
    const Answer answer =
        take("employment", "人,月份,务工地\n" + id_1 + ",2024-09,省外\n" + id_2 + ",2024-09,火星",
             options);
    EXPECT_TRUE(answer.held_whole);
    EXPECT_EQ(answer.accepted, 0);
    EXPECT_THAT(reasons(answer), ElementsAre("code place 1 @3", "held  1 @2"));
    EXPECT_THAT(rows("1", "employment"), IsEmpty());
    EXPECT_EQ(lake::delivered(lake::take(record_, folder_ / "lake")).size(), 2u);
}

TEST_F(Intake, TakesAFileThatWasHeldWholeOnceItNeedNotBeFaultless) {
    register_all();
    const std::string file = "人,月份,务工地\n" + id_1 + ",2024-09,省外\n" + id_2 + ",2024-09,火星";
    ImportOptions strict;
    strict.strict = true;
    const Answer held = take("employment", file, strict);
    EXPECT_TRUE(take("employment", file, strict).held_whole);
    const Answer taken = take("employment", file);
    EXPECT_FALSE(taken.duplicate);
    EXPECT_EQ(taken.accepted, 1);
    EXPECT_EQ(take("employment", file, strict).batch, taken.batch);
    EXPECT_NE(taken.batch, held.batch);
}

TEST_F(Intake, CountsEveryFaultOfARow) {
    register_all();
    const Answer answer =
        take("employment", "人,月份,务工地,月工资,待遇\n" + id_1 + ",2024-09,县内,,无\n" + id_1 +
                               ",2024-09,省外,1,\n" + id_1 + ",2024-09,火星,1,\n");
    EXPECT_EQ(answer.accepted, 1);
    EXPECT_EQ(answer.quarantined, 2);
    // The check that reads the place is not judged where the place could not be read.
    EXPECT_THAT(reasons(answer),
                ElementsAre("check  1 @2", "code got 1 @2", "code place 1 @4", "duplicate  1 @4"));
}

TEST_F(Intake, FillsWhatTheMappingSets) {
    register_all();
    std::ofstream(folder_ / "map.toml")
        << "[set]\nmonth = \"2024-09\"\nplace = \"省外\"\nwage = 100\n";
    ImportOptions options;
    options.mapping = folder_ / "map.toml";
    const Answer answer =
        take("employment", "人,wage\n" + id_1 + ",4000\n" + id_2 + ",\n", options);
    EXPECT_THAT(reasons(answer), IsEmpty());
    EXPECT_EQ(answer.month, "2024-09");
    EXPECT_THAT(rows("_line, place, wage", "employment"),
                ElementsAre("2 out_of_province 4000.00", "3 out_of_province 100.00"));
}

TEST_F(Intake, TakesHeldRowsWhenTheirRegistryHasCome) {
    const std::string file = "人,月份,务工地\n" + id_1 + ",2024-09,省外\n" + id_2 + ",2024-09,火星";
    const Answer first = take("employment", file, of_village_a("2024-09"));
    EXPECT_EQ(first.accepted, 0);
    EXPECT_EQ(retry(stores(), model_, first.batch, act_).accepted, 0);
    register_all();
    const Answer second = retry(stores(), model_, first.batch, act_);
    EXPECT_EQ(second.rows, 2);
    EXPECT_EQ(second.accepted, 1);
    EXPECT_THAT(reasons(second), ElementsAre("code place 1 @3"));
    EXPECT_THAT(rows("person, _line", "employment"), ElementsAre(key_1() + " 2"));
    EXPECT_THROW(retry(stores(), model_, first.batch, act_), base::Failure);
}

TEST_F(Intake, HoldsWhoIsInForceElsewhere) {
    register_all();
    const Answer moved = take("people", "户编号,身份证号\nh2," + id_1, month("2024-06"));
    EXPECT_THAT(reasons(moved), ElementsAre("claimed household 1 @2"));
    const Answer ended = take("people", "户编号,身份证号,起始,终止\nh1," + id_1 +
                                            ",2024-01,2024-05\nh2," + id_1 + ",2024-06,");
    EXPECT_THAT(reasons(ended), IsEmpty());
    EXPECT_THAT(rows("household, since, ended", "people"),
                ElementsAre("h1 24288 24292", "h2 24288 -", "h2 24293 -"));
}

TEST_F(Intake, HoldsWhoWasInForceElsewhereThen) {
    register_all();
    take("people", "户编号,身份证号\nh1," + id_1, month("2024-09"));
    const Answer before = take("people", "户编号,身份证号\nh2," + id_1, month("2024-06"));
    EXPECT_THAT(reasons(before), ElementsAre("claimed household 1 @2"));
    const Answer earlier = take("people", "户编号,身份证号\nh2," + id_1, month("2023-06"));
    EXPECT_THAT(reasons(earlier), IsEmpty());
    const Answer again =
        take("people", "户编号,身份证号,起始\nh2," + id_1 + ",2023-06\nh1," + id_1 + ",2024-01");
    EXPECT_THAT(reasons(again), IsEmpty());
}

TEST_F(Intake, ReplacesNothingByAListOfWhichNoRowIsSound) {
    register_all();
    const ImportOptions village{.month = base::parse_month("2024-09"),
                                .division = village_a,
                                .strict = false,
                                .mapping = {}};
    ImportOptions strict = village;
    strict.strict = true;
    take("dibao", "户,金额\nh1,300", village);
    EXPECT_EQ(take("dibao", "户,金额\nh1,三百", village).replaced, 0);
    EXPECT_EQ(take("dibao", "户,金额\nh1,310\nh2,310", strict).replaced, 0);
    const Answer unknown = take("dibao", "户,金额\nh9,310", village);
    EXPECT_THAT(rows("household, amount", "dibao"), ElementsAre("h1 300.00"));
    take("households", std::string("户,行政区划\nh9,") + village_a, month("2024-01"));
    EXPECT_EQ(retry(stores(), model_, unknown.batch, act_).replaced, 1);
    EXPECT_THAT(rows("household, amount", "dibao"), ElementsAre("h9 310.00"));
    const Answer older = take("dibao", "户,金额\nh9,320\nh8,320", village);
    take("dibao", "户,金额\nh9,330", village);
    EXPECT_THROW(retry(stores(), model_, older.batch, act_), base::Failure);
}

TEST_F(Intake, TakesAWholeListAndHoldsWhatIsNotOfIt) {
    register_all();
    const Answer first = take("dibao", "户,月份,金额\nh1,2024-09,300\nh2,2024-09,300",
                              {.month = base::parse_month("2024-09"),
                               .division = "410101001",
                               .strict = false,
                               .mapping = {}});
    EXPECT_EQ(first.accepted, 2);
    const Answer second =
        take("dibao", "户,月份,金额\nh1,2024-09,310\nh2,2024-09,310\nh1,2024-10,1",
             {.month = base::parse_month("2024-09"),
              .division = village_a,
              .strict = false,
              .mapping = {}});
    EXPECT_THAT(reasons(second), ElementsAre("division household 1 @3", "month month 1 @4"));
    EXPECT_EQ(second.replaced, 1);
    EXPECT_THAT(rows("household, month, amount", "dibao"),
                ElementsAre("h1 24296 310.00", "h2 24296 300.00"));
    const Answer none =
        import_empty(stores(), model_, "dibao", base::Month::of(2024, 9), village_a, {}, act_);
    EXPECT_EQ(none.replaced, 1);
    EXPECT_THAT(rows("household", "dibao"), ElementsAre("h2"));
    EXPECT_TRUE(
        import_empty(stores(), model_, "dibao", base::Month::of(2024, 9), village_a, {}, act_)
            .duplicate);
}

TEST_F(Intake, WarnsAndMasks) {
    register_all();
    const Answer answer = take("employment", "人,月份,务工地,月工资(元),备注\n" + id_1 +
                                                 ",2024-09,县内,60000,见" + id_2 + "处");
    EXPECT_EQ(answer.accepted, 1);
    EXPECT_EQ(answer.warned, 1);
    ASSERT_EQ(answer.warnings.size(), 2u);
    EXPECT_THAT(answer.warnings[0].say, HasSubstr("县内月工资60000.00元偏高"));
    EXPECT_THAT(rows("note", "employment")[0], Not(HasSubstr(id_2)));
}

TEST_F(Intake, KeepsHeldRowsSealedWithTheirReasons) {
    register_all();
    const Answer answer = take("employment", "人,月份,务工地\n" + id_1 + ",2024-09,火星");
    std::vector<HeldRow> held;
    each_held(
        record_, keys_, answer.batch, [](const HeldFile&) {},
        [&](const HeldRow& row) { held.push_back(row); });
    ASSERT_EQ(held.size(), 1u);
    EXPECT_EQ(held[0].raw.line, 2);
    EXPECT_EQ(held[0].raw.cells[0].text, id_1);
    EXPECT_EQ(held[0].reasons[0].code, "code");
    EXPECT_THAT(held[0].reasons[0].say, HasSubstr("务工地点"));
}

TEST_F(Intake, GivesHeldRowsBackWithTheirReasons) {
    register_all();
    const Answer answer = take("employment", "人,月份,务工地\n" + id_1 + ",2024-09,火星");
    EXPECT_EQ(export_held(stores(), model_, answer.batch, folder_ / "held.csv", act_), 1);
    EXPECT_EQ(base::read_file(folder_ / "held.csv"),
              "人,月份,务工地,原行号,未接收的原因,原批次\n" + id_1 +
                  ",2024-09,火星,2,务工地点：不是这一栏的选项，请从选项中选," + answer.batch +
                  "\n");
    EXPECT_EQ(export_held(stores(), model_, answer.batch, folder_ / "held.xlsx", act_), 1);
    EXPECT_THROW(export_held(stores(), model_, "none", folder_ / "x.csv", act_), base::Failure);
}

/// Lines of a batch that are open.
using Lines = std::set<std::int64_t>;

TEST_F(Intake, AddsMendedRowsToTheListThatHeldThem) {
    register_all();
    take("households", std::string("户,行政区划\nh3,") + village_a, month("2024-01"));
    const Answer list = take("dibao", "户,金额\nh1,400\nh2,四百\nh3,500", month("2024-09"));
    export_held(stores(), model_, list.batch, folder_ / "held.csv", act_);
    std::string text = base::read_file(folder_ / "held.csv");
    text.replace(text.find("四百"), std::string("四百").size(), "400");
    base::write_file_whole(folder_ / "mended.csv", text);
    const Answer mended = import_file(stores(), model_, "dibao", folder_ / "mended.csv", {}, act_);
    EXPECT_EQ(mended.added_to, list.batch);
    EXPECT_EQ(mended.replaced, 0);
    EXPECT_EQ(mended.month, "2024-09");
    EXPECT_THAT(mended.ignored, IsEmpty());
    EXPECT_THAT(rows("household, amount", "dibao"),
                ElementsAre("h1 400.00", "h2 400.00", "h3 500.00"));
    EXPECT_THAT(open_lines(record_, keys_, list.batch), IsEmpty());
    const Answer again = import_file(stores(), model_, "dibao", folder_ / "mended.csv", {}, act_);
    EXPECT_TRUE(again.duplicate);
    // Taken back, its row is held again.
    withdraw(stores(), mended.batch, act_);
    EXPECT_EQ(open_lines(record_, keys_, list.batch), Lines{3});
}

TEST_F(Intake, HoldsOnWhatIsNotGivenBack) {
    register_all();
    const Answer list = take("dibao", "户,金额\nh1,四百\nh2,五百", month("2024-09"));
    const auto mended = table("户,金额,原行号,未接收的原因,原批次\nh1,400,2,," + list.batch);
    const Answer first = import_rows(stores(), model_, "dibao", *mended, {}, act_);
    EXPECT_EQ(first.accepted, 1);
    EXPECT_EQ(open_lines(record_, keys_, list.batch), Lines{3});
    const auto other = table("户,金额,原行号,未接收的原因,原批次\nh1,401,2,," + list.batch);
    EXPECT_THROW(import_rows(stores(), model_, "dibao", *other, {}, act_), base::Failure)
        << "what was taken is held no more";
    const auto elsewhere =
        table("人,务工地,原行号,未接收的原因,原批次\n" + id_1 + ",省外,2,," + list.batch);
    EXPECT_THROW(import_rows(stores(), model_, "employment", *elsewhere, {}, act_), base::Failure);
    const auto of_nobody = table("户,金额,原行号,未接收的原因,原批次\nh1,400,2,,0123456789abcdef");
    EXPECT_THROW(import_rows(stores(), model_, "dibao", *of_nobody, {}, act_), base::Failure);
}

TEST_F(Intake, SettlesHeldRowsWhoseKeyComesLater) {
    register_all();
    const Answer held = take("employment",
                             "人,月份,务工地\n" + id_1 + ",2024-09,火星\n" + id_2 +
                                 ",2024-09,火星\n" + id_1 + ",2024-08,火星",
                             month("2024-09"));
    EXPECT_EQ(open_lines(record_, keys_, held.batch), (Lines{2, 3, 4}));
    const Answer later = take("employment", "人,月份,务工地\n" + id_1 + ",2024-09,省外");
    EXPECT_EQ(open_lines(record_, keys_, held.batch), (Lines{3, 4}));
    EXPECT_THAT(settled_lines(record_, held.batch), ElementsAre(std::pair(2, later.batch)));
    withdraw(stores(), later.batch, act_);
    EXPECT_EQ(open_lines(record_, keys_, held.batch), (Lines{2, 3, 4}));
    withdraw(stores(), held.batch, act_);
    EXPECT_THAT(open_lines(record_, keys_, held.batch), IsEmpty());
}

TEST_F(Intake, TakesAWholeListOfSpansAfterOneOfWhichRowsWereHeld) {
    register_all();
    const Answer held = take("posts", "人\n" + id_1 + "\np9", of_village_a("2024-01"));
    EXPECT_THAT(reasons(held), ElementsAre("reference person 1 @3"));
    const Answer later = take("posts", "人\n" + id_1, of_village_a("2024-03"));
    EXPECT_EQ(later.accepted, 1);
    EXPECT_EQ(open_lines(record_, keys_, held.batch), (Lines{3}));
    EXPECT_THAT(rows("since, ended", "posts"), ElementsAre("24288 -"));
}

TEST_F(Intake, SettlesRowsHeldForARegistryThatCameLater) {
    const Answer held = take("employment", "人,务工地\n" + id_1 + ",省外", of_village_a("2024-09"));
    EXPECT_THAT(reasons(held), ElementsAre("reference person 1 @2"));
    take("households", std::string("户,行政区划\nh1,") + village_a, month("2024-01"));
    take("people", "人,户编号,身份证号\np1,h1," + id_1, month("2024-01"));
    take("employment", "人,月份,务工地\np1,2024-09,省外");
    EXPECT_THAT(open_lines(record_, keys_, held.batch), IsEmpty());
}

TEST_F(Intake, HoldsAnIdNumberUnderASecondKey) {
    take("households", std::string("户,行政区划\nh1,") + village_a + "\nh2," + village_b,
         month("2024-01"));
    const Answer one =
        take("people", "人,户编号,身份证号\nq1,h1," + id_1 + "\nq2,h2," + id_1 + "\nq3,h2," + id_2,
             month("2024-01"));
    EXPECT_THAT(reasons(one), ElementsAre("claimed id 1 @3"));
    const Answer across = take("people", "人,户编号,身份证号\nq9,h1," + id_1, month("2024-05"));
    EXPECT_THAT(reasons(across), ElementsAre("claimed id 1 @2"));
    // The number of somebody who has ended, or was given another since, is free.
    take("people", "人,户编号,身份证号,起始,终止\nq1,h1," + id_1 + ",2024-01,2024-04");
    EXPECT_THAT(reasons(take("people", "人,户编号,身份证号\nq9,h1," + id_1, month("2024-06"))),
                IsEmpty());
    EXPECT_THAT(rows("person, since", "people"), ElementsAre("q1 24288", "q3 24288", "q9 24293"));
}

TEST_F(Intake, HoldsRowsOfATemplateThatNobodyFilledIn) {
    register_all();
    EXPECT_THAT(reasons(take("dibao", "户*,金额\nh1,\nh2,5", month("2024-09"))),
                ElementsAre("empty  1 @2"));
    EXPECT_THAT(reasons(take("dibao", "户,金额\nh1,\nh2,5", month("2024-10"))), IsEmpty())
        << "a list that somebody wrote";
    EXPECT_THAT(reasons(take("dibao", "户*,金额\nh1,x", month("2024-08"))),
                ElementsAre("type amount 1 @2"));
}

}  // namespace
}  // namespace zs::intake
