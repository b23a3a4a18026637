#include "intake/reason.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "base/file.h"
#include "intake/cell.h"
#include "intake/intake_for_tests.h"
#include "intake/quarantine.h"

namespace zs::intake {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

constexpr const char* english_toml = R"(
language = 1
name = "small"
title = "Small"
locale = "en"
months = "2023-01..2025-12"
year_ends = 9
levels = ["province", "city", "county", "town", "village"]
)";

constexpr const char* english_pack = R"pack(
```codelist kind
title = "Kind"
[codes]
a = "first"
b = "second"
```

```ledger households
title = "Households"
grain = "household"
period = "span"
[fields]
note = { type = "text", title = "Note" }
```

```grain household
title = "Household"
ledger = "households"
```

```ledger people
title = "People"
grain = "person"
period = "span"
[fields]
household = { type = "key:household", title = "House", required = true }
id = { type = "id_number", title = "ID" }
phone = { type = "phone", title = "Phone" }
```

```grain person
title = "Person"
ledger = "people"
parent = "household"
```

```ledger facts
title = "Facts"
grain = "person"
period = "month"
[fields]
kind = { type = "code:kind", title = "Kind", required = true }
kinds = { type = "codes:kind" }
day = { type = "date", title = "Day" }
start = { type = "month" }
term = { type = "term" }
good = { type = "bool" }
count = { type = "int" }
amount = { type = "money", title = "Amount", min = 0, max = 100 }
large = { type = "money" }
built = { type = "year" }
org = { type = "org_code" }
note = { type = "text", title = "Note" }
[[checks]]
that = "amount < 90"
say = "Amount {amount} is high"
level = "reject"
```

```ledger list
title = "List"
grain = "household"
period = "month"
batch = "whole"
[fields]
amount = { type = "money", title = "Amount" }
```
)pack";

/// A home whose pack says `locale = "en"`.
class EnglishReasons : public ::testing::Test, protected SmallHome {
protected:
    EnglishReasons() : SmallHome(english_toml, english_pack) {}

    void register_english() {
        take("households", std::string("household,division\nh1,") + village_a + "\nh2," + village_b,
             month("2024-01"));
        take("people", "household,id\nh1," + id_1 + "\nh2," + id_2, month("2024-01"));
    }
    Answer take_csv(const std::string& ledger, const std::string& text,
                    const ImportOptions& options = {}) {
        base::write_file_whole(folder_ / "rows.csv", text);
        return import_file(stores(), model_, ledger, folder_ / "rows.csv", options, act_);
    }
    /// `line code: sentence` of each reason of each row that is held, in their order.
    std::vector<std::string> held(const Answer& answer) {
        std::vector<std::string> lines;
        each_held(
            record_, keys_, answer.batch, [](const HeldFile&) {},
            [&](const HeldRow& row) {
                for (const Reason& reason : row.reasons)
                    lines.push_back(std::to_string(row.raw.line % lake::lines_a_sheet) + " " +
                                    reason.code + ": " + reason.say);
            });
        return lines;
    }
    /// `code: sentence` of what is wrong with one cell.
    std::string said(const std::string& ledger, const std::string& field, const std::string& text,
                     sheet::Cell::Kind kind = sheet::Cell::Kind::text) {
        const plan::Ledger& of = *model_.ledger(ledger);
        const std::unordered_set<std::string> divisions{"41"};
        const CellResult result =
            CellReader(*of.field(field), {model_, of, keys_, divisions, {}, {}, 0})
                .read({kind, text});
        return result.reason ? result.reason->code + ": " + result.reason->say : "nothing";
    }
    std::string said(const std::string& field, const std::string& text,
                     sheet::Cell::Kind kind = sheet::Cell::Kind::text) {
        return said("facts", field, text, kind);
    }
};

