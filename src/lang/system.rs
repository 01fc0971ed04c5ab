//! What the system says when it refuses something: by its numbers, so that an operator reads why in Vietnamese.

use std::io::{Error, ErrorKind};
use std::path::Path;

use rusqlite::ErrorCode;

use crate::asrun::store::LogError;
use crate::lang::{Language, log};

/// Why a file, a folder or a device was refused.
pub fn io(lang: Language, error: &Error) -> String {
    match lang {
        Language::En => error.to_string(),
        Language::Vi => match (error.raw_os_error(), of_kind(error.kind())) {
            (Some(number), known) => {
                let listed = NUMBERS.iter().find(|(listed, _)| *listed == number).map(|(_, words)| *words);
                listed.or(known).map_or_else(|| format!("hệ thống báo lỗi số {number}"), str::to_owned)
            }
            (None, Some(words)) => words.to_owned(),
            (None, None) => "lỗi khi đọc hoặc ghi".to_owned(),
        },
    }
}

/// The same of an error of which only the number is known.
pub fn numbered(lang: Language, number: Option<i32>) -> String {
    io(lang, &number.map_or_else(|| ErrorKind::InvalidData.into(), Error::from_raw_os_error))
}

/// What was said of a recording at a time when nobody knew the language: Rust writes the system's number behind its words.
pub fn retold(lang: Language, said: &str) -> String {
    let number = said.rsplit_once("(os error ").and_then(|(_, rest)| rest.split_once(')')?.0.parse().ok());
    match (lang, number) {
        (Language::En, _) => said.to_owned(),
        (Language::Vi, Some(number)) => numbered(lang, Some(number)),
        (Language::Vi, None) => "lỗi khi đọc hoặc ghi".to_owned(),
    }
}

/// By the numbers that Linux gives (errno).
const NUMBERS: [(i32, &str); 31] = [
    (libc::EPERM, "hệ thống không cho phép"),
    (libc::ENOENT, "không có tệp hay thư mục này"),
    (libc::EIO, "ổ đĩa hoặc thẻ nhớ hỏng, không đọc ghi được"),
    (libc::ENXIO, "không có thiết bị này"),
    (libc::EAGAIN, "hệ thống đang bận, thử lại sau"),
    (libc::ENOMEM, "máy hết bộ nhớ"),
    (libc::EACCES, "tài khoản này không có quyền"),
    (libc::EBUSY, "chương trình khác đang dùng"),
    (libc::EEXIST, "đã có tệp hay thư mục cùng tên"),
    (libc::EXDEV, "nằm trên hai ổ đĩa khác nhau"),
    (libc::ENODEV, "không có thiết bị này"),
    (libc::ENOTDIR, "một phần của đường dẫn không phải là thư mục"),
    (libc::EISDIR, "đây là thư mục, không phải là tệp"),
    (libc::EINVAL, "hệ thống không làm được việc này ở đây"),
    (libc::ENFILE, "hệ thống mở quá nhiều tệp cùng lúc"),
    (libc::EMFILE, "chương trình mở quá nhiều tệp cùng lúc"),
    (libc::EFBIG, "tệp lớn hơn mức ổ đĩa cho phép"),
    (libc::ENOSPC, "ổ đĩa hết chỗ trống"),
    (libc::EROFS, "ổ đĩa chỉ cho đọc, không cho ghi"),
    (libc::EPIPE, "bên nhận đã đóng"),
    (libc::ENAMETOOLONG, "tên tệp dài quá"),
    (libc::ENOTEMPTY, "thư mục không rỗng"),
    (libc::ELOOP, "liên kết chỉ vòng quanh"),
    (libc::ECONNREFUSED, "không có ai nhận kết nối"),
    (libc::ECONNRESET, "kết nối bị ngắt"),
    (libc::ETIMEDOUT, "quá lâu không trả lời"),
    (libc::ESTALE, "ổ đĩa mạng đã ngắt"),
    (libc::EUCLEAN, "hệ thống tệp trên ổ đĩa bị hỏng"),
    (libc::EDQUOT, "hết phần ổ đĩa dành cho tài khoản này"),
    (libc::ENOMEDIUM, "chưa cắm thẻ nhớ hay đĩa"),
    (libc::ENOTCONN, "chưa kết nối"),
];

/// What Rust knows of an error that has no number.
fn of_kind(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::NotFound => "không có tệp hay thư mục này",
        ErrorKind::PermissionDenied => "tài khoản này không có quyền",
        ErrorKind::AlreadyExists => "đã có tệp hay thư mục cùng tên",
        ErrorKind::StorageFull => "ổ đĩa hết chỗ trống",
        ErrorKind::ReadOnlyFilesystem => "ổ đĩa chỉ cho đọc, không cho ghi",
        ErrorKind::UnexpectedEof => "tệp bị cắt cụt",
        ErrorKind::InvalidData => "nội dung không đúng dạng",
        ErrorKind::InvalidInput | ErrorKind::InvalidFilename => "tên hoặc giá trị không dùng được",
        ErrorKind::TimedOut => "quá lâu không trả lời",
        ErrorKind::WouldBlock => "hệ thống đang bận, thử lại sau",
        ErrorKind::WriteZero => "không ghi thêm được",
        ErrorKind::OutOfMemory => "máy hết bộ nhớ",
        ErrorKind::BrokenPipe => "bên nhận đã đóng",
        _ => return None,
    })
}

