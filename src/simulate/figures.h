#pragma once

#include <string_view>

#include "base/month.h"
#include "simulate/world.h"

namespace zs::simulate {

/// The world's outer figures by month and place. Published ones are told from invented ones in the
/// README of this room.

/// Wages, prices: 1 in the middle of 2022.
double wage_growth(base::Month month);
double price_growth(base::Month month);

/// The usual month's wage away from or near home, middle of 2022, yuan.
double usual_wage(Place place, Trade trade);

/// The month of the year in which migrants come home for the Spring Festival.
int festival_month(int year);

Fen dibao_standard(base::Month month);  ///< a head and month
Fen basic_pension(base::Month month);   ///< a month, 60 and older
Fen insurance_contribution(int year);   ///< to the residents' medical insurance, a head
/// What a head needs in a year; who has less, after medicine and schooling, is at risk.
Fen subsistence(base::Month month);

/// Rural disposable income per head of a city (4-digit code), the province (41) or the nation (00);
/// 0 where none is known or made up for the year (2020–2025).
int rural_income(std::string_view division, int year);
/// How far a city lies from the province in wages.
double city_level(std::string_view city);

}  // namespace zs::simulate
