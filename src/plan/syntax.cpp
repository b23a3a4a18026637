#include "plan/syntax.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include <fmt/format.h>

namespace zs::plan {

namespace {

struct Token {
    enum class Kind { end, name, number, string, sign, bad };
    Kind kind = Kind::end;
    std::string text;
    std::size_t begin = 0, end = 0;
};

bool name_start(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}
bool digit(char c) { return c >= '0' && c <= '9'; }

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

class Tokens {
public:
    explicit Tokens(std::string_view text) : text_(text) { next(); }

    const Token& now() const { return now_; }
    Token take() {
        Token taken = now_;
        next();
        return taken;
    }
    bool at_word(const char* word) const {
        return now_.kind == Token::Kind::name && lower(now_.text) == word;
    }
    bool at_sign(const char* sign) const {
        return now_.kind == Token::Kind::sign && now_.text == sign;
    }
    bool take_word(const char* word) {
        if (!at_word(word)) return false;
        next();
        return true;
    }
    bool take_sign(const char* sign) {
        if (!at_sign(sign)) return false;
        next();
        return true;
    }
    std::size_t last_end() const { return last_end_; }

private:
    void next() {
        last_end_ = now_.end;
        while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0)
            ++at_;
        now_ = Token{};
        now_.begin = at_;
        if (at_ >= text_.size()) {
            now_.end = at_;
            return;
        }
        const char c = text_[at_];
        if (name_start(c))
            word();
        else if (digit(c))
            number();
        else if (c == '\'' || c == '"')
            quoted(c);
        else
            sign();
        now_.end = at_;
    }
    void word() {
        now_.kind = Token::Kind::name;
        while (at_ < text_.size() && (name_start(text_[at_]) || digit(text_[at_])))
            now_.text += text_[at_++];
    }
    void number() {
        now_.kind = Token::Kind::number;
        while (at_ < text_.size() && digit(text_[at_])) now_.text += text_[at_++];
        if (at_ + 1 < text_.size() && text_[at_] == '.' && digit(text_[at_ + 1])) {
            now_.text += text_[at_++];
            while (at_ < text_.size() && digit(text_[at_])) now_.text += text_[at_++];
        }
        if (at_ < text_.size() && name_start(text_[at_])) now_.kind = Token::Kind::bad;
    }
    void quoted(char quote) {
        now_.kind = Token::Kind::bad;
        ++at_;
        while (at_ < text_.size()) {
            if (text_[at_] == quote && at_ + 1 < text_.size() && text_[at_ + 1] == quote) {
                now_.text += quote;
                at_ += 2;
            } else if (text_[at_] == quote) {
                ++at_;
                now_.kind = Token::Kind::string;
                return;
            } else {
                now_.text += text_[at_++];
            }
        }
    }
    void sign() {
        now_.kind = Token::Kind::sign;
        static constexpr std::string_view doubles[] = {"<=", ">=", "<>", "||", "!=", "=="};
        for (const std::string_view two : doubles)
            if (text_.substr(at_, 2) == two) {
                now_.text = two;
                at_ += 2;
                if (two == "!=" || two == "==") now_.kind = Token::Kind::bad;
                return;
            }
        now_.text = text_[at_++];
        if (std::string_view("+-*/%=<>().,[]").find(now_.text[0]) == std::string_view::npos)
            now_.kind = Token::Kind::bad;
    }

    std::string_view text_;
    std::size_t at_ = 0, last_end_ = 0;
    Token now_;
};

/// Thrown inside this file only, to leave a deep descent; the fault is kept in the reader.
struct Stopped {};

class Reader {
public:
    explicit Reader(std::string_view text) : tokens_(text) {}

    Parsed read() {
        Parsed parsed;
        try {
            parsed.syntax = disjunction();
            if (tokens_.now().kind != Token::Kind::end) unexpected("an operator or the end");
        } catch (const Stopped&) {
        }
        parsed.faults = std::move(faults_);
        return parsed;
    }

private:
    struct Deeper {
        explicit Deeper(Reader& reader) : reader_(reader) {
            if (++reader_.depth_ > expression_depth_max)
                reader_.stop(reader_.tokens_.now().begin, 1,
                             fmt::format("the expression is nested deeper than {} levels",
                                         expression_depth_max));
        }
        ~Deeper() { --reader_.depth_; }
        Reader& reader_;
    };

