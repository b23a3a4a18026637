#pragma once

#include "intake/intake.h"
#include "lake/batch.h"

namespace zs::intake {

/// Takes given figures: `indicator,division,label,value[,source]`. An indicator that is unknown or
/// not given is held (`reference`), an unknown division (`division`), a label that is none of the
/// indicator's period (`type`), a value that is no number (`type`, `scale`).
/// @throws Failure (input) when a column is missing or the file has no rows.
Answer import_figures(const Stores& stores, const plan::Model& model,
                      const std::filesystem::path& file, const ImportOptions& options,
                      const Act& act);

/// Under the home's lock; `retried`: the batch whose held rows these are.
Answer take_figures(const Stores& stores, const plan::Model& model, const Source& source,
                    const ImportOptions& options, const Act& act,
                    const std::optional<lake::Batch>& retried);

}  // namespace zs::intake
