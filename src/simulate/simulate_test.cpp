#include "simulate/simulate.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/digest.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/identity.h"
#include "base/temporary_folder_for_tests.h"
#include "base/text.h"
#include "simulate/desk.h"
#include "simulate/dice.h"
#include "simulate/divisions.h"
#include "simulate/identity.h"

namespace zs::simulate {
namespace {

using base::Month;
namespace fs = std::filesystem;

const fs::path divisions = fs::path(ZS_SOURCE_DIR) / "plan/henan/divisions.csv";

class Made : public testing::Test {
protected:
    Report make(const std::string& name, std::string division, std::int64_t households,
                std::uint64_t seed = 1) {
        Request request;
        request.divisions = divisions;
        request.division = std::move(division);
        request.households = households;
        request.first = Month::of(2024, 1);
        request.last = Month::of(2024, 12);
        request.seed = seed;
        request.output = place_ / name / "files";
        request.truth = place_ / name / "truth";
        return simulate(request);
    }

    std::vector<std::vector<std::string>> rows(const fs::path& file) const {
        std::vector<std::vector<std::string>> result;
        std::istringstream in(base::read_file(place_ / file));
        for (std::string line; std::getline(in, line);) result.push_back(base::split(line, ','));
        return result;
    }

    /// Digest of each file by its place under `folder`.
    std::map<std::string, std::string> digests(const std::string& folder) const {
        std::map<std::string, std::string> result;
        for (const auto& entry : fs::recursive_directory_iterator(place_ / folder))
            if (entry.is_regular_file())
                result[fs::relative(entry.path(), place_ / folder).string()] =
                    base::sm3_of_file(entry.path());
        return result;
    }

