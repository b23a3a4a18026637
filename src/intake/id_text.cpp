#include "intake/id_text.h"

#include <algorithm>
#include <cctype>

#include "base/identity.h"
#include "base/text.h"

namespace zs::intake {
namespace {

bool digit(char letter) { return letter >= '0' && letter <= '9'; }

}  // namespace

std::string upper(std::string text) {
    for (char& letter : text)
        letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    return text;
}

bool is_disability_number(const std::string& number) {
    constexpr std::size_t id_digits = 18, digits = 20, reissued = 22;
    return (number.size() == digits || number.size() == reissued) &&
           base::is_id_number(number.substr(0, id_digits)) && digit(number[id_digits]) &&
           digit(number[id_digits + 1]);
}

base::Said disability_number() {
    return base::said("这是残疾人证号（身份证号后加残疾类别和等级），请填前18位的身份证号",
                      "this is the number of a disability certificate (an ID number, then kind and "
                      "degree); enter the ID number, its first 18 digits");
}

base::Said wrong_number(const std::string& number) {
    constexpr std::size_t digits = 18, old_digits = 15;
    if (is_disability_number(number)) return disability_number();
    const bool figures = !number.empty() && number.find_first_not_of("0123456789") >=
                                                std::max<std::size_t>(number.size() - 1, 1);
    if (figures && number.size() == old_digits)
        return base::said("这是15位的旧身份证号，请填18位的身份证号",
                          "this is an old ID number of 15 digits; enter the one of 18 digits");
    if (figures && number.size() == digits)
        return base::said(
            "身份证号的出生日期或校验位不对，请核对",
            "the birth date or check digit of the ID number is wrong; check the number");
    if (figures)
        return base::said("应是18位身份证号，这里是{}位，请核对",
                          "an ID number has 18 digits and this has {}; check the number",
                          base::characters(number));
    return base::said("不是正确的18位身份证号，请核对",
                      "not a correct ID number of 18 digits; check the number");
}

std::string tokenised(const std::string& text, const guard::Keys& keys) {
    constexpr std::size_t digits = 18, shown = 2;
    // Masking keeps the length: where it has put its stars, there is a number.
    const std::string masked = base::mask_id_numbers(text);
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        if (at + digits <= text.size() && masked[at + shown] != text[at + shown]) {
            result += guard::person_key(keys, upper(text.substr(at, digits)));
            at += digits;
        } else {
            result += text[at++];
        }
    }
    return result;
}

}  // namespace zs::intake