TEST_F(EnglishReasons, SayWhatIsWrongWithACell) {
    using Kind = sheet::Cell::Kind;
    EXPECT_EQ(said("kind", "x"),
              "code: Kind: not one of this column's choices; choose one of them");
    EXPECT_EQ(
        said("kinds", "a;x"),
        "code: kinds: holds something that is not one of this column's choices; choose from them");
    EXPECT_EQ(said("day", "soon"), "date: Day: must be a date, such as 2024-09-01");
    EXPECT_EQ(said("start", "soon"), "month: start: must be a month, such as 2024-09");
    EXPECT_EQ(said("start", "2024.1", Kind::number),
              "month: start: the month is stored as a number; write it as 2024-09");
    EXPECT_EQ(said("term", "soon"),
              "type: term: must be a school term, such as 2024s (spring) or 2024a (autumn)");
    EXPECT_EQ(said("good", "x"), "type: good: must be yes or no");
    EXPECT_EQ(said("count", "x"), "type: count: must be a number; check the unit and stray text");
    EXPECT_EQ(said("count", "1.5"), "scale: count: must be a whole number");
    EXPECT_EQ(said("amount", "1.234"), "scale: Amount: too many decimals; 2 at most");
    EXPECT_EQ(said("large", "99999999999999999999"),
              "type: large: the number is too large; check it");
    EXPECT_EQ(said("built", "24"), "type: built: must be a year of four digits, such as 2024");
    EXPECT_EQ(said("amount", "-1"), "min: Amount: less than 0; check the unit");
    EXPECT_EQ(said("amount", "101"), "max: Amount: more than 100; check the unit");
    EXPECT_EQ(said("org", "x"), "type: org: not a correct unified social credit code");
    EXPECT_EQ(said("note", "#REF!"),
              "type: Note: the cell is an Excel error value; correct its formula");
    EXPECT_EQ(said("note", "=", Kind::error),
              "type: Note: the cell's formula has no computed value; open the file in Excel, save "
              "it and send it again");
    EXPECT_EQ(said("note", std::string("a\0b", 3)),
              "type: Note: contains a NUL character; export the file again");
    EXPECT_EQ(said("people", "phone", "x"), "type: Phone: must be a number, digits only");
    EXPECT_EQ(said("households", "division", "99"),
              "division: division: no division has this code");
    EXPECT_EQ(said("households", "division", "4.1E+20", Kind::number),
              "division: division: Excel turned the code into scientific notation and lost its "
              "last digits; format the column as text and enter it again");
}

TEST_F(EnglishReasons, SayWhatIsWrongWithAKey) {
    using Kind = sheet::Cell::Kind;
    const std::string again = "format the column as text and enter it again";
    EXPECT_EQ(said("people", "household", "1月2日"),
              "key: House: the key was turned into a date; " + again);
    EXPECT_EQ(said("people", "household", "true", Kind::boolean),
              "key: House: the key was turned into true or false; " + again);
    EXPECT_EQ(
        said("people", "household", "4.11E+11", Kind::number),
        "key: House: Excel turned the number into scientific notation and lost its last digits; " +
            again);
    EXPECT_EQ(said("people", "household", "a\tb"),
              "key: House: the key contains line breaks, unusual spaces or other invisible "
              "characters; enter it again");
    EXPECT_EQ(said("people", "id", "123"),
              "id_number: ID: an ID number has 18 digits and this has 3; check the number");
    EXPECT_EQ(said("people", "id", "x"),
              "id_number: ID: not a correct ID number of 18 digits; check the number");
    EXPECT_EQ(said("people", "id", "110105491231002"),
              "id_number: ID: this is an old ID number of 15 digits; enter the one of 18 digits");
    std::string wrong = id_1;
    wrong.back() = wrong.back() == '1' ? '2' : '1';
    EXPECT_EQ(
        said("people", "id", wrong),
        "id_number: ID: the birth date or check digit of the ID number is wrong; check the number");
    EXPECT_EQ(said("facts", "person", wrong),
              "id_number: Person: the check digit of the ID number is wrong; check the number");
    EXPECT_EQ(said("people", "id", id_1 + "11"),
              "id_number: ID: this is the number of a disability certificate (an ID number, then "
              "kind and degree); enter the ID number, its first 18 digits");
}

