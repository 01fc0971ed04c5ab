//! The words of what falls due beside the air.

use crate::lang::Language;

pub fn no_folder(lang: Language, folder: &str) -> String {
    lang.pick(
        format!("không thấy thư mục {folder}; cắm lại USB"),
        format!("the folder {folder} is not there; plug the stick in again"),
    )
}

pub fn bad_log(lang: Language, seq: u64) -> String {
    lang.pick(
        format!("nhật ký không khớp từ dòng {seq} nên không chép đè lên các bản sao lưu tốt; chạy: loaxa verify"),
        format!("the log is not good from row {seq}, so it is not copied beside good backups; run: loaxa verify"),
    )
}

pub fn not_copied(lang: Language, why: &str) -> String {
    lang.pick(format!("không chép được nhật ký ({why})"), format!("the log cannot be copied ({why})"))
}

/// A damaged log was set aside when the station started.
pub fn log_rescued(lang: Language, aside: Option<&str>, backup: Option<&str>) -> String {
    let aside = aside.map(|name| lang.pick(format!("giữ tệp hỏng ở {name}; "), format!("the damaged file is kept as {name}; ")));
    let then = match backup {
        Some(file) => lang.pick(format!("dùng lại bản sao lưu {file}"), format!("the backup {file} took its place")),
        None => lang.pick("chưa có bản sao lưu nên bắt đầu nhật ký mới", "without a backup a new log was begun").to_owned(),
    };
    format!("{}{then}", aside.unwrap_or_default())
}

pub fn rows_gone(lang: Language, from: u64, to: u64) -> String {
    if from == to {
        return lang.pick(format!("mất dòng {from}"), format!("row {from} is gone"));
    }
    lang.pick(format!("mất các dòng {from}–{to}"), format!("rows {from} to {to} are gone"))
}

/// Rows are gone from the log's end.
pub fn log_gap(lang: Language, from: u64, to: u64) -> String {
    let rows = rows_gone(lang, from, to);
    lang.pick(
        format!("{rows}: mất điện khi đang ghi, hoặc một bản sao lưu cũ được chép vào thay tệp nhật ký"),
        format!("{rows}: the power failed while writing, or an older backup was put in the log's place"),
    )
}

/// The disk failed for longer than rows can wait.
pub fn rows_let_go(lang: Language, rows: u64) -> String {
    lang.pick(
        format!("ổ đĩa không ghi được quá lâu nên mất {rows} dòng"),
        format!("the disk failed for so long that {rows} rows could not be kept"),
    )
}

/// The log's file was taken away while it was open, and written anew.
pub fn log_copied(lang: Language) -> &'static str {
    lang.pick(
        "máy đã ghi lại đủ các dòng vào một tệp mới, không mất dòng nào",
        "all rows were written anew into another file, none is lost",
    )
}

/// The log is not the one that was here.
pub fn log_other(lang: Language) -> &'static str {
    lang.pick(
        "heads.txt nhớ một nhật ký khác: tệp nhật ký đã bị thay bằng bản khác, hoặc bị chép lại",
        "heads.txt remembers another one: the log was exchanged for another file, or made anew",
    )
}

/// The beginning of a draft's name.
pub fn draft_prefix(lang: Language) -> &'static str {
    lang.pick("DU-THAO-", "DRAFT-")
}

pub fn report_file(lang: Language, path: &str, why: &str) -> String {
    lang.pick(format!("không ghi được vào {path} ({why})"), format!("cannot write to {path} ({why})"))
}

pub fn report_child_ended(lang: Language) -> &'static str {
    lang.pick("việc lập báo cáo bị dừng giữa chừng", "making the report was cut off")
}

/// Which report failed, and why.
pub fn report_failed(lang: Language, id: &str, why: &str) -> String {
    lang.pick(format!("báo cáo `{id}`: {why}"), format!("the report `{id}`: {why}"))
}

/// What falls short of its targets, and by when it will be asked for.
pub fn targets_behind(lang: Language, campaign: &str, due: &str, day: &str, late: &str) -> String {
    lang.pick(
        format!("{campaign}, báo cáo hạn {due}, tính đến hết {day}: {late}"),
        format!("{campaign}, report due {due}, as of {day}: {late}"),
    )
}

/// For the trace.
pub fn behind(lang: Language, text: &str) -> String {
    lang.pick(format!("chậm so với chỉ tiêu: {text}"), format!("targets are behind: {text}"))
}

pub fn minutes_of(lang: Language, topic: &str, done: &str, wanted: &str) -> String {
    lang.pick(format!("{topic} {done}/{wanted} phút"), format!("{topic} {done} of {wanted} min"))
}

pub fn airings_of(lang: Language, topic: &str, done: &str, wanted: &str) -> String {
    lang.pick(format!("{topic} {done}/{wanted} lượt"), format!("{topic} {done} of {wanted} airings"))
}
