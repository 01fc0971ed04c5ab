//! The words of `loaxa log`, and of the closed lists that rows carry.

use crate::lang::Language;
use crate::terms::*;

pub use crate::lang::rundown::{day, kind as item_kind, nothing_to_pick, reason, status};

pub fn kind(lang: Language, kind: Kind) -> &'static str {
    match kind {
        Kind::Start => lang.pick("máy bắt đầu chạy", "started"),
        Kind::Stop => lang.pick("máy được tắt", "stopped"),
        Kind::Plan => lang.pick("kế hoạch phát thanh", "plan"),
        Kind::Clock => lang.pick("giờ máy", "clock"),
        Kind::Air => lang.pick("phát", "take"),
        Kind::End => lang.pick("hết lần phát", "slot over"),
        Kind::Order => lang.pick("lệnh", "order"),
        Kind::Fault => lang.pick("sự cố", "fault"),
        Kind::Hand => lang.pick("ghi tay", "entered by hand"),
        Kind::Gap => lang.pick("mất dữ liệu nhật ký", "rows lost"),
        Kind::Void => lang.pick("hủy dòng ghi theo giờ sai", "rows of a wrong time void"),
    }
}

pub fn priority(lang: Language, priority: Priority) -> &'static str {
    match priority {
        Priority::Ordinary => lang.pick("thông thường", "ordinary"),
        Priority::Priority => lang.pick("ưu tiên", "priority"),
        Priority::Emergency => lang.pick("khẩn cấp", "emergency"),
    }
}

pub fn origin(lang: Language, origin: Origin) -> &'static str {
    match origin {
        Origin::Live => lang.pick("phát thật", "live"),
        Origin::Rehearsal => lang.pick("nghe thử", "rehearsal"),
        Origin::Simulation => lang.pick("mô phỏng", "simulation"),
    }
}

/// What stands over a log that is not the station's own; `None` over one that is.
pub fn not_live(lang: Language, origin: Origin) -> Option<&'static str> {
    match origin {
        Origin::Live => None,
        Origin::Rehearsal => {
            Some(lang.pick("NGHE THỬ: không phải thời lượng phát của đài.", "REHEARSAL: none of this is the station's airtime."))
        }
        Origin::Simulation => {
            Some(lang.pick("MÔ PHỎNG: không phải thời lượng phát của đài.", "SIMULATION: none of this is the station's airtime."))
        }
    }
}

pub fn title(lang: Language) -> &'static str {
    lang.pick("NHẬT KÝ PHÁT THANH", "AS-RUN LOG")
}

/// The table's columns.
#[derive(Clone, Copy, Debug)]
pub struct Columns {
    pub planned: &'static str,
    pub started: &'static str,
    pub output: &'static str,
    pub what: &'static str,
    /// First run or repeat.
    pub run: &'static str,
    pub airtime: &'static str,
    pub outcome: &'static str,
}

pub fn columns(lang: Language) -> Columns {
    lang.pick(
        Columns {
            planned: "Giờ lịch",
            started: "Giờ phát",
            output: "Đường ra",
            what: "Nội dung",
            run: "PM/PL",
            airtime: "T.lượng",
            outcome: "Kết quả",
        },
        Columns {
            planned: "Planned",
            started: "Started",
            output: "Output",
            what: "What",
            run: "Run",
            airtime: "Airtime",
            outcome: "Outcome",
        },
    )
}

pub fn first_run(lang: Language, first: bool) -> &'static str {
    if first { lang.pick("PM", "new") } else { lang.pick("PL", "rep") }
}

/// Behind a day's date, where all of it was on one output.
pub fn on_output(lang: Language, output: &str) -> String {
    lang.pick(format!(" · đường ra loa: {output}"), format!(" · output: {output}"))
}

/// Elements of a programme that did not sound, all for one reason; `left` when others of it stand above.
pub fn elements(lang: Language, count: usize, left: bool) -> String {
    match (lang, left) {
        (Language::Vi, true) => format!("{count} bài còn lại"),
        (Language::Vi, false) => format!("{count} bài"),
        (Language::En, true) => format!("the other {count} elements"),
        (Language::En, false) => format!("{count} elements"),
    }
}

fn number(lang: Language, number: usize) -> String {
    crate::lang::report::count(lang, i64::try_from(number).unwrap_or(i64::MAX))
}

/// How the slots of an answer ended.
pub fn slots(lang: Language, all: usize, parts: &str) -> String {
    lang.pick(
        format!("Cộng {} lần phát: {parts}.", number(lang, all)),
        format!("Total {} {}: {parts}.", number(lang, all), if all == 1 { "slot" } else { "slots" }),
    )
}

pub fn empty(lang: Language) -> &'static str {
    lang.pick("Nhật ký chưa có dòng nào như vậy.", "The log has no such rows.")
}

pub fn no_log(lang: Language, dir: &str) -> String {
    lang.pick(
        format!("không có nhật ký trong thư mục {dir}; chỉ thư mục dữ liệu khác bằng --data THƯ_MỤC"),
        format!("there is no log in {dir}; name the data folder with --data DIR"),
    )
}

pub fn newer_log(lang: Language, dir: &str) -> String {
    lang.pick(
        format!("nhật ký trong {dir} do bản loaxa mới hơn ghi; hãy dùng bản đó"),
        format!("the log in {dir} was written by a newer loaxa; use that one"),
    )
}

