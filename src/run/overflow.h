#pragma once

#include <string>

#include "base/failure.h"

namespace zs::run {

/// A figure that is larger than its type can hold. A statement is of many definitions:
/// `computation` finds out which it is.
class Overflow final : public base::Failure {
public:
    explicit Overflow(const base::Where& where);
};

}  // namespace zs::run
