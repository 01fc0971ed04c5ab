//! What is said of a line whose syntax is broken.

use std::fmt::Display;

use super::ProblemWords;
use crate::lang::Language;

said! {
    open_quote() {
        "thiếu một dấu ngoặc kép", "a quotation mark is missing";
        "chữ phải nằm giữa hai dấu ngoặc kép trên cùng một dòng: \"…\"", "a text stands between two quotation marks on one line: \"…\""
    }
    curly_quote() {
        "dấu ngoặc kép cong không dùng được ở đây", "curly quotation marks cannot be used here";
        "gõ dấu ngoặc kép thẳng: \"…\"", "type straight ones: \"…\""
    }
    unquoted() {
        "chữ phải nằm trong ngoặc kép", "text has to stand in quotation marks";
        "thêm dấu ngoặc kép thẳng ở hai đầu: \"…\"", "put straight quotation marks around it: \"…\""
    }
    bare_hours(text) {
        "khung giờ phải nằm trong ngoặc kép", "hours have to stand in quotation marks";
        "viết \"{text}\"", "write \"{text}\""
    }
    decimal_comma(text, right) {
        "`{text}`: phần thập phân viết bằng dấu chấm, không phải dấu phẩy", "`{text}`: decimals stand behind a point, not a comma";
        "viết {right}", "write {right}"
    }
    no_equals() {
        "thiếu dấu = sau tên khóa", "an = is missing after the key";
        "mỗi dòng viết: khóa = giá trị", "write each line as: key = value"
    }
    no_value() {
        "thiếu giá trị sau dấu =", "a value is missing after the =";
        "viết: khóa = giá trị", "write: key = value"
    }
    extra_equals() {
        "thừa dấu =", "there is one = too many";
        "mỗi khóa chỉ có một dấu =", "a key has a single ="
    }
    bad_head() {
        "đầu bảng viết sai", "this head of a table cannot be read";
        "viết một mình trên một dòng, đủ dấu ngoặc: [hours] hoặc [[item]]",
        "write it alone on its line, with all its brackets: [hours] or [[item]]"
    }
    open_list() {
        "danh sách chưa đóng", "this list is never closed";
        "thêm dấu ] ở cuối danh sách", "add a ] at its end"
    }
    open_table() {
        "dấu {{ chưa đóng", "this {{ is never closed";
        "thêm dấu }} ở cuối", "add a }} at its end"
    }
    stray_bracket() {
        "thừa dấu ngoặc đóng", "a closing bracket without its opening one";
        "bỏ dấu này, hoặc thêm dấu ngoặc mở", "remove it, or add the opening one"
    }
    no_comma() {
        "thiếu dấu phẩy giữa hai phần", "a comma is missing between two parts";
        "ngăn các phần bằng dấu phẩy: [\"a\", \"b\"]", "part them with commas: [\"a\", \"b\"]"
    }
    extra_comma() {
        "thừa dấu phẩy", "there is one comma too many";
        "bỏ dấu phẩy này", "remove it"
    }
    trailing() {
        "phần này thừa ở cuối dòng", "this does not belong at the end of the line";
        "mỗi dòng chỉ một khóa; ghi chú bắt đầu bằng dấu #", "one key a line; a remark begins with #"
    }
    bad_key() {
        "tên khóa viết sai", "this is no key";
        "tên khóa chỉ gồm chữ không dấu, chữ số, - và _", "a key has only unaccented letters, digits, - and _"
    }
    quote_within() {
        "dấu ngoặc kép ở giữa làm chữ bị ngắt tại đây", "a quotation mark within the text ends it here";
        "dấu ngoặc kép ở giữa chữ viết là \\\", hoặc dùng “…”", "write it as \\\" within a text, or use “…”"
    }
    bad_escape() {
        "dấu \\ dùng sai trong chữ", "a \\ is misused in this text";
        "viết \\\\ cho một dấu \\; đường dẫn tệp dùng dấu /", "write \\\\ for one \\; paths use /"
    }
    bad_digits() {
        "số viết sai", "this number cannot be read";
        "viết chữ số thường: 5", "write plain digits: 5"
    }
    upper_case_boolean() {
        "giá trị này viết bằng chữ thường", "this is written in lower case";
        "viết true hoặc false", "write true or false"
    }
    stray_character() {
        "có ký tự không nhìn thấy, không được phép", "there is an invisible character that is not allowed";
        "xóa rồi gõ lại dòng này", "delete this line and type it again"
    }
    unreadable_line() {
        "không đọc được dòng này", "this line cannot be read";
        "mỗi dòng viết: khóa = giá trị", "write each line as: key = value"
    }
    not_checked() {
        "phần còn lại của tệp này chưa được kiểm tra", "the rest of this file has not been checked";
        "sửa hết các dòng viết sai của tệp rồi kiểm tra lại; mã đặt trong tệp này chưa bị coi là thiếu",
        "correct the broken lines of the file, then check again; until then no id that it may define is called unknown"
    }
}
