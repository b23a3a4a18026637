#include "simulate/simulate.h"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>

#include "base/failure.h"
#include "base/file.h"
#include "simulate/course.h"
#include "simulate/desk.h"
#include "simulate/family.h"
#include "simulate/figures.h"
#include "simulate/forms.h"
#include "simulate/office.h"

namespace zs::simulate {

namespace {

using base::Failure;
using base::Fault;
using base::Month;
namespace fs = std::filesystem;

// What is read of the same months a year before, and of last calendar year, must be in the files.
constexpr int history_months = 23;
constexpr int unseen_months = 16;

void claim_folder(const fs::path& folder) {
    std::error_code error;
    if (fs::exists(folder) && !fs::is_empty(folder, error))
        throw Failure(Fault::input, base::said("文件夹不是空的", "the folder is not empty"),
                      folder.string(), base::said("给一个新文件夹", "give a new folder"));
    fs::create_directories(folder, error);
    if (error)
        throw Failure(
            Fault::system,
            base::said("文件夹建不了（{}）", "the folder cannot be made ({})", error.message()),
            folder.string(),
            base::said("检查磁盘空间和文件夹权限",
                       "check the disk's free space and the folder's permissions"));
}

/// The files that grow with each county.
class Pages {
public:
    explicit Pages(const std::optional<fs::path>& folder) : folder_(folder) {
        if (folder_) claim_folder(*folder_);
    }
    void add(const std::string& name, std::string_view header, const std::string& lines) {
        if (!folder_) return;
        const fs::path file = *folder_ / name;
        const bool fresh = !fs::exists(file);
        std::ofstream out(file, std::ios::binary | std::ios::app);
        if (fresh) out << header << '\n';
        out << lines;
        if (!out.flush())
            throw Failure(Fault::system, base::said("写不进去", "cannot write"), file.string(),
                          base::said("检查磁盘空间", "see that the disk has room"));
    }

private:
    std::optional<fs::path> folder_;
};

std::vector<Division> towns_of(const CountyPlan& county) {
    std::vector<Division> towns;
    for (const Settlement& settlement : county.settlements)
        if (towns.empty() || towns.back().code != settlement.town.code)
            towns.push_back(settlement.town);
    return towns;
}

// Villages stand in the order of their codes: the village's town is the last or a new one.
void settle(Scene& scene, const Settlement& settlement, std::size_t town, Report& report) {
    Village village = make_village(scene.setting, scene.county, settlement);
    village.town = town;
    scene.village = &village;
    for (std::int64_t i = 1; i <= settlement.households; ++i)
        village.households.push_back(make_household(
            scene.setting, scene.county, village, static_cast<std::uint64_t>(i), scene.identities));
    for (Month month = scene.setting.dawn; month <= scene.setting.last; month = month.plus(1)) {
        const bool begins = month == scene.setting.history;
        for (Household& household : village.households) {
            live(scene, household, month);
            work(scene, household, month);
            serve(scene, household, month);
            earn(scene, household, month);
            pay(scene, household, month);
            cure(scene, household, month);
            secure(scene, household, month);
            judge(scene, household, month);
            if (begins) register_all(scene, household);
        }
        insure(scene, month);
        certify(scene, month);
        grant_support(scene, month);
        if (begins) register_public_pay(scene);
        if (begins || (month > scene.setting.history && month.month_of_year() == 1))
            register_projects(scene, month);
    }
    ++report.villages;
    report.households += settlement.households;
    for (const Household& household : village.households)
        for (const Person& person : household.members)
            report.persons += !person.left || *person.left > scene.setting.history ? 1 : 0;
}

void write_truth(Pages& truth, const Truth& told, const Desk& desk) {
    truth.add("at_risk.csv", "household,month,why,scope", told.at_risk);
    truth.add("missed_benefits.csv", "person,benefit,period,due,paid,how", told.missed_benefits);
    truth.add("missed_dibao.csv", "household,month", told.in_need);
    truth.add("invented_income.csv", "village,household,how,month", told.invented_income);
    std::string lines;
    for (const Flaw& flaw : desk.bad_rows())
        lines += flaw.ledger + "," + flaw.where + "," + flaw.what + "\n";
    truth.add("bad_rows.csv", "ledger,file,line,reason", lines);
    lines.clear();
    for (const Flaw& flaw : desk.late())
        lines += flaw.ledger + "," + flaw.where + "," + flaw.what + "\n";
    truth.add("deliveries.csv", "ledger,month,division,state", lines);
}

void write_manifest(const fs::path& output, std::vector<Delivery> deliveries) {
    std::stable_sort(deliveries.begin(), deliveries.end(),
                     [](const Delivery& a, const Delivery& b) {
                         return std::tuple(a.folder, a.ledger, a.month, a.division) <
                                std::tuple(b.folder, b.ledger, b.month, b.division);
                     });
    std::string text = "ledger,file,month,division,map\n";
    for (const Delivery& delivery : deliveries) {
        const Form& form = form_of(delivery.ledger);
        text += fmt::format("{},{},{},{},maps/{}.toml\n", form.name, csv_cell(delivery.file),
                            base::text(delivery.month), delivery.division, form.name);
    }
    base::write_file_whole(output / "manifest.csv", text);
    fs::create_directories(output / "maps");
    for (std::size_t i = 0; i < ledger_count; ++i) {
        const Form& form = form_of(static_cast<Ledger>(i));
        base::write_file_whole(output / "maps" / (std::string(form.name) + ".toml"),
                               mapping_of(form));
    }
}

// Given figures, for `zengshou import figures`.
void write_figures(const fs::path& output, const Setting& setting,
                   const std::vector<CountyPlan>& counties) {
    std::string text = "indicator,division,label,value,source\n";
    const auto row = [&](const std::string& division, int year, int value,
                         std::string_view source) {
        if (value > 0)
            text += fmt::format("rural_per_head,{},{},{},{}\n", division, year, value, source);
    };
    for (int year = 2020; year < setting.last.year(); ++year) {
        row("00", year, rural_income("00", year), year >= 2025 ? "模拟数" : "凭记忆，待核");
        row("41", year, rural_income("41", year), year >= 2025 ? "模拟数" : "凭记忆，待核");
        std::string city;
        for (const CountyPlan& county : counties) {
            if (county.city != city)
                row(county.city, year, rural_income(county.city, year), "模拟数");
            city = county.city;
            row(county.county.code, year,
                rural_income(city, year) * (county.lifted ? 94 : 103) / 100, "模拟数");
        }
    }
    base::write_file_whole(output / "figures.csv", text);
}

std::vector<CountyPlan> planned(const Request& request) {
    if (request.last < request.first)
        throw Failure(
            Fault::input, base::said("末月早于首月", "the last month is before the first"),
            base::text(request.last),
            base::said("写成 --months 2024-01..2025-12", "write --months 2024-01..2025-12"));
    if (request.households && *request.households < 1)
        throw Failure(
            Fault::input, base::said("不到一户", "fewer than one household"),
            std::to_string(*request.households),
            base::said("--households 写 1 以上的数", "give --households a number from 1 on"));
    std::vector<CountyPlan> counties =
        counties_within(read_divisions(request.divisions), request.division);
    apportion(counties, request.households.value_or(full_scale(counties)));
    return counties;
}

}  // namespace

Report simulate(const Request& request, const Progress& progress) {
    const std::vector<CountyPlan> counties = planned(request);
    claim_folder(request.output);
    Pages truth(request.truth);
    const Month history = request.first.plus(-history_months);
    const Setting setting{request.seed, history.plus(-unseen_months), history, request.first,
                          request.last};
    Report report;
    report.history = history;
    std::int64_t villages = 0;
    for (const CountyPlan& county : counties)
        villages += static_cast<std::int64_t>(county.settlements.size());

    std::vector<Delivery> deliveries;
    for (const CountyPlan& county : counties) {
        const std::vector<Division> towns = towns_of(county);
        Desk desk(setting, county, towns, request.output);
        Truth told;
        Identities identities(county.county.code);
        const std::vector<std::string> employers = register_enterprises(setting, county, desk);
        Scene scene{setting, county, employers, identities, desk, told};
        for (Month month = history; month <= setting.last; month = month.plus(1)) {
            allot_funds(setting, county, desk, month);
            publish_statistics(setting, county, desk, month);
        }
        std::size_t town = 0;
        for (const Settlement& settlement : county.settlements) {
            while (towns[town].code != settlement.town.code) ++town;
            settle(scene, settlement, town, report);
            if (progress) progress(report.villages, villages);
        }
        desk.close();
        write_truth(truth, told, desk);
        deliveries.insert(deliveries.end(), desk.deliveries().begin(), desk.deliveries().end());
        report.rows += desk.rows();
        report.files += desk.files();
    }
    write_manifest(request.output, std::move(deliveries));
    write_figures(request.output, setting, counties);
    return report;
}

}  // namespace zs::simulate