TEST_F(EnglishReasons, SayWhatIsWrongWithARow) {
    register_english();
    const Answer facts =
        take_csv("facts", "person,month,kind,amount\n" + id_1 + ",2024-09,,1\n" + id_1 +
                              ",2024-09,a,95\n" + id_1 + ",2024-09,a,1\n" + id_1 +
                              ",2024-09,a,2\n" + id_2 + ",2024-09,a\n" + id_2 + ",2024-09,a,1,1\n" +
                              "nobody,2024-09,a,1\n合计,,,4\n" + id_2 + ",2024-09,\"a\"b,1\n");
    EXPECT_THAT(
        held(facts),
        UnorderedElementsAre(
            "2 required: Kind: must be filled in", "3 check: Amount 95.00 is high",
            "5 duplicate: same key as line 4 of this file",
            "6 columns: fewer cells than the header: 1 missing; add them",
            "7 columns: more cells than the header: 1 too many; check commas and quotes",
            "8 reference: Person: not registered; can be tried again once the register has come",
            "9 footer: the row is a total, a signature or a repeated header, not data",
            "10 columns: the quotes do not pair, so the cells of the line cannot be told apart; "
            "correct the quotes"));
    EXPECT_THAT(held(take("facts", "person,month,kind\n" + id_1 + ",2024-09,a,x")),
                ElementsAre("2 columns: the row has more cells than the header"));
    EXPECT_THAT(held(take("households", std::string("household,division,since,ended\nh3,") +
                                            village_a + ",2024-05,2024-01\nh4,,2024-01,")),
                ElementsAre("2 month: the end is before the start",
                            "3 required: division: must be filled in"));
    EXPECT_THAT(held(take("list", "Household*,amount\nh1,\nh2,5", month("2024-07"))),
                ElementsAre("2 empty: nothing but the key and the period is filled in"));
    const Answer masked =
        take("households", std::string("household,division,note\nh5,") + village_a + ",of " + id_1,
             month("2024-01"));
    ASSERT_EQ(masked.warnings.size(), 1u);
    EXPECT_EQ(masked.warnings[0].say, "Note: contained an ID number, which was masked");
}

TEST_F(EnglishReasons, SayWhatIsWrongBesideOtherRows) {
    register_english();
    EXPECT_THAT(held(take("people", "person,household,id\nq1,h2," + id_1, month("2024-02"))),
                ElementsAre("2 claimed: the same ID number is registered under another key, with "
                            "no end; decide by hand"));
    EXPECT_THAT(held(take("people", "household,id\nh2," + id_1, month("2024-02"))),
                ElementsAre("2 claimed: this person (household) is still registered in another "
                            "place, with no end; decide by hand"));
    ImportOptions options = month("2024-09");
    options.division = village_a;
    EXPECT_THAT(
        held(take("list", "household,month,amount\nh1,2024-09,1\nh1,2024-08,1\nh2,2024-09,1",
                  options)),
        ElementsAre("3 month: this list is the whole of one period, and the row belongs to "
                    "another",
                    "4 division: this list is the whole of one place, and the row belongs "
                    "to another"));
    options = month("2024-10");
    options.strict = true;
    EXPECT_THAT(
        held(take("list", "household,amount\nh1,1\nh2,x", options)),
        ElementsAre("2 held: other rows of the file are faulty and, as asked, none of it was taken",
                    "3 type: Amount: must be a number; check the unit and stray text"));
}

TEST_F(EnglishReasons, SayInWhichSheetTheSameKeyStands) {
    register_english();
    {
        int sheets = 0;
        sheet::Workbook book(folder_ / "sheets.xlsx");
        for (const char* household : {"h1", "h2", "h2"}) {
            book.add_sheet("S" + std::to_string(++sheets));
            book.add_row({"household", "amount"}, true);
            book.add_row({household, "1"});
        }
        book.close();
    }
    const Answer answer =
        import_file(stores(), model_, "list", folder_ / "sheets.xlsx", month("2024-10"), act_);
    EXPECT_THAT(held(answer),
                ElementsAre("2 duplicate: same key as line 2 of sheet 2 of this file"));
}