    base::TemporaryFolder place_;
};

TEST(Dice, DependOnNothingButSeedAndMatter) {
    Dice first(1, Matter::work, {411527001001, 3, 202401});
    Dice again(1, Matter::work, {411527001001, 3, 202401});
    Dice other(1, Matter::work, {411527001001, 4, 202401});
    const std::uint64_t thrown = first.next();
    EXPECT_EQ(thrown, again.next());
    EXPECT_NE(thrown, other.next());
}

TEST(Divisions, EveryHouseholdHasAVillageAndEveryVillageAHousehold) {
    std::vector<CountyPlan> counties = counties_within(read_divisions(divisions), "411527");
    apportion(counties, 2000);
    ASSERT_EQ(counties.size(), 1U);
    std::int64_t sum = 0;
    for (const Settlement& settlement : counties[0].settlements) {
        EXPECT_GE(settlement.households, 3);
        sum += settlement.households;
    }
    EXPECT_EQ(sum, 2000);
}

TEST(Divisions, ALiftedCountyHasSomeThirtyThousandHouseholdsAtFullScale) {
    const std::int64_t households =
        full_scale(counties_within(read_divisions(divisions), "411527"));
    EXPECT_THAT(households, testing::AllOf(testing::Ge(25'000), testing::Le(35'000)));
}

TEST(Identities, AreRightAndNeverGivenTwice) {
    Identities identities("411527");
    Dice dice(1, Matter::name, {});
    std::set<std::string> given;
    for (int i = 0; i < 400; ++i) {
        const std::string number =
            identities.id_number(*base::Date::of(1960, 2, 29), i % 2 == 0 ? 'm' : 'f', dice);
        EXPECT_TRUE(base::is_id_number(number));
        EXPECT_EQ(base::sex_of(number), i % 2 == 0 ? 'm' : 'f');
        EXPECT_TRUE(given.insert(number).second);
    }
    for (int i = 0; i < 200; ++i) EXPECT_TRUE(base::is_org_code(org_code("411527", '1', dice)));
}

TEST(Desk, QuotesAndConverts) {
    EXPECT_EQ(csv_cell("甲,\"乙\""), "\"甲,\"\"乙\"\"\"");
    EXPECT_EQ(gb18030("中A"),
              "\xd6\xd0"
              "A");
    EXPECT_EQ(gb18030("𬭎").size(), 4U);
}

TEST_F(Made, SameSeedSameBytesAndAnotherSeedOthers) {
    make("one", "411527103", 60);
    make("two", "411527103", 60);
    make("three", "411527103", 60, 2);
    EXPECT_EQ(digests("one"), digests("two"));
    EXPECT_NE(digests("one"), digests("three"));
}

TEST_F(Made, AVillageIsTheSameWhateverElseIsMade) {
    // Its people do not depend on which villages were made before it.
    make("town", "411527103", 60);
    const auto whole = rows("town/files/2022-02/农业农村局-农户登记-411527.csv");
    const std::string village = whole.back()[0];
    std::vector<std::string> keys;
    std::int64_t count = 0;
    for (const auto& row : whole) count += row[0] == village ? 1 : 0;
    make("village", village, count);
    const auto alone = rows("village/files/2022-02/农业农村局-农户登记-411527.csv");
    std::set<std::vector<std::string>> of_town(whole.begin(), whole.end());
    for (const auto& row : alone) EXPECT_TRUE(of_town.contains(row)) << row[1];
}

TEST_F(Made, RegistersHoldRightNumbersButForTheFewBadRows) {
    const Report report = make("one", "411527", 500);
    std::set<std::string> bad;
    for (const auto& row : rows("one/truth/bad_rows.csv")) bad.insert(row[1] + ":" + row[2]);
    const std::string file = "2022-02/农业农村局-人员登记-411527.csv";
    const auto people = rows("one/files/" + file);
    std::set<std::string> numbers;
    for (std::size_t i = 1; i < people.size(); ++i) {
        if (bad.contains(file + ":" + std::to_string(i + 1))) continue;
        const std::string number = people[i][3].substr(4, 18);
        EXPECT_TRUE(base::is_id_number(number));
        EXPECT_TRUE(numbers.insert(number).second) << "line " << i + 1;
    }
    const double share = static_cast<double>(bad.size()) / static_cast<double>(report.rows);
    EXPECT_THAT(share, testing::AllOf(testing::Ge(0.001), testing::Le(0.005)));
}

TEST_F(Made, AWageOfABadRowIsTwoHundredThousandAndMore) {
    make("one", "411527", 600);
    int wages = 0;
    for (const auto& bad : rows("one/truth/bad_rows.csv")) {
        if (bad[0] != "employment" || bad[3] != "max") continue;
        const auto line = rows("one/files/" + bad[1]).at(std::stoul(bad[2]) - 1);
        EXPECT_GE(std::stod(line.at(4)), 200000) << bad[1] << " line " << bad[2];
        ++wages;
    }
    EXPECT_GT(wages, 5);
}

TEST_F(Made, TheManifestNamesEveryFileOnceAndAMapForIt) {
    make("one", "411527", 300);
    std::set<std::string> named;
    const auto manifest = rows("one/files/manifest.csv");
    for (std::size_t i = 1; i < manifest.size(); ++i) {
        EXPECT_TRUE(fs::exists(place_ / "one/files" / manifest[i][4]));
        if (manifest[i][1].empty()) continue;
        EXPECT_TRUE(fs::exists(place_ / "one/files" / manifest[i][1])) << manifest[i][1];
        EXPECT_TRUE(named.insert(manifest[i][1]).second) << manifest[i][1];
    }
    for (const auto& [file, digest] : digests("one/files"))
        if (file.find('/') != std::string::npos && !file.starts_with("maps/")) {
            EXPECT_TRUE(named.contains(file)) << file;
        }
}

TEST_F(Made, WhoIsSaidToHaveMissedTheTransportSubsidyWasAwayAndNotPaid) {
    make("one", "411527", 800);
    std::map<std::string, std::string> number_of;
    for (const auto& row : rows("one/files/2022-02/农业农村局-人员登记-411527.csv"))
        if (row.size() > 3) number_of[row[1]] = row[3].size() > 22 ? row[3].substr(4, 18) : row[3];
    std::map<std::string, std::set<int>> away;  // months of 2024 out of the province
    std::set<std::string> paid;
    for (const auto& entry : fs::recursive_directory_iterator(place_ / "one/files")) {
        const std::string file = fs::relative(entry.path(), place_).string();
        if (file.find("务工台账") != std::string::npos && file.find("/2024-") != std::string::npos)
            for (const auto& row : rows(file))
                if (row[1] == "省外")
                    away[row[0]].insert(std::stoi(file.substr(file.find("2024-") + 5, 2)));
        if (file.find("一卡通发放") != std::string::npos &&
            file.find("/2024-") != std::string::npos)
            for (const auto& row : rows(file))  // 跨省务工交通补贴, in GB18030
                if (row[1] == gb18030("跨省务工交通补贴") && row[3].starts_with("2024"))
                    paid.insert(row[0].substr(4, 18));
    }
    int missed = 0;
    for (const auto& row : rows("one/truth/missed_benefits.csv")) {
        if (row[1] != "transport" || row[2] != "2024" || row[5] != "unpaid") continue;
        const std::string number = number_of[row[0]];
        if (number.empty()) continue;  // joined later
        ++missed;
        EXPECT_GE(away[number].size(), 3U);
        EXPECT_FALSE(paid.contains(number));
    }
    EXPECT_GT(missed, 5);
}

TEST_F(Made, InventedIncomeIsInTheFilesOfItsVillage) {
    make("one", "411527", 300);
    std::map<std::string, int> ways;
    const auto invented = rows("one/truth/invented_income.csv");
    std::set<std::string> villages;
    for (std::size_t i = 1; i < invented.size(); ++i) {
        EXPECT_TRUE(invented[i][1].starts_with("H" + invented[i][0]));
        villages.insert(invented[i][0]);
    }
    EXPECT_THAT(villages.size(), testing::AllOf(testing::Ge(2U), testing::Le(18U)));
}

TEST_F(Made, StatesNoLineOfIncomeTwiceButTheFaultyOnes) {
    make("one", "411527", 300);
    std::map<std::string, int> twice, faulty;
    for (const auto& row : rows("one/truth/bad_rows.csv"))
        if (row[0] == "income" && row[3] == "duplicate") ++faulty[row[1]];
    for (const auto& [file, digest] : digests("one/files")) {
        if (file.find("收入台账") == std::string::npos) continue;
        std::set<std::vector<std::string>> keys;
        for (const auto& row : rows(fs::path("one/files") / file))
            // household, month, item, member, line
            if (!keys.emplace(row.begin(), row.begin() + 5).second) ++twice[file];
    }
    EXPECT_GT(faulty.size(), 5U);
    EXPECT_EQ(twice, faulty);
}

TEST_F(Made, TiesEachYearAnew) {
    make("one", "411527", 300);
    std::set<std::string> years;
    for (const auto& [file, digest] : digests("one/files")) {
        if (file.find("联农带农") == std::string::npos) continue;
        for (const auto& row : rows(fs::path("one/files") / file))
            if (row.back().starts_with("20")) years.insert(row.back().substr(0, 7));
    }
    EXPECT_THAT(years, testing::ElementsAre("2022-01", "2023-01", "2024-01"));
}

TEST_F(Made, RefusesAFolderThatIsNotEmptyAndAnUnknownDivision) {
    make("one", "411527103", 30);
    try {
        make("one", "411527103", 30);
        FAIL();
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.problem().in(base::Language::english), "the folder is not empty");
    }
    try {
        make("two", "419999", 30);
        FAIL();
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.problem().in(base::Language::english), "no such division");
    }
}

}  // namespace
}  // namespace zs::simulate
