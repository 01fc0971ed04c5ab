//! The words of `loaxa person`: who may come into the console.

use crate::lang::Language;
pub use crate::lang::console::role;

pub fn ask_pin(lang: Language) -> &'static str {
    lang.pick("Mã PIN (6 chữ số, hoặc mật khẩu từ 8 ký tự): ", "PIN (6 digits, or a password of 8 characters and more): ")
}

pub fn ask_pin_again(lang: Language) -> &'static str {
    lang.pick("Nhập lại: ", "Once more: ")
}

pub fn pins_differ(lang: Language) -> &'static str {
    lang.pick("hai lần nhập không giống nhau; chưa thay đổi gì", "the two are not the same; nothing was changed")
}

pub fn added(lang: Language, name: &str) -> String {
    lang.pick(format!("{name} đã có thể vào bảng điều khiển."), format!("{name} may come into the console now."))
}

pub fn pin_set(lang: Language, name: &str) -> String {
    lang.pick(
        format!("{name} đã có mã PIN mới; các điện thoại đã đăng nhập phải nhập lại."),
        format!("{name} has a new PIN; phones that were signed in have to sign in again."),
    )
}

pub fn removed(lang: Language, name: &str) -> String {
    lang.pick(format!("{name} không còn vào được bảng điều khiển."), format!("{name} may come into the console no more."))
}

pub fn nobody(lang: Language) -> &'static str {
    lang.pick("Chưa có ai. Thêm người: loaxa person add TÊN", "Nobody yet. Add somebody: loaxa person add NAME")
}

pub fn known(lang: Language) -> &'static str {
    lang.pick(
        "đã có người tên này; đổi mã PIN: loaxa person pin TÊN",
        "there is a person of that name; for another PIN: loaxa person pin NAME",
    )
}

pub fn unknown(lang: Language) -> &'static str {
    lang.pick(
        "không có người tên này; xem danh sách: loaxa person list",
        "there is no person of that name; to see them: loaxa person list",
    )
}

pub fn bad_name(lang: Language) -> &'static str {
    lang.pick(
        "tên dài từ 1 đến 60 ký tự, không có dấu cách ở hai đầu",
        "a name has 1 to 60 characters, and no blank at either end",
    )
}

pub fn weak_pin(lang: Language) -> &'static str {
    lang.pick(
        "mã PIN phải có 6 chữ số và không quá dễ đoán (như 000000, 123456), hoặc là mật khẩu từ 8 đến 200 ký tự",
        "a PIN has six digits that nobody guesses at once (not 000000 or 123456), or is a password of 8 to 200 characters",
    )
}

pub fn too_many(lang: Language) -> &'static str {
    lang.pick(
        "đã có 100 người; hãy bớt trước: loaxa person remove TÊN",
        "there are 100 people; take some away first: loaxa person remove NAME",
    )
}

pub fn damaged(lang: Language, path: &str, why: &str) -> String {
    lang.pick(
        format!("{path} bị hỏng ({why}); hãy xóa tệp này và thêm lại từng người"),
        format!("{path} is damaged ({why}); remove the file and add everybody again"),
    )
}
