//! The words of the daemon: how it greets, and what it says when it cannot do as it was told.

use jiff::SignedDuration;

use crate::lang::{Language, rundown};
use crate::terms::{DeviceName, Outcome};

pub fn no_plan(lang: Language) -> &'static str {
    lang.pick(
        "kế hoạch có lỗi và chưa có kế hoạch nào được nhận trước đây; hãy sửa các lỗi trên rồi chạy lại",
        "the plan has errors and none was accepted before; mend the errors above and start again",
    )
}

/// Its copy in the data folder is damaged, so that nothing can take the place of the plan with errors.
pub fn kept_plan_damaged(lang: Language, hash: &str) -> String {
    let hash: String = hash.chars().take(12).collect();
    lang.pick(
        format!(
            "kế hoạch có lỗi, và bản lưu của kế hoạch đã nhận trước đây ({hash}) trong thư mục dữ liệu bị hỏng hoặc mất; hãy sửa các lỗi trên \
             rồi chạy lại"
        ),
        format!(
            "the plan has errors, and the copy of the one that was accepted before ({hash}) is damaged or gone from the data folder; mend the \
             errors above and start again"
        ),
    )
}

/// Of a log that could not be closed as it should.
pub fn rows_lost(lang: Language, rows: usize) -> String {
    lang.pick(
        format!("không ghi được {rows} dòng nhật ký, ổ đĩa lỗi"),
        format!("{rows} rows of the log could not be written: the disk fails"),
    )
}

pub fn log_not_closed(lang: Language) -> &'static str {
    lang.pick(
        "ổ đĩa của nhật ký không trả lời; lần chạy sau sẽ đóng nhật ký",
        "the disk of the log does not answer; the next start closes the log",
    )
}

pub fn engine_ended(lang: Language) -> &'static str {
    lang.pick(
        "bộ điều khiển phát bị dừng do lỗi bên trong; mọi đường ra loa đã im. Hãy chạy lại, và gửi dấu vết cho người bảo trì",
        "the conductor's thread has ended; every output is silent. Start again, and send the trace to the maintainer",
    )
}

/// Somebody pressed Ctrl-C twice, or the system asked twice.
pub fn ended_at_once(lang: Language) -> &'static str {
    lang.pick(
        "dừng ngay vì được yêu cầu lần thứ hai; lần chạy sau sẽ đóng nhật ký",
        "ended at once, as it was asked a second time; the next start closes the log",
    )
}

/// The service is started again and again: it goes on as soon as there is room.
pub fn disk_full(lang: Language, data: &str) -> String {
    lang.pick(
        format!("ổ đĩa của thư mục dữ liệu {data} đã đầy, không ghi được nhật ký; hãy xóa bớt tệp không cần rồi chạy lại (dịch vụ tự chạy lại khi có chỗ trống)"),
        format!("the disk of the data folder {data} is full, and the log cannot be written; remove what is not needed and start again (the service does so by itself once there is room)"),
    )
}

/// How much room a disk has, that is too little.
pub fn room_left(lang: Language, megabytes: u64, folder: &str) -> String {
    lang.pick(format!("còn {megabytes} MB ở {folder}"), format!("{megabytes} MB left at {folder}"))
}

pub fn few_descriptors(lang: Language, has: u64, needed: u64) -> String {
    lang.pick(
        format!("hệ thống chỉ cho mở {has} tệp cùng lúc, đài cần ít nhất {needed}; hãy tăng giới hạn (ulimit -n, hoặc LimitNOFILE= của dịch vụ) rồi chạy lại"),
        format!("the system allows only {has} open files, the station needs {needed}; raise the limit (ulimit -n, or LimitNOFILE= of the service) and start again"),
    )
}

/// At the end of a station whose disk takes nothing.
pub fn handed_over(lang: Language, rows: usize) -> String {
    lang.pick(
        format!("{rows} dòng nhật ký chưa ghi được; lần chạy sau sẽ ghi"),
        format!("{rows} rows of the log could not be written; the next start writes them"),
    )
}

pub fn last_plan_runs(lang: Language) -> &'static str {
    lang.pick("kế hoạch có lỗi; đài chạy theo kế hoạch được nhận gần nhất", "the plan has errors; the last accepted one runs")
}

pub fn plan_refused(lang: Language) -> &'static str {
    lang.pick(
        "kế hoạch mới có lỗi, không được nhận; kế hoạch cũ vẫn chạy",
        "the new plan has errors and is refused; the old one goes on",
    )
}

pub fn plan_accepted(lang: Language) -> &'static str {
    lang.pick("đã nhận kế hoạch mới", "the new plan is in force")
}

/// How many recordings are still to be measured.
pub fn recordings_left(lang: Language, left: usize) -> String {
    lang.pick(format!("còn {left} bản thu"), format!("{left} to go"))
}

pub fn one_device_many_outputs(lang: Language) -> &'static str {
    lang.pick(
        "kế hoạch có nhiều đường ra loa: --output chỉ có thể là null hoặc wav:THƯ_MỤC",
        "the plan has several outputs: --output may only be null or wav:FOLDER",
    )
}