    [[noreturn]] void stop(std::size_t at, std::size_t length, std::string message) {
        faults_.push_back({at, std::max<std::size_t>(1, length), std::move(message)});
        throw Stopped{};
    }
    [[noreturn]] void unexpected(const std::string& wanted) {
        const Token& now = tokens_.now();
        if (now.kind == Token::Kind::end)
            stop(now.begin, 1, fmt::format("the expression ends where {} was expected", wanted));
        if (now.kind == Token::Kind::bad && now.text == "==")
            stop(now.begin, 2, "'==' is written '='");
        if (now.kind == Token::Kind::bad && now.text == "!=")
            stop(now.begin, 2, "'!=' is written '<>'");
        if (now.kind == Token::Kind::bad && now.end > now.begin + 1 &&
            !digit(now.text.empty() ? 'x' : now.text[0]))
            stop(now.begin, now.end - now.begin, "a text is not closed by a quote");
        stop(now.begin, now.end - now.begin,
             fmt::format("'{}' where {} was expected", now.text, wanted));
    }

    [[noreturn]] void too_high(std::size_t at) {
        stop(at, 1,
             fmt::format("the expression joins more than {} operators", expression_height_max));
    }
    /// Notes how high the tree of `made` is, whose parts are all there.
    Syntax measured(Syntax made) {
        int height = 0;
        for (const std::vector<Syntax>* parts : {&made.operands, &made.indexes, &made.filter})
            for (const Syntax& part : *parts) height = std::max(height, part.height);
        made.height = height + 1;
        if (made.height > expression_height_max) too_high(made.begin);
        return made;
    }

    Syntax operation(std::string sign, std::vector<Syntax> operands) {
        Syntax made;
        made.form = Syntax::Form::operation;
        made.text = std::move(sign);
        made.begin = operands.front().begin;
        made.end = operands.back().end;
        made.operands = std::move(operands);
        return measured(std::move(made));
    }

    /// Left to right, so that a long chain is not deep.
    template <typename Lower>
    Syntax chain(Lower lower_level, std::initializer_list<const char*> signs, bool words) {
        Syntax left = (this->*lower_level)();
        int length = 0;
        for (bool again = true; again;) {
            again = false;
            for (const char* sign : signs) {
                if (words ? !tokens_.at_word(sign) : !tokens_.at_sign(sign)) continue;
                if (++length >= expression_height_max) too_high(tokens_.now().begin);
                tokens_.take();
                std::vector<Syntax> operands;
                operands.push_back(std::move(left));
                operands.push_back((this->*lower_level)());
                left = operation(sign, std::move(operands));
                again = true;
                break;
            }
        }
        return left;
    }

