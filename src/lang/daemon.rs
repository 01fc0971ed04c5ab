//! The words of the daemon: how it greets, and what it says when it cannot do as it was told.

use jiff::SignedDuration;

use crate::lang::Language;
use crate::terms::DeviceName;

pub fn no_plan(lang: Language) -> &'static str {
    lang.pick(
        "kế hoạch có lỗi và chưa có kế hoạch nào được nhận trước đây; hãy sửa các lỗi trên rồi chạy lại",
        "the plan has errors and none was accepted before; mend the errors above and start again",
    )
}

/// The service is started again and again: it goes on as soon as there is room.
pub fn disk_full(lang: Language, data: &str) -> String {
    lang.pick(
        format!("ổ đĩa của thư mục dữ liệu {data} đã đầy, không ghi được nhật ký; hãy xóa bớt tệp không cần rồi chạy lại (dịch vụ tự chạy lại khi có chỗ trống)"),
        format!("the disk of the data folder {data} is full, and the log cannot be written; remove what is not needed and start again (the service does so by itself once there is room)"),
    )
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
