#pragma once

#include <string>
#include <vector>

#include "simulate/course.h"

namespace zs::simulate {

/// The county's enterprises, written to its register; their keys.
std::vector<std::string> register_enterprises(const Setting& setting, const CountyPlan& county,
                                              Desk& desk);

/// A village's projects (in the first month of the files) and, for each year, who is tied to them
/// and what they got; its grant for the collective economy.
void register_projects(Scene& scene, base::Month month);
void grant_support(Scene& scene, base::Month month);

/// Persons of a village insured for the year (in the first month of the files and each February),
/// certificates won in the month, who is on public pay.
void insure(Scene& scene, base::Month month);
void certify(Scene& scene, base::Month month);
void register_public_pay(Scene& scene);

/// The county's lines of the bridging fund, in March of each year (and in the first month).
void allot_funds(const Setting& setting, const CountyPlan& county, Desk& desk, base::Month month);

/// Rural disposable income of the year before, of county, city, province and nation, in February.
void publish_statistics(const Setting& setting, const CountyPlan& county, Desk& desk,
                        base::Month month);

}  // namespace zs::simulate