pub fn in_use(lang: Language, dir: &str) -> String {
    lang.pick(
        format!(
            "thư mục dữ liệu {dir} đang được một loaxa khác dùng; hãy tắt nó trước, hoặc chọn thư mục khác bằng --data THƯ_MỤC"
        ),
        format!("the data folder {dir} is in use by another loaxa; end that one first, or name another folder with --data DIR"),
    )
}

pub fn other_origin(lang: Language, dir: &str, found: Origin, wanted: Origin) -> String {
    let (found, wanted) = (origin(lang, found), origin(lang, wanted));
    lang.pick(
        format!("thư mục dữ liệu {dir} đã có nhật ký {found}, không ghi nhật ký {wanted} vào đó được; hãy chọn thư mục khác bằng --data THƯ_MỤC"),
        format!("the data folder {dir} holds a {found} log, not a {wanted} one; name another folder with --data DIR"),
    )
}

pub fn cannot_read(lang: Language, dir: &str) -> String {
    lang.pick(format!("không đọc được nhật ký trong {dir}"), format!("the log in {dir} cannot be read"))
}

pub fn backup_exists(lang: Language, file: &str) -> String {
    lang.pick(format!("đã có tệp {file}; hãy chọn tên khác"), format!("{file} is there already; choose another name"))
}

pub fn backed_up(lang: Language, file: &str, rows: u64, head: &str) -> String {
    let rows = crate::lang::report::count(lang, i64::try_from(rows).unwrap_or(i64::MAX));
    lang.pick(
        format!("Đã sao lưu {rows} dòng nhật ký vào {file}\nMã kiểm tra: {head} (ghi kèm ở {file}.heads.txt)"),
        format!("{rows} rows of the log are backed up in {file}\nHead: {head} (beside it in {file}.heads.txt)"),
    )
}

pub fn not_backed_up(lang: Language, file: &str) -> String {
    lang.pick(format!("không sao lưu được nhật ký vào {file}"), format!("the log cannot be backed up in {file}"))
}

/// What follows in the log of a damaged one.
pub fn log_damaged(lang: Language, then: &str) -> String {
    lang.pick(format!("tệp nhật ký bị hỏng; {then}"), format!("the log was damaged; {then}"))
}

pub fn entered(lang: Language) -> &'static str {
    lang.pick("Đã ghi vào nhật ký (ghi tay).", "Entered in the log (by hand).")
}

pub fn withdrawn(lang: Language) -> &'static str {
    lang.pick(
        "Đã hủy dòng ghi tay đó: cả hai dòng còn trong nhật ký, không dòng nào được tính.",
        "Taken back: both rows stay in the log, and neither counts.",
    )
}

pub fn entry_expected(lang: Language) -> &'static str {
    lang.pick(
        "cần số của một dòng ghi tay chưa hủy, như loaxa log in ra",
        "the number of an entry by hand that still counts is expected, as loaxa log prints it",
    )
}

pub fn entered_later(lang: Language) -> &'static str {
    lang.pick(
        "máy đã nhận nhưng ổ đĩa đang lỗi, chưa ghi được vào nhật ký",
        "the daemon has it, but the disk fails: it is not in the log yet",
    )
}

pub fn text_expected(lang: Language) -> &'static str {
    lang.pick("cần chữ thường, không quá 500 ký tự", "plain text is expected, at most 500 characters")
}

/// The answer to a question about announcements, under the table; `lost` of them did not air whole.
pub fn answer(lang: Language, airings: usize, minutes: &str, lost: usize, why: &str) -> String {
    let because = if why.is_empty() { String::new() } else { format!(" ({why})") };
    let (count, missing) = (number(lang, airings), number(lang, lost));
    if airings == 0 && lost > 0 && minutes == "0" {
        return lang.pick(
            format!("Tin, bài không phát đủ: {missing} lượt{because}."),
            format!("Announcements that did not air whole: {missing}{because}."),
        );
    }
    let lost = (lost > 0).then(|| {
        lang.pick(format!("; {missing} lượt không phát đủ{because}"), format!("; {missing} did not air whole{because}"))
    });
    let lost = lost.unwrap_or_default();
    lang.pick(
        format!("Tin, bài: {count} lượt, {minutes} phút{lost}."),
        format!("Announcements: {count} {}, {minutes} minutes{lost}.", if airings == 1 { "airing" } else { "airings" }),
    )
}

/// How many slots ended in one way, and why.
pub fn part(lang: Language, of: Status, count: usize, why: &str) -> String {
    let because = if why.is_empty() { String::new() } else { format!(" ({why})") };
    format!("{} {}{because}", number(lang, count), status(lang, of))
}

pub fn did_you_mean(lang: Language, nearest: &str, all: &str) -> String {
    lang.pick(format!("có phải là `{nearest}`? Có: {all}"), format!("did you mean `{nearest}`? There are: {all}"))
}

pub fn there_are(lang: Language, all: &str) -> String {
    lang.pick(format!("có: {all}"), format!("there are: {all}"))
}

/// Several fit.
pub fn which_of(lang: Language, fitting: &str) -> String {
    lang.pick(format!("ý nói mục nào: {fitting}"), format!("which of these: {fitting}"))
}

pub fn hours_expected(lang: Language) -> &'static str {
    lang.pick("cần khung giờ như 17:00-18:00, 17h-18h30", "hours are expected, such as 17:00-18:00")
}
