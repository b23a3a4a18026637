#pragma once

#include "simulate/dice.h"
#include "simulate/divisions.h"
#include "simulate/identity.h"
#include "simulate/world.h"

namespace zs::simulate {

/// A village's own traits: wages, yields, whether it invents income (about 3 in 100 do).
Village make_village(const Setting& setting, const CountyPlan& county,
                     const Settlement& settlement);

/// A household as it stands in the first month of history: members, health, land, house.
/// About 82 in 100 are lifted; of these 12 in 100 have been monitored, most of them cleared.
Household make_household(const Setting& setting, const CountyPlan& county, const Village& village,
                         std::uint64_t number, Identities& identities);

/// A person of the household, born or married into it; has number, key and identity.
Person& add_member(const Setting& setting, const Village& village, Household& household,
                   std::string_view relation, char sex, base::Date birth, base::Month joined,
                   Dice& dice, Identities& identities);

/// The stage of school that the person is at, by birth and fate; school years begin in September.
Stage stage_of(const Person& person, base::Month month);

/// Ability to work by age, school and health, as the register should have it.
Labour labour_of(const Person& person, base::Month month);

/// The register's words for a person's health: 健康, or what ails it, joined by ；.
std::string health_of(const Person& person);

}  // namespace zs::simulate
