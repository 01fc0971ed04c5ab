//! What the command line says to whoever types: complaints, and what is expected instead. The help is in [`crate::lang::help`].

use crate::lang::Language;

pub fn unknown_argument(lang: Language, argument: &str, nearest: Option<&str>) -> String {
    let start = lang.pick(format!("không có tham số `{argument}`"), format!("there is no argument `{argument}`"));
    format!("{start}{}", perhaps(lang, nearest))
}

pub fn unknown_command(lang: Language, command: &str, nearest: Option<&str>) -> String {
    let start = lang.pick(format!("không có lệnh `{command}`"), format!("there is no command `{command}`"));
    format!("{start}{}", perhaps(lang, nearest))
}

fn perhaps(lang: Language, nearest: Option<&str>) -> String {
    match nearest {
        Some(nearest) => lang.pick(format!("; ý bạn là `{nearest}`?"), format!("; did you mean `{nearest}`?")),
        None => String::new(),
    }
}

pub fn missing_value(lang: Language, argument: &str) -> String {
    lang.pick(format!("`{argument}` cần một giá trị"), format!("`{argument}` needs a value"))
}

pub fn missing_argument(lang: Language, arguments: &str) -> String {
    lang.pick(format!("còn thiếu: {arguments}"), format!("missing: {arguments}"))
}

pub fn missing_command(lang: Language) -> String {
    lang.pick("còn thiếu tên lệnh", "a command is missing").to_owned()
}

pub fn bad_value(lang: Language, argument: &str, value: &str, allowed: Option<&str>) -> String {
    let allowed = allowed.map(|allowed| format!(" ({allowed})")).unwrap_or_default();
    lang.pick(format!("`{value}` không hợp với `{argument}`{allowed}"), format!("`{value}` does not fit `{argument}`{allowed}"))
}

pub fn conflict(lang: Language, argument: &str, other: &str) -> String {
    if other.is_empty() || argument == other {
        return lang.pick(format!("`{argument}` chỉ được viết một lần"), format!("`{argument}` may be given only once"));
    }
    lang.pick(
        format!("`{argument}` và `{other}` không dùng cùng nhau được"),
        format!("`{argument}` and `{other}` exclude each other"),
    )
}

pub fn not_utf8(lang: Language) -> String {
    lang.pick("tham số có ký tự không đọc được (cần UTF-8)", "an argument is not readable text (UTF-8 is needed)").to_owned()
}

pub fn internal_error(lang: Language) -> &'static str {
    lang.pick(
        "lỗi bên trong chương trình; xin gửi những dòng ở trên cho người bảo trì",
        "an internal error; please send the lines above to the maintainer",
    )
}

pub fn day_expected(lang: Language) -> &'static str {
    lang.pick(
        "cần một ngày như 15/11/2026, 15/11, hôm nay, thứ ba",
        "a day is expected, such as 2026-11-15, 15/11/2026, today, tuesday",
    )
}

pub fn time_expected(lang: Language) -> &'static str {
    lang.pick("cần giờ như 05:30 hoặc 5h30", "a time is expected, such as 05:30 or 5h30")
}

pub fn moment_expected(lang: Language) -> &'static str {
    lang.pick(
        "cần ngày và giờ như \"15/11/2026 5h30\", \"hôm nay 5h30\"",
        "a day and a time are expected, such as \"2026-11-15 05:30\", \"today 5h30\"",
    )
}

pub fn edge_expected(lang: Language) -> &'static str {
    lang.pick(
        "cần một ngày như 15/11/2026, hôm nay, hoặc ngày và giờ như \"15/11/2026 5h30\"",
        "a day is expected, such as 2026-11-15 or today, or a day and a time, such as \"2026-11-15 05:30\"",
    )
}

pub fn until_expected(lang: Language) -> &'static str {
    lang.pick(
        "cần giờ như 18:00, 5h30, hoặc ngày và giờ như \"ngày mai 6h\", \"20/11/2026 6h\"",
        "a time is expected, such as 18:00, or a day and a time, such as \"tomorrow 6h\", \"2026-11-20 06:00\"",
    )
}

pub fn length_expected(lang: Language) -> &'static str {
    lang.pick(
        "cần độ dài như 45s, 10m, 1h30m hoặc \"20 phút\", nhiều nhất 24h",
        "a length is expected, such as 45s, 10m or 1h30m, 24h at most",
    )
}

pub fn count_expected(lang: Language) -> &'static str {
    lang.pick("cần một số từ 1 đến 100", "a number from 1 to 100 is expected")
}

pub fn folder_expected(lang: Language) -> &'static str {
    lang.pick("cần wav:THƯ_MỤC", "wav:FOLDER is expected")
}

pub fn device_expected(lang: Language) -> &'static str {
    lang.pick(
        "cần default, null, wav:THƯ_MỤC hoặc tên một thiết bị âm thanh",
        "default, null, wav:FOLDER or the name of a sound device is expected",
    )
}

pub fn span_is_too_long(lang: Language, most_days: i64) -> String {
    lang.pick(
        format!("một lần xem nhiều nhất {most_days} ngày; hãy chọn `--from` và `--to` gần nhau hơn"),
        format!("at most {most_days} days can be shown at once; bring `--from` and `--to` closer together"),
    )
}

pub fn span_is_empty(lang: Language) -> &'static str {
    lang.pick("`--to` phải sau `--from`", "`--to` must come after `--from`")
}

/// What may take over a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// The log is read.
    Log,
    /// The log is checked.
    Check,
    Recordings,
    Simulation,
}

pub fn working(lang: Language, work: Work) -> &'static str {
    match work {
        Work::Log => lang.pick("Đang đọc nhật ký", "Reading the log"),
        Work::Check => lang.pick("Đang kiểm tra nhật ký", "Checking the log"),
        Work::Recordings => lang.pick("Đang đo bản thu", "Measuring recordings"),
        Work::Simulation => lang.pick("Đang mô phỏng", "Simulating"),
    }
}

pub fn address_expected(lang: Language) -> &'static str {
    lang.pick(
        "off, 127.0.0.1:8080 (chỉ trên máy này) hoặc 0.0.0.0:8080 (cả mạng)",
        "off, 127.0.0.1:8080 (this machine only) or 0.0.0.0:8080 (the network)",
    )
}

pub fn seed_expected(lang: Language) -> &'static str {
    lang.pick("cần một số nguyên không âm, ví dụ 7", "a whole number is expected, 7 for example")
}

pub fn simulation_needs_data(lang: Language) -> &'static str {
    lang.pick(
        "mô phỏng cần thư mục dữ liệu riêng: thêm --data THƯ_MỤC",
        "a simulation needs a data folder of its own: add --data DIR",
    )
}

pub fn rehearsed_into(lang: Language, data: &str) -> String {
    lang.pick(
        format!("Xem những gì đã nghe thử: loaxa log --data {data}"),
        format!("What was rehearsed: loaxa log --data {data}"),
    )
}