    Syntax disjunction() {
        const Deeper deeper(*this);
        return chain(&Reader::conjunction, {"or"}, true);
    }
    Syntax conjunction() { return chain(&Reader::negation, {"and"}, true); }
    Syntax negation() {
        const std::size_t begin = tokens_.now().begin;
        if (!tokens_.take_word("not")) return comparison();
        const Deeper deeper(*this);
        std::vector<Syntax> operands;
        operands.push_back(negation());
        Syntax made = operation("not", std::move(operands));
        made.begin = begin;
        return made;
    }
    Syntax comparison() {
        Syntax left = concatenation();
        for (const char* sign : {"=", "<>", "<=", ">=", "<", ">"})
            if (tokens_.take_sign(sign)) {
                std::vector<Syntax> operands;
                operands.push_back(std::move(left));
                operands.push_back(concatenation());
                return operation(sign, std::move(operands));
            }
        if (tokens_.take_word("is")) {
            const bool negated = tokens_.take_word("not");
            if (!tokens_.take_word("null")) unexpected("'null'");
            std::vector<Syntax> operands;
            operands.push_back(std::move(left));
            Syntax made = operation(negated ? "is_not_null" : "is_null", std::move(operands));
            made.end = tokens_.last_end();
            return made;
        }
        const bool negated = tokens_.take_word("not");
        Syntax made;
        made.negated = negated;
        made.begin = left.begin;
        if (tokens_.take_word("in")) {
            made.form = Syntax::Form::in;
            made.operands.push_back(std::move(left));
            if (!tokens_.take_sign("(")) unexpected("'('");
            do made.operands.push_back(disjunction());
            while (tokens_.take_sign(","));
            if (!tokens_.take_sign(")")) unexpected("',' or ')'");
        } else if (tokens_.take_word("between")) {
            made.form = Syntax::Form::between;
            made.operands.push_back(std::move(left));
            made.operands.push_back(concatenation());
            if (!tokens_.take_word("and")) unexpected("'and'");
            made.operands.push_back(concatenation());
        } else if (tokens_.take_word("like")) {
            made.form = Syntax::Form::like;
            made.operands.push_back(std::move(left));
            made.operands.push_back(concatenation());
        } else {
            if (negated) unexpected("'in', 'between' or 'like'");
            return left;
        }
        made.end = tokens_.last_end();
        return measured(std::move(made));
    }
    Syntax concatenation() { return chain(&Reader::sum, {"||"}, false); }
    Syntax sum() { return chain(&Reader::product, {"+", "-"}, false); }
    Syntax product() { return chain(&Reader::unary, {"*", "/", "%"}, false); }
    Syntax unary() {
        const std::size_t begin = tokens_.now().begin;
        if (!tokens_.take_sign("-")) return postfix();
        const Deeper deeper(*this);
        std::vector<Syntax> operands;
        operands.push_back(unary());
        Syntax made = operation("negate", std::move(operands));
        made.begin = begin;
        return made;
    }

    Syntax postfix() {
        Syntax made = primary();
        while (tokens_.at_sign("[")) {
            if (made.form != Syntax::Form::name) unexpected("an operator");
            tokens_.take();
            made.indexes.push_back(index());
            if (!tokens_.take_sign("]")) unexpected("']'");
            made.end = tokens_.last_end();
        }
        if (!made.indexes.empty() && tokens_.at_sign(".")) facet_of(made);
        return measured(std::move(made));
    }

    /// What stands in brackets: a code, a window, a step; or a window `'month' at M`.
    Syntax index() {
        Syntax made = disjunction();
        if (made.form != Syntax::Form::string || !tokens_.take_word("at")) return made;
        made.operands.push_back(disjunction());
        made.end = tokens_.last_end();
        return measured(std::move(made));
    }

    /// `wage['12 months'].unknown` is `wage.unknown['12 months']`, and so is `known`.
    void facet_of(Syntax& made) {
        tokens_.take();
        if (!tokens_.at_word("unknown") && !tokens_.at_word("known"))
            unexpected("'known' or 'unknown'");
        const Token word = tokens_.take();
        made.parts.push_back({word.text, word.begin, word.end});
        made.end = tokens_.last_end();
    }

    Syntax primary() {
        const Token token = tokens_.now();
        if (token.kind == Token::Kind::sign && token.text == "(") {
            const Deeper deeper(*this);
            tokens_.take();
            Syntax inner = disjunction();
            if (!tokens_.take_sign(")")) unexpected("')'");
            inner.begin = token.begin;
            inner.end = tokens_.last_end();
            return inner;
        }
        Syntax made;
        made.begin = token.begin;
        made.end = token.end;
        if (token.kind == Token::Kind::number || token.kind == Token::Kind::string) {
            made.form =
                token.kind == Token::Kind::number ? Syntax::Form::number : Syntax::Form::string;
            made.text = token.text;
            tokens_.take();
            return made;
        }
        if (token.kind != Token::Kind::name) unexpected("a name, a figure or a text");
        const std::string word = lower(token.text);
        if (word == "true" || word == "false" || word == "null") {
            made.form = word == "null" ? Syntax::Form::null_ : Syntax::Form::boolean;
            made.text = word;
            tokens_.take();
            return made;
        }
        if (word == "case" && !case_is_a_name()) return case_form();
        static constexpr std::string_view words[] = {"and",  "or",      "not",   "in",      "is",
                                                     "like", "between", "then",  "else",    "end",
                                                     "when", "filter",  "where", "distinct"};
        if (std::find(std::begin(words), std::end(words), word) != std::end(words))
            unexpected("a name, a figure or a text");
        return named();
    }

