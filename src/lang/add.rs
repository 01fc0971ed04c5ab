//! The words of `loaxa add`.

use crate::lang::Language;

/// Where the item went: its title, its id, the recording's length, the file of the plan and the line.
pub fn added(lang: Language, title: &str, id: &str, length: &str, place: &str) -> String {
    lang.pick(
        format!("Đã thêm bài \"{title}\" [{id}], dài {length}: {place}\n"),
        format!("Added \"{title}\" [{id}], {length}: {place}\n"),
    )
}

pub fn will_air(lang: Language) -> &'static str {
    lang.pick("Dự kiến phát:\n", "It is expected to air:\n")
}

/// Nothing of the plan takes it.
pub fn nowhere(lang: Language, days: i64) -> String {
    lang.pick(
        format!(
            "Trong {days} ngày tới chưa có lịch nào phát bài này: hãy ghi mã của nó vào `elements` của một chương trình, \
             hoặc cho nó nhóm nội dung, nhãn mà chương trình chọn.\n"
        ),
        format!(
            "Nothing in the next {days} days airs it: name it in the `elements` of a programme, or give it a topic or a tag from which \
             a programme picks.\n"
        ),
    )
}

/// It waits for room: a programme picks it some day.
pub fn some_day(lang: Language, days: i64) -> String {
    lang.pick(
        format!("Có chương trình chọn bài này, nhưng {days} ngày tới chưa đến lượt.\n"),
        format!("A programme picks it, but its turn does not come in the next {days} days.\n"),
    )
}

pub fn which_plan(lang: Language) -> &'static str {
    lang.pick("chưa biết thêm vào kế hoạch nào: ghi --plan KẾ_HOẠCH", "which plan it goes into is not known: say --plan PLAN")
}

pub fn no_topic(lang: Language, known: &str) -> String {
    lang.pick(
        format!("tin, bài phải có nhóm nội dung: ghi --topic ({known}), hoặc --kind notice nếu là thông báo"),
        format!("an announcement has a topic: say --topic ({known}), or --kind notice where it is a notice"),
    )
}

/// The same recording is an item already.
pub fn already(lang: Language, id: &str, title: &str) -> String {
    lang.pick(
        format!("bản thu này đã có trong kế hoạch: \"{title}\" [{id}]"),
        format!("this recording is in the plan already: \"{title}\" [{id}]"),
    )
}

/// Its items stand in a form to which none can be added.
pub fn not_editable(lang: Language, file: &str) -> String {
    lang.pick(
        format!("{file}: các bài không ghi bằng `[[item]]` nên máy không thêm được; hãy ghi bài mới bằng tay"),
        format!("{file}: its items are not written as `[[item]]`, so that none can be added; write the new one by hand"),
    )
}

/// The plan changed while it was edited.
pub fn changed_meanwhile(lang: Language, file: &str) -> String {
    lang.pick(
        format!("{file} vừa được người khác sửa: chưa thêm gì, hãy làm lại"),
        format!("{file} was changed by somebody meanwhile: nothing was added, try again"),
    )
}
