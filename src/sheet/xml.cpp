#include "sheet/xml.h"

#include <exception>

#include <expat.h>

#include "base/failure.h"

namespace zs::sheet {

struct XmlReader::State {
    XML_Parser parser = nullptr;
    std::string where;
    XmlEvents events;
    std::exception_ptr thrown;
    bool doctype = false;
};

namespace {

std::string bare(const char* name) {
    const std::string_view whole = name;
    const std::size_t colon = whole.rfind(':');
    return std::string(colon == std::string_view::npos ? whole : whole.substr(colon + 1));
}

}  // namespace

XmlReader::XmlReader(std::string where, XmlEvents events) : state_(new State) {
    state_->where = std::move(where);
    state_->events = std::move(events);
    state_->parser = XML_ParserCreate(nullptr);
    XML_SetUserData(state_->parser, state_);
    XML_SetElementHandler(
        state_->parser,
        [](void* user, const char* name, const char** attributes) {
            auto* state = static_cast<State*>(user);
            std::map<std::string, std::string> found;
            for (; *attributes != nullptr; attributes += 2)
                found[bare(attributes[0])] = attributes[1];
            try {
                if (state->events.begin) state->events.begin(bare(name), found);
            } catch (const base::Failure&) {
                state->thrown = std::current_exception();
                XML_StopParser(state->parser, XML_FALSE);
            }
        },
        [](void* user, const char* name) {
            auto* state = static_cast<State*>(user);
            try {
                if (state->events.end) state->events.end(bare(name));
            } catch (const base::Failure&) {
                state->thrown = std::current_exception();
                XML_StopParser(state->parser, XML_FALSE);
            }
        });
    XML_SetCharacterDataHandler(state_->parser, [](void* user, const char* text, int length) {
        auto* state = static_cast<State*>(user);
        if (state->events.text) state->events.text({text, static_cast<std::size_t>(length)});
    });
    XML_SetStartDoctypeDeclHandler(state_->parser,
                                   [](void* user, const char*, const char*, const char*, int) {
                                       auto* state = static_cast<State*>(user);
                                       state->doctype = true;
                                       XML_StopParser(state->parser, XML_FALSE);
                                   });
}

XmlReader::~XmlReader() {
    XML_ParserFree(state_->parser);
    delete state_;
}

void XmlReader::feed(std::string_view piece, bool last) {
    const XML_Status status =
        XML_Parse(state_->parser, piece.data(), static_cast<int>(piece.size()), last ? 1 : 0);
    if (state_->thrown) std::rethrow_exception(state_->thrown);
    if (state_->doctype)
        throw base::Failure(base::Fault::input,
                            base::said("工作簿里写了 DOCTYPE，表格不会有这个",
                                       "the workbook declares a DOCTYPE, as no spreadsheet does"),
                            state_->where, base::said("重新存成 .xlsx", "save it again as .xlsx"));
    if (status != XML_STATUS_OK)
        throw base::Failure(base::Fault::input, base::said("工作簿坏了", "the workbook is damaged"),
                            state_->where, base::said("重新存成 .xlsx", "save it again as .xlsx"));
}

}  // namespace zs::sheet
