#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "simulate/course.h"
#include "simulate/figures.h"

namespace zs::simulate {

namespace {

using base::Month;

struct Crop {
    std::string_view item;
    std::string_view title;
    int harvest;  ///< month of the year
    int sown;     ///< month of its outlay
    int jin_a_mu;
    double yuan_a_jin;
    int outlay_a_mu;
};
// Henan, a mu and season: yields and prices of 2019–2023 (wheat and peanuts published, others
// usual).
constexpr std::array<Crop, 6> crops = {{{"B10", "小麦", 6, 10, 930, 1.18, 420},
                                        {"B21", "油菜", 5, 10, 320, 2.9, 310},
                                        {"B11", "玉米", 10, 6, 900, 1.12, 430},
                                        {"B12", "水稻", 10, 5, 1080, 1.33, 560},
                                        {"B20", "花生", 9, 5, 600, 3.1, 760},
                                        {"B14", "红薯", 10, 5, 4000, 0.45, 500}}};

struct Extra {
    std::string_view item;
    std::string_view title;
    int first, last;  ///< months of sale
    double yuan_a_jin;
    int yuan_a_mu;  ///< in a year
};
constexpr std::array<Extra, 5> extras = {{{"B30", "露地蔬菜", 5, 10, 1.2, 4800},
                                          {"B31", "设施蔬菜", 1, 12, 2.2, 12000},
                                          {"B32", "食用菌", 1, 4, 3.5, 9000},
                                          {"B33", "中药材", 9, 10, 8.0, 3600},
                                          {"B34", "茶叶", 4, 5, 60.0, 3800}}};

struct Stock {
    std::string_view item;
    int yuan_a_head;
    int outlay_a_head;
    std::array<int, 2> sold;
};
constexpr std::array<Stock, 4> stocks = {{{"B40", 1650, 1290, {6, 12}},
                                          {"B41", 13500, 10600, {5, 11}},
                                          {"B43", 1050, 690, {1, 9}},
                                          {"B44", 55, 33, {2, 9}}}};

std::int64_t hundredths(double quantity) { return std::llround(quantity * 100); }

Fen fen(double amount) { return std::llround(amount * 100); }

/// Collects a month's entries; the true ones first, then what is made of them.
struct Ledgering {
    std::vector<Entry>& entries;
    void add(std::string_view item, int member, std::optional<double> quantity, Fen amount,
             std::string_view line = {}) {
        if (amount > 0)
            entries.push_back({item, member,
                               quantity ? std::optional(hundredths(*quantity)) : std::nullopt,
                               amount, line});
    }
};

void add_wages(const Scene& scene, const Household& household, Month month, Ledgering to,
               Dice& dice) {
    const std::size_t at = scene.setting.index(month);
    for (const Person& person : household.members) {
        if (!person.is_member(month)) continue;
        const Place place = person.places[at];
        if (place == Place::nowhere) {
            // Odd jobs near home, by the day.
            const bool free = is_able(person.labour) && person.age(month) < 72 && !person.post;
            if (!free || !dice.chance(0.22)) continue;
            const int days = dice.whole(3, 10);
            to.add("W15", person.number, days,
                   yuan(10L * days * std::lround(dice.whole(8, 12) * wage_growth(month))));
            continue;
        }
        const std::string_view item = place == Place::out_of_province ? "W10"
                                      : place == Place::in_province   ? "W11"
                                      : person.trade == Trade::garment && person.number % 2 == 0
                                          ? "W13"
                                          : "W12";
        to.add(item, person.number, 1, person.wages[at]);
    }
}

void add_crops(const Scene& scene, const Household& household, Month month, Ledgering to,
               Dice& dice) {
    const Farm& farm = household.farm;
    const double own = farm.land_mu - farm.rented_out_mu - farm.extra_mu;
    if (own < 0.3) return;
    for (const Crop& crop : crops) {
        if (crop.item != farm.summer_crop && crop.item != farm.autumn_crop) continue;
        if (month.month_of_year() == crop.harvest) {
            const double jin = static_cast<int>(own * crop.jin_a_mu * scene.village->yield *
                                                dice.between(0.92, 1.06));
            const double price = crop.yuan_a_jin * price_growth(month) * dice.between(0.97, 1.03);
            to.add(crop.item, 0, jin, fen(jin * price));
        }
        if (month.month_of_year() == crop.sown)
            to.add("X10", 0, {},
                   fen(own * crop.outlay_a_mu * price_growth(month) * dice.between(0.9, 1.1)),
                   crop.title);
    }
}

void add_extras(const Household& household, Month month, Ledgering to, Dice& dice) {
    const Farm& farm = household.farm;
    const int turn = month.month_of_year();
    for (const Extra& extra : extras) {
        if (extra.item != farm.extra || turn < extra.first || turn > extra.last) continue;
        const double amount = farm.extra_mu * extra.yuan_a_mu * price_growth(month) *
                              dice.between(0.8, 1.2) / (extra.last - extra.first + 1);
        const double jin = static_cast<int>(amount / extra.yuan_a_jin) + 1;
        to.add(extra.item, 0, jin, fen(jin * extra.yuan_a_jin));
        to.add("X10", 0, {}, fen(amount * 0.35), extra.title);
    }
    for (const Stock& stock : stocks) {
        if (stock.item != farm.stock || (turn != stock.sold[0] && turn != stock.sold[1])) continue;
        const int heads =
            turn == stock.sold[0] ? farm.stock_heads / 2 : farm.stock_heads - farm.stock_heads / 2;
        to.add(stock.item, 0, heads,
               fen(heads * stock.yuan_a_head * price_growth(month) * dice.between(0.9, 1.1)));
        to.add("X11", 0, {}, fen(heads * stock.outlay_a_head * price_growth(month)));
    }
    if (!farm.shop.empty()) {
        const double amount =
            static_cast<double>(farm.shop_a_month) / 100 * dice.between(0.85, 1.15);
        to.add(farm.shop, 0, 1, fen(amount));
        to.add("X15", 0, {}, fen(amount * 0.55));
    }
    if (farm.courtyard && turn % 3 == 0) to.add("B50", 0, 1, yuan(dice.whole(25, 60) * 10));
}

void add_property(Scene& scene, const Household& household, Month month, Ledgering to, Dice& dice) {
    const Farm& farm = household.farm;
    const int turn = month.month_of_year();
    if (turn == 10 && farm.rented_out_mu > 0)
        to.add("P10", 0, farm.rented_out_mu,
               std::llround(farm.rented_out_mu * static_cast<double>(farm.rent_a_mu)));
    if (turn == 12 && household.dividend_a_year > 0) {
        const Fen share = household.dividend_a_year;
        to.add(scene.village->has_pv_station ? "P14" : "P13", 0, static_cast<double>(share) / 100,
               share);
    }
    if (household.pv_kw > 0) {
        constexpr std::array<double, 12> season = {0.62, 0.7,  0.95, 1.15, 1.3, 1.28,
                                                   1.2,  1.18, 1.0,  0.92, 0.7, 0.6};
        const double kwh =
            static_cast<int>(household.pv_kw * 98 * season[static_cast<std::size_t>(turn - 1)] *
                             dice.between(0.9, 1.08) * 100) /
            100.0;
        const Fen settled = fen(kwh * 0.3779);
        to.add("P15", 0, kwh, settled);
        scene.file(Ledger::pv_output, month,
                   {household.key, fmt::format("{:.2f}", kwh), money(settled)});
    }
}

void add_support(const Household& household, Month month, Ledgering to) {
    if (household.support_a_month == 0) return;
    const Fen sum = yuan(static_cast<int>(static_cast<double>(household.support_a_month) / 100 *
                                          wage_growth(month) / 10) *
                         10);
    to.add("T30", 0, static_cast<double>(sum) / 100, sum);
}

void count(Account& account, const std::vector<Entry>& entries) {
    for (const Entry& entry : entries) switch (kind_of(entry.item)) {
            case 'w':
                account.wage += entry.amount;
                break;
            case 'b':
                account.operation += entry.amount;
                break;
            case 'p':
                account.property += entry.amount;
                break;
            case 't':
                account.transfer += entry.amount;
                break;
            case 'x':
                account.expense += entry.amount;
                break;
            default:
                break;
        }
}

void invent_wage(const Scene& scene, const Household& household, Month month,
                 std::vector<Entry>& entries) {
    for (const Person& person : household.members) {
        const bool idle =
            person.is_member(month) && person.places[scene.setting.index(month)] == Place::nowhere;
        const bool grown =
            person.age(month) >= 18 && person.age(month) < 75 && person.stage == Stage::none;
        const bool stated = std::any_of(entries.begin(), entries.end(),
                                        [&](const Entry& e) { return e.member == person.number; });
        if (!idle || !grown || stated) continue;
        entries.push_back({"W12", person.number, 100, yuan(2600), {}});
        return;
    }
}

// What the village's people write down instead. True where nothing was changed.
bool invent(const Scene& scene, const Household& household, Month month,
            std::vector<Entry>& entries) {
    const Village& village = *scene.village;
    if (village.invention == Invention::none || month < village.invention_since) return false;
    Dice dice(scene.setting.seed, Matter::invention, {village.number, household.number});
    if (!dice.chance(0.75)) return false;
    const std::size_t before = scene.setting.index(month) - 12;
    switch (village.invention) {
        case Invention::copied_rows:
            // The same courtyard and odd income in each house, every month.
            std::erase_if(entries,
                          [](const Entry& e) { return e.item == "B50" || e.item == "B90"; });
            entries.push_back(
                {"B50", 0, 100, yuan(480 + 10 * static_cast<int>(village.number % 7)), {}});
            entries.push_back({"B90", 0, {}, yuan(360), {}});
            return true;
        case Invention::flat_growth: {
            // This year is last year and a tenth.
            const std::vector<Entry>& last_year = household.stated[before];
            if (last_year.empty()) return false;
            entries = last_year;
            for (Entry& entry : entries) entry.amount = entry.amount * 110 / 100;
            return true;
        }
        case Invention::wage_without_work: {
            const std::size_t rows = entries.size();
            invent_wage(scene, household, month, entries);
            return entries.size() > rows;
        }
        case Invention::quantity_mismatch: {
            bool changed = false;
            for (Entry& entry : entries)
                if (entry.item == "B10" || entry.item == "B11" || entry.item == "B12" ||
                    entry.item == "B20" || entry.item == "B21") {
                    entry.amount = entry.amount * 26 / 10;
                    changed = true;
                }
            return changed;
        }
        case Invention::none:
            break;
    }
    return false;
}

void state(Scene& scene, const Household& household, Month month) {
    const std::vector<Entry>& entries = household.stated[scene.setting.index(month)];
    const std::string when = base::text(month);
    if (entries.empty()) {
        scene.file(Ledger::income, month, {household.key, when, "N00", "", "", "", "0.00", "", ""});
        return;
    }
    const auto person_key = [&](int number) {
        const auto at = std::find_if(household.members.begin(), household.members.end(),
                                     [&](const Person& p) { return p.number == number; });
        return at == household.members.end() ? std::string() : at->key;
    };
    for (const Entry& entry : entries)
        scene.file(Ledger::income, month,
                   {household.key, when, std::string(entry.item), person_key(entry.member),
                    std::string(entry.line), entry.quantity ? money(*entry.quantity) : "",
                    money(entry.amount), "户报", ""});
}

void measure_land(Scene& scene, const Household& household, Month month) {
    const Farm& farm = household.farm;
    const double own = farm.land_mu - farm.rented_out_mu - farm.extra_mu;
    if (month.month_of_year() != 6 || own < 0.3) return;
    for (const std::string_view item : {farm.summer_crop, farm.autumn_crop})
        scene.file(Ledger::crop_areas, month,
                   {household.key, std::to_string(month.year()), std::string(item),
                    fmt::format("{:.2f}", own), "是"});
}

}  // namespace

void earn(Scene& scene, Household& household, Month month) {
    const std::size_t at = scene.setting.index(month);
    Dice dice = scene.dice(Matter::farm, household, month);
    std::vector<Entry> entries;
    const Ledgering to{entries};
    add_wages(scene, household, month, to, dice);
    add_crops(scene, household, month, to, dice);
    add_extras(household, month, to, dice);
    add_property(scene, household, month, to, dice);
    add_support(household, month, to);
    count(household.accounts[at], entries);
    // Nobody asks an ordinary household what it earns.
    if (!household.in_scope(month)) return;
    measure_land(scene, household, month);
    if (invent(scene, household, month, entries) && month >= scene.setting.history)
        scene.truth.invented_income +=
            fmt::format("{},{},{},{}\n", scene.village->code, household.key,
                        word(scene.village->invention), base::text(month));
    household.stated[at] = std::move(entries);
    state(scene, household, month);
}

}  // namespace zs::simulate
