#include "simulate/divisions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "base/division.h"
#include "base/failure.h"
#include "base/file.h"
#include "base/text.h"

namespace zs::simulate {

namespace {

using base::Failure;
using base::Fault;

// The 53 counties lifted from poverty, 38 national and 15 provincial; from memory, for shape only.
constexpr std::array lifted_counties = {
    "410225", "410324", "410325", "410326", "410327", "410328", "410329", "410423", "410422",
    "410526", "410527", "410727", "410725", "410926", "410927", "410928", "411121", "411224",
    "411321", "411326", "411327", "411330", "411324", "411325", "411322", "411421", "411422",
    "411423", "411425", "411424", "411426", "411522", "411523", "411524", "411525", "411527",
    "411526", "411521", "411528", "411624", "411603", "411623", "411625", "411627", "411621",
    "411622", "411722", "411723", "411725", "411729", "411724", "411727", "411726"};

// One CSV line into cells; quotes may hold commas and doubled quotes.
std::vector<std::string> cells_of(std::string_view line) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"')
            cells.back() += line[++i];
        else if (c == '"')
            quoted = !quoted;
        else if (c == ',' && !quoted)
            cells.emplace_back();
        else
            cells.back() += c;
    }
    return cells;
}

bool is_community(const std::string& name) { return name.find("居") != std::string::npos; }

double weight_of(const CountyPlan& county, const Settlement& settlement) {
    const double usual = county.lifted ? 110 : 42;
    return is_community(settlement.village.name) ? usual * 0.2 : usual;
}

}  // namespace

std::vector<Division> read_divisions(const std::filesystem::path& csv) {
    const std::string text = base::read_file(csv);
    std::vector<Division> rows;
    std::size_t code = 0;
    std::size_t name = 0;
    std::size_t parent = 0;
    bool header = true;
    for (const std::string& raw : base::split(text, '\n')) {
        const std::string_view line = base::trim(raw);
        if (line.empty()) continue;
        const std::vector<std::string> cells = cells_of(line);
        if (header) {
            const auto at = [&](std::string_view title) {
                return static_cast<std::size_t>(std::find(cells.begin(), cells.end(), title) -
                                                cells.begin());
            };
            code = at("code");
            name = at("name");
            parent = at("reporting_parent");
            if (code == cells.size() || name == cells.size())
                throw Failure(Fault::input,
                              base::said("没有 code 列和 name 列", "no columns 'code' and 'name'"),
                              csv.string(),
                              base::said("给一个有表头的区划文件",
                                         "give a divisions' file with a header line"));
            header = false;
            continue;
        }
        if (cells.size() > std::max(code, name))
            rows.push_back({cells[code], cells[name], parent < cells.size() ? cells[parent] : ""});
    }
    return rows;
}

std::vector<CountyPlan> counties_within(const std::vector<Division>& divisions,
                                        std::string_view division) {
    std::map<std::string, std::string> names;
    for (const Division& row : divisions) names[row.code] = row.name;
    if (!names.contains(std::string(division)))
        throw Failure(Fault::input, base::said("没有这个区划", "no such division"),
                      std::string(division),
                      base::said("写区划文件里的代码", "give a code of the divisions' file"));

    base::ReportingParents reporting;
    for (const Division& row : divisions)
        if (!row.reporting_parent.empty()) reporting.emplace_back(row.code, row.reporting_parent);
    const std::set<std::string> roots = base::division_roots(std::string(division), reporting);
    std::map<std::string, CountyPlan> counties;
    for (const auto& [code, name] : names) {
        if (code.size() != 12 || !base::lies_under(roots, code)) continue;
        CountyPlan& county = counties[code.substr(0, 6)];
        if (county.settlements.empty()) {
            county.county = {code.substr(0, 6), names[code.substr(0, 6)]};
            county.city = code.substr(0, 4);
            county.lifted = std::find(lifted_counties.begin(), lifted_counties.end(),
                                      county.county.code) != lifted_counties.end();
        }
        county.settlements.push_back(
            {{code, name}, {code.substr(0, 9), names[code.substr(0, 9)]}, 0});
    }
    if (counties.empty())
        throw Failure(Fault::input, base::said("这个区划下没有村", "the division has no villages"),
                      std::string(division),
                      base::said("写区划文件里村以上的区划",
                                 "give a division above the villages of the divisions' file"));
    std::vector<CountyPlan> plans;
    for (auto& [code, county] : counties) plans.push_back(std::move(county));
    return plans;
}

void apportion(std::vector<CountyPlan>& counties, std::int64_t households) {
    struct Share {
        Settlement* settlement;
        double rest;
    };
    double weights = 0;
    std::int64_t villages = 0;
    for (const CountyPlan& county : counties)
        for (const Settlement& settlement : county.settlements) {
            weights += weight_of(county, settlement);
            ++villages;
        }
    // A few for every village first, the rest by weight; what rounding leaves goes to the largest
    // rests.
    const std::int64_t floor =
        std::min<std::int64_t>(3, households / std::max<std::int64_t>(1, villages));
    const auto free = static_cast<double>(households - floor * villages);
    std::vector<Share> shares;
    std::int64_t given = 0;
    for (CountyPlan& county : counties)
        for (Settlement& settlement : county.settlements) {
            const double share = free * weight_of(county, settlement) / weights;
            const auto whole = static_cast<std::int64_t>(share);
            settlement.households = floor + whole;
            given += settlement.households;
            shares.push_back({&settlement, share - static_cast<double>(whole)});
        }
    std::stable_sort(shares.begin(), shares.end(),
                     [](const Share& a, const Share& b) { return a.rest > b.rest; });
    for (std::size_t i = 0; given < households; i = (i + 1) % shares.size(), ++given)
        ++shares[i].settlement->households;
    ZS_INVARIANT(given == households, "every household has a village");
}

std::int64_t full_scale(const std::vector<CountyPlan>& counties) {
    double total = 0;
    for (const CountyPlan& county : counties)
        for (const Settlement& settlement : county.settlements)
            total += weight_of(county, settlement);
    return std::llround(total);
}

}  // namespace zs::simulate