    /// The built-in ledger `cases` has a field `case`: it is a name where what follows can begin no
    /// value.
    bool case_is_a_name() const {
        Tokens ahead = tokens_;
        ahead.take();
        if (ahead.now().kind == Token::Kind::end) return true;
        if (ahead.now().kind == Token::Kind::sign)
            return !ahead.at_sign("(") && !ahead.at_sign("-");
        if (ahead.take_word("not"))
            return ahead.at_word("in") || ahead.at_word("like") || ahead.at_word("between");
        static constexpr const char* followers[] = {"and",     "or",   "is",   "in", "like",
                                                    "between", "then", "else", "end"};
        return std::any_of(std::begin(followers), std::end(followers),
                           [&](const char* word) { return ahead.at_word(word); });
    }

    Syntax named() {
        Syntax made;
        made.form = Syntax::Form::name;
        made.begin = tokens_.now().begin;
        for (;;) {
            const Token part = tokens_.take();
            made.parts.push_back({part.text, part.begin, part.end});
            if (!tokens_.take_sign(".")) break;
            if (tokens_.now().kind != Token::Kind::name) unexpected("a name after '.'");
        }
        made.end = tokens_.last_end();
        if (tokens_.at_sign("(")) {
            if (made.parts.size() == 1) made.parts[0].text = lower(made.parts[0].text);
            arguments(made);
        }
        return measured(std::move(made));
    }

    void arguments(Syntax& made) {
        const Deeper deeper(*this);
        tokens_.take();
        made.called = true;
        if (tokens_.take_sign("*")) {
            made.star = true;
        } else if (!tokens_.at_sign(")")) {
            made.distinct = tokens_.take_word("distinct");
            do {
                if (made.has_else) unexpected("')'");
                if (tokens_.take_word("else")) {
                    made.has_else = true;
                    if (!tokens_.take_sign("=")) unexpected("'=' after 'else'");
                }
                made.operands.push_back(disjunction());
            } while (tokens_.take_sign(","));
        }
        if (!tokens_.take_sign(")")) unexpected("',' or ')'");
        made.end = tokens_.last_end();
        if (tokens_.at_word("filter")) {
            tokens_.take();
            if (!tokens_.take_sign("(")) unexpected("'('");
            if (!tokens_.take_word("where")) unexpected("'where'");
            made.filter.push_back(disjunction());
            if (!tokens_.take_sign(")")) unexpected("')'");
            made.end = tokens_.last_end();
        }
    }

    Syntax case_form() {
        const Deeper deeper(*this);
        Syntax made;
        made.form = Syntax::Form::case_;
        made.begin = tokens_.take().begin;
        if (!tokens_.at_word("when")) {
            made.has_subject = true;
            made.operands.push_back(disjunction());
        }
        if (!tokens_.at_word("when")) unexpected("'when'");
        while (tokens_.take_word("when")) {
            made.operands.push_back(disjunction());
            if (!tokens_.take_word("then")) unexpected("'then'");
            made.operands.push_back(disjunction());
        }
        if (tokens_.take_word("else")) {
            made.has_else = true;
            made.operands.push_back(disjunction());
        }
        if (!tokens_.take_word("end")) unexpected("'when', 'else' or 'end'");
        made.end = tokens_.last_end();
        return measured(std::move(made));
    }

    Tokens tokens_;
    std::vector<SyntaxFault> faults_;
    int depth_ = 0;
};

}  // namespace

Parsed parse_expression(std::string_view text) {
    if (text.size() > expression_bytes_max) {
        Parsed parsed;
        parsed.faults.push_back(
            {0, 1, fmt::format("the expression is longer than {} bytes", expression_bytes_max)});
        return parsed;
    }
    return Reader(text).read();
}

}  // namespace zs::plan