TEST_F(EnglishReasons, SayWhatIsWrongWithKeysBesideRegisteredOnes) {
    const std::string place = std::string(",") + village_a + "\n";
    take("households", "household,division\n0017" + place + "18" + place + "a b" + place,
         month("2024-01"));
    EXPECT_THAT(held(take("list", "household,amount\n17,1\n018,1\nab,1", of_village_a("2024-09"))),
                ElementsAre("2 key: Household: leading zeros are lost (another key differs from it "
                            "only in them); format the column as text and enter it again",
                            "3 key: Household: a registered key differs from it only in leading "
                            "zeros; check whether they are the same",
                            "4 key: Household: a registered key differs from it only in spaces; "
                            "write it as it is registered"));
    const Answer floats = take("households", "household,division\n21.0" + place, month("2024-01"));
    ASSERT_EQ(floats.warnings.size(), 1u);
    EXPECT_EQ(floats.warnings[0].say, "Household: the '.0' after the key was taken off; check it");
}

TEST_F(EnglishReasons, SayWhichPlaceIsNotFoundByItsName) {
    record::Transaction transaction(record_);
    lake::take_divisions(
        record_, {{"410101001003", "Mill", "", {}, {}}, {"410101001004", "Mill", "", {}, {}}});
    transaction.commit();
    base::write_file_whole(folder_ / "map.toml", "[lookup]\ndivision = [\"village\"]\n");
    ImportOptions options = month("2024-01");
    options.mapping = folder_ / "map.toml";
    EXPECT_THAT(
        held(take("households", std::string("household,village\nh1,Mill\nh2,Moon\nh3,") + village_a,
                  options)),
        ElementsAre(
            "2 division: division: several places have this name; enter the division's code",
            "3 division: division: no place has this name; check the names of "
            "province, city, county, town and village"));
}

TEST_F(EnglishReasons, SayWhatIsWrongWithAGivenFigure) {
    plan::Indicator income;
    income.name = "income";
    income.given = true;
    income.period = plan::Period::calendar_year;
    model_.indicators.push_back(income);
    const Answer answer = take_csv("figures",
                                   "indicator,division,label,value\nincome,41,2023,1\n"
                                   "income,41,2023,2\nincome,99,2023,1\nother,41,2023,1\n"
                                   "income,41,soon,1\nincome,41,2022,x\n"
                                   "income,41,2021,0.1234567\nincome,41,2020,\n");
    EXPECT_THAT(
        held(answer),
        ElementsAre("3 duplicate: same indicator, place and period as line 2 of this file",
                    "4 division: no division has this code",
                    "5 reference: no indicator that is given from outside has this name",
                    "6 type: the period is not written correctly: a month as 2024-09, a year "
                    "as 2024, a term as 2024s",
                    "7 type: must be a number", "8 scale: too many decimals; 6 at most",
                    "9 required: must be filled in"));
}

TEST_F(EnglishReasons, AreHandedBackUnderEnglishColumnsThatAreKnownAgain) {
    register_english();
    const Answer list = take("list", "household,amount\nh1,1\nh2,x\nh9,1", month("2024-09"));
    export_held(stores(), model_, list.batch, folder_ / "held.csv", act_);
    EXPECT_THAT(base::read_file(folder_ / "held.csv"),
                StartsWith("household,amount,original line,why it was not taken,original batch\n"
                           "h2,x,3,"));
    base::write_file_whole(
        folder_ / "mended.csv",
        "household,amount,original line,why it was not taken,original batch\nh2,5,3,," +
            list.batch + "\n");
    const Answer mended = import_file(stores(), model_, "list", folder_ / "mended.csv", {}, act_);
    EXPECT_EQ(mended.added_to, list.batch);
    EXPECT_EQ(mended.replaced, 0);
    EXPECT_THAT(mended.ignored, ElementsAre());
}

}  // namespace
}  // namespace zs::intake