pub fn needs_aloud(lang: Language) -> &'static str {
    lang.pick(
        "đang ngoài khung giờ phát: muốn nghe thử ra loa thật hãy thêm --aloud, hoặc ghi vào tệp bằng --output wav:THƯ_MỤC",
        "it is outside session hours: to rehearse on a real device add --aloud, or write into a file with --output wav:FOLDER",
    )
}

pub fn nothing_comes(lang: Language) -> &'static str {
    lang.pick("kế hoạch không có lần phát nào trong năm tới", "the plan airs nothing in the coming year")
}

/// A line of the station's screen.
pub fn programme_begun(lang: Language, programme: &str) -> String {
    lang.pick(format!("{programme}: bắt đầu phát"), format!("{programme}: on air"))
}

/// How a programme ended; of one that sounded, how long and how many of its elements did not.
pub fn programme_over(lang: Language, programme: &str, outcome: Outcome, sounded: Option<(i64, usize)>) -> String {
    let why = outcome.reason.map(|reason| format!(", {}", rundown::reason(lang, reason))).unwrap_or_default();
    let sounded = sounded.map(|(ms, silent)| {
        let silent = match (silent, lang) {
            (0, _) => String::new(),
            (silent, Language::Vi) => format!("; {silent} bài còn lại không phát"),
            (silent, Language::En) => format!("; {silent} elements did not sound"),
        };
        format!(" ({}{silent})", crate::lang::status::length(lang, ms))
    });
    format!("{programme}: {}{why}{}", rundown::status(lang, outcome.status), sounded.unwrap_or_default())
}

pub fn ordered(lang: Language, actor: Option<&str>, order: &str) -> String {
    match actor {
        Some(actor) => lang.pick(format!("Lệnh của {actor}: {order}"), format!("{actor} ordered: {order}")),
        None => order.to_owned(),
    }
}

/// A wrong time had ended it.
pub fn owed_again(lang: Language, programme: &str) -> String {
    lang.pick(
        format!("{programme}: trước đó bị đóng vì giờ máy sai, nay phát lại theo giờ đúng"),
        format!("{programme}: a wrong time had ended it, and it is owed again"),
    )
}

pub fn fault_begun(lang: Language, output: Option<&str>, what: &str, detail: Option<&str>, remedy: &str) -> String {
    let detail = detail.map(|detail| format!(" ({detail})")).unwrap_or_default();
    format!("{}{}: {what}{detail}. {remedy}", lang.pick("SỰ CỐ", "FAULT"), on(output))
}

pub fn fault_mended(lang: Language, output: Option<&str>, what: &str) -> String {
    format!("{}{}: {what}", lang.pick("Đã hết sự cố", "Mended"), on(output))
}

fn on(output: Option<&str>) -> String {
    output.map(|output| format!(" ({output})")).unwrap_or_default()
}

/// Where a technician finds what the screen does not show.
pub fn trace_is_in(lang: Language, path: &str) -> String {
    lang.pick(format!("Ghi chép kỹ thuật của chương trình: {path}"), format!("The program's trace: {path}"))
}

/// One coming broadcast, for the greeting.
pub struct Next {
    pub at: String,
    pub broadcast: String,
    pub output: String,
    /// `None` while its recordings are being measured.
    pub length: Option<SignedDuration>,
}

/// What the daemon says when it starts.
pub fn hello(lang: Language, station: &str, hash: &str, outputs: &[(String, String)], next: &[Next]) -> String {
    let mut text = String::new();
    let mut line = |label: &str, value: &str| text.push_str(&format!("{label}: {value}\n"));
    line(lang.pick("Đài", "Station"), station);
    line(lang.pick("Mã kế hoạch", "Plan"), hash);
    for (output, devices) in outputs {
        line(&format!("{} {output}", lang.pick("Đường ra loa", "Output")), devices);
    }
    if next.is_empty() {
        line(lang.pick("Sắp phát", "Next"), lang.pick("không có lần phát nào trong 36 giờ tới", "nothing within 36 hours"));
    } else {
        line(lang.pick("Sắp phát", "Next"), "");
    }
    for next in next {
        let length = match next.length.map(|length| length.as_secs()) {
            Some(seconds) => format!("{}:{:02}", seconds / 60, seconds % 60),
            None => crate::lang::status::awaited(lang).to_owned(),
        };
        text.push_str(&format!("  {}  {}  ({})  {length}\n", next.at, next.broadcast, next.output));
    }
    text
}

/// A device in words.
pub fn device(lang: Language, device: &DeviceName) -> String {
    match device {
        DeviceName::Default => lang.pick("thiết bị âm thanh mặc định", "the default sound device").to_owned(),
        DeviceName::Null => {
            lang.pick("null: không ra tiếng, không tính thời lượng của đài", "null: silent, never station airtime").to_owned()
        }
        DeviceName::Wav(folder) => {
            let folder = folder.display();
            lang.pick(format!("ghi vào tệp wav trong {folder}"), format!("into wav files in {folder}"))
        }
        DeviceName::Named(name) => name.clone(),
    }
}