pub fn of_file(lang: Language, path: &Path, error: &Error) -> String {
    let why = io(lang, error);
    lang.pick(format!("không dùng được {}: {why}", path.display()), format!("cannot use {}: {why}", path.display()))
}

/// What SQLite says of the log's file.
pub fn database(lang: Language, error: &rusqlite::Error) -> String {
    if lang == Language::En {
        return error.to_string();
    }
    let words = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => "tệp này không phải là tệp nhật ký",
        Some(ErrorCode::DatabaseCorrupt) => "tệp nhật ký bị hỏng",
        Some(ErrorCode::DiskFull) => "ổ đĩa hết chỗ trống",
        Some(ErrorCode::ReadOnly) => "tệp hoặc ổ đĩa chỉ cho đọc, không cho ghi",
        Some(ErrorCode::CannotOpen) => "không mở được tệp",
        Some(ErrorCode::SystemIoFailure) => "ổ đĩa hoặc thẻ nhớ hỏng, không đọc ghi được",
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => "chương trình khác đang giữ tệp nhật ký",
        Some(ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied) => "tài khoản này không có quyền",
        Some(ErrorCode::OutOfMemory) => "máy hết bộ nhớ",
        Some(_) | None => "tệp nhật ký thiếu bảng, hoặc có bảng bị đổi dạng",
    };
    words.to_owned()
}

/// Why the log cannot be read or written, and what to do where that is known.
pub fn of_log(lang: Language, error: &LogError) -> String {
    match error {
        LogError::InUse(dir) => log::in_use(lang, &dir.display().to_string()),
        LogError::OtherOrigin { dir, found, wanted } => log::other_origin(lang, &dir.display().to_string(), *found, *wanted),
        LogError::NoLog(dir) => log::no_log(lang, &dir.display().to_string()),
        LogError::Newer { dir, .. } => log::newer_log(lang, &dir.display().to_string()),
        LogError::Damaged { path, what } => lang.pick(
            format!("tệp nhật ký {} bị hỏng", path.display()),
            format!("the log's file {} is damaged: {what}", path.display()),
        ),
        LogError::File { path, source } => of_file(lang, path, source),
        LogError::Database(source) => {
            let why = database(lang, source);
            lang.pick(format!("không đọc hoặc ghi được nhật ký: {why}"), format!("the log cannot be read or written: {why}"))
        }
        LogError::EndedTwice(slot) => {
            lang.pick(format!("lần phát {slot} đã ghi kết thúc rồi"), format!("slot {slot} has ended already"))
        }
        LogError::NotEnded(slot) => lang.pick(
            format!("lần phát {slot} chưa ghi kết thúc"),
            format!("slot {slot} has not ended, so that nothing of it is void"),
        ),
        LogError::EndOfNothing => lang.pick("dòng kết thúc không nêu lần phát nào", "an `end` row names no slot").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of a text without its paths would be English if it had such words.
    fn is_english(text: &str) -> bool {
        [" is ", " the ", "No such", "denied", "error", "cannot"].iter().any(|word| text.contains(word))
    }

    #[test]
    fn errors_of_the_system_are_told_in_vietnamese_by_their_number() {
        for number in 1..=133 {
            let error = Error::from_raw_os_error(number);
            let said = io(Language::Vi, &error);
            assert!(!is_english(&said) && !said.contains("os error"), "{number}: {said}");
            assert_eq!(io(Language::En, &error), error.to_string());
        }
        assert_eq!(io(Language::Vi, &Error::from_raw_os_error(libc::ENOSPC)), "ổ đĩa hết chỗ trống");
        assert_eq!(io(Language::Vi, &Error::from_raw_os_error(131)), "hệ thống báo lỗi số 131");
        assert_eq!(io(Language::Vi, &ErrorKind::UnexpectedEof.into()), "tệp bị cắt cụt");
        assert_eq!(io(Language::Vi, &Error::other("the cat")), "lỗi khi đọc hoặc ghi");
    }

    #[test]
    fn what_was_said_in_english_is_retold_by_its_number() {
        assert_eq!(retold(Language::Vi, "cannot use /x: Permission denied (os error 13)"), "tài khoản này không có quyền");
        assert_eq!(retold(Language::Vi, "the master is not what was measured"), "lỗi khi đọc hoặc ghi");
    }

    #[test]
    fn errors_of_the_log_are_told_in_vietnamese() {
        let full = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL);
        for (error, said) in [
            (LogError::InUse("/d".into()), "đang được một loaxa khác dùng"),
            (
                LogError::Database(rusqlite::Error::SqliteFailure(full, Some("database or disk is full".into()))),
                "ổ đĩa hết chỗ trống",
            ),
            (
                LogError::File { path: "/d".into(), source: Error::from_raw_os_error(libc::EACCES) },
                "không dùng được /d: tài khoản",
            ),
            (LogError::Damaged { path: "/d".into(), what: "no such table".into() }, "tệp nhật ký /d bị hỏng"),
        ] {
            let shown = of_log(Language::Vi, &error);
            assert!(shown.contains(said) && !is_english(&shown), "{shown}");
        }
    }
}
