#pragma once

#include <string>

#include "base/failure.h"

namespace zs::engine {

/// A failure of the engine that the caller may tell from others.
class EngineFailure final : public base::Failure {
public:
    enum class Cause {
        interrupted,    ///< `interrupt()` was called
        out_of_memory,  ///< the memory limit does not suffice, even with spilling
        disk_full,  ///< nothing left on the disk, or the limit of the temporary folder is reached
        overflow,   ///< a number out of its type's range, or a text that is no number
        other,
    };

    EngineFailure(Cause cause, const base::Said& what, const base::Where& where,
                  const base::Said& remedy)
        : Failure(base::Fault::system, what, where, remedy), cause_(cause) {}

    Cause cause() const { return cause_; }

private:
    Cause cause_;
};

}  // namespace zs::engine
