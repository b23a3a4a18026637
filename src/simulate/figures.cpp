#include "simulate/figures.h"

#include <array>
#include <cmath>
#include <map>
#include <string>

namespace zs::simulate {

namespace {

using base::Month;

// By year from 2020 to 2027, the figure of mid-year; between them a straight line.
double between_years(const std::array<double, 8>& figures, Month month) {
    const int at = month.index - Month::of(2020, 7).index;
    if (at <= 0) return figures.front();
    const auto year = static_cast<std::size_t>(at / 12);
    if (year >= 7) return figures.back();
    return figures[year] + (figures[year + 1] - figures[year]) * (at % 12) / 12.0;
}

double of_year(const std::array<double, 8>& figures, int year) {
    return figures[static_cast<std::size_t>(year < 2020 ? 0 : year > 2027 ? 7 : year - 2020)];
}

// 2022, rounded, from memory, to shape only.
const std::map<std::string_view, int>& cities_2022() {
    static const std::map<std::string_view, int> incomes = {
        {"4101", 28200}, {"4102", 17700}, {"4103", 18300}, {"4104", 18000}, {"4105", 19500},
        {"4106", 22000}, {"4107", 20300}, {"4108", 22700}, {"4109", 17400}, {"4110", 22500},
        {"4111", 20800}, {"4112", 19000}, {"4113", 18200}, {"4114", 15900}, {"4115", 17000},
        {"4116", 15100}, {"4117", 16200}, {"4190", 24800}, {"4191", 27000}};
    return incomes;
}

}  // namespace

double wage_growth(Month month) {
    return between_years({0.83, 0.915, 1.0, 1.10, 1.195, 1.28, 1.36, 1.44}, month);
}

double price_growth(Month month) {
    return between_years({0.94, 0.97, 1.0, 1.02, 1.03, 1.04, 1.06, 1.08}, month);
}

double usual_wage(Place place, Trade trade) {
    constexpr std::array<double, 4> places = {0, 3950, 3500, 2650};
    constexpr std::array<double, 6> trades = {0.92, 1.05, 1.14, 0.92, 0.8, 0.95};
    return places[static_cast<std::size_t>(place)] * trades[static_cast<std::size_t>(trade)];
}

int festival_month(int year) {
    constexpr std::array<int, 8> months = {1, 2, 2, 1, 2, 1, 2, 2};
    return months[static_cast<std::size_t>(year < 2020 ? 0 : year > 2027 ? 7 : year - 2020)];
}

Fen dibao_standard(Month month) {
    return yuan(of_year({355, 377, 410, 450, 490, 530, 550, 570}, month.year()));
}

Fen basic_pension(Month month) {
    return yuan(of_year({103, 108, 113, 123, 143, 163, 173, 183}, month.year()));
}

Fen insurance_contribution(int year) {
    return yuan(of_year({280, 320, 320, 350, 380, 400, 400, 400}, year));
}

Fen subsistence(Month month) {
    return yuan(of_year({5200, 5700, 6200, 6700, 7200, 7600, 7900, 8200}, month.year()));
}

int rural_income(std::string_view division, int year) {
    if (year < 2020 || year > 2025) return 0;
    constexpr std::array<int, 6> province = {16108, 17533, 18697, 20053, 21330, 22653};
    constexpr std::array<int, 6> nation = {17131, 18931, 20133, 21691, 23119, 24500};
    const auto at = static_cast<std::size_t>(year - 2020);
    if (division == "00") return nation[at];
    if (division == "41") return province[at];
    const auto city = cities_2022().find(division.substr(0, 4));
    if (city == cities_2022().end()) return 0;
    return static_cast<int>(
        std::lround(city->second * (static_cast<double>(province[at]) / province[2])));
}

double city_level(std::string_view city) {
    const int income = rural_income(city, 2022);
    return income == 0 ? 1.0 : 1 + 0.4 * (income / 18697.0 - 1);
}

}  // namespace zs::simulate
