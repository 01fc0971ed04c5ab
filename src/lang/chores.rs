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
