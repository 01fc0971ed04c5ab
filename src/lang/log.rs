//! The words of `loaxa log` and `loaxa verify`, and of the closed lists that rows carry.

use crate::lang::Language;
use crate::terms::*;

pub use crate::lang::rundown::{day, kind as item_kind, reason, status};

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
            Some(lang.pick("DIỄN TẬP: không phải thời lượng phát của đài.", "REHEARSAL: none of this is the station's airtime."))
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

/// What takes the place of an element that had no item.
pub fn nothing_to_pick(lang: Language) -> &'static str {
    lang.pick("(không có bài phù hợp)", "(nothing to pick)")
}

/// How the slots of an answer ended.
pub fn slots(lang: Language, all: usize, parts: &str) -> String {
    lang.pick(
        format!("Cộng {all} lần phát: {parts}."),
        format!("Total {all} {}: {parts}.", if all == 1 { "slot" } else { "slots" }),
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

pub fn cannot_read(lang: Language, dir: &str) -> String {
    lang.pick(format!("không đọc được nhật ký trong {dir}"), format!("the log in {dir} cannot be read"))
}

pub fn bad_head(lang: Language, text: &str) -> String {
    lang.pick(
        format!("--head {text}: phải là số dòng, dấu hai chấm và 64 chữ số thập lục phân (0–9, a–f)"),
        format!("--head {text}: expected a row number, a colon and 64 hexadecimal digits"),
    )
}

pub fn cannot_read_export(lang: Language, path: &str, why: &str) -> String {
    lang.pick(format!("không đọc được bản đã xuất {path}: {why}"), format!("cannot read the export {path}: {why}"))
}

pub fn not_an_export(lang: Language, path: &str, why: &str) -> String {
    lang.pick(
        format!("{path} không phải bản xuất của `loaxa log` (--chain, --json hoặc --csv): {why}"),
        format!("{path} is no export of `loaxa log` (--chain, --json or --csv): {why}"),
    )
}

pub fn backup_exists(lang: Language, file: &str) -> String {
    lang.pick(format!("đã có tệp {file}; hãy chọn tên khác"), format!("{file} is there already; choose another name"))
}

pub fn backed_up(lang: Language, file: &str, rows: u64, head: &str) -> String {
    lang.pick(
        format!("Đã sao lưu {rows} dòng nhật ký vào {file}\nMã kiểm tra: {head} (ghi kèm ở {file}.heads.txt)"),
        format!("{rows} rows of the log are backed up in {file}\nHead: {head} (beside it in {file}.heads.txt)"),
    )
}

pub fn not_backed_up(lang: Language, file: &str) -> String {
    lang.pick(format!("không sao lưu được nhật ký vào {file}"), format!("the log cannot be backed up in {file}"))
}

pub fn intact(lang: Language, rows: u64, head: &str) -> String {
    lang.pick(
        format!("Nhật ký khớp: {rows} dòng, không dòng nào bị sửa, bớt hay thêm.\nMã kiểm tra: {head}"),
        format!("The log is good: {rows} rows, none changed, removed or added.\nHead: {head}"),
    )
}

pub fn limit(lang: Language) -> &'static str {
    lang.pick(
        "Dãy mã này không có khóa: ai chép lại toàn bộ nhật ký hoặc cắt phần cuối thì chỉ lộ ra khi so với mã đã gửi ra ngoài\n\
         (--head SỐ:MÃ in trên báo cáo, hoặc --against một bản đã xuất).",
        "The chain has no key: a log that was rebuilt whole, or cut at its end, shows only against a head that left the station\n\
         (--head SEQ:HASH from a report, or --against an earlier export).",
    )
}

pub fn tampered(lang: Language, seq: u64, problem: &str) -> String {
    lang.pick(format!("NHẬT KÝ KHÔNG KHỚP, từ dòng {seq}: {problem}"), format!("THE LOG IS NOT GOOD, from row {seq}: {problem}"))
}

pub fn lost(lang: Language, seq: u64, rows: Option<(u64, u64)>) -> String {
    let which =
        rows.map(|(from, to)| lang.pick(format!(", các dòng cũ {from}–{to}"), format!(", what were rows {from} to {to}")));
    let which = which.unwrap_or_default();
    lang.pick(
        format!("Chú ý: dòng {seq} ghi rằng nhật ký đã mất dữ liệu{which}; xem vì sao: loaxa log --all."),
        format!("Note: row {seq} says that the log lost rows{which}; see why: loaxa log --all."),
    )
}

pub fn witness(lang: Language, witness: Witness) -> String {
    match witness {
        Witness::HeadsFile { line } => lang.pick(format!("tệp heads.txt (hàng {line})"), format!("line {line} of heads.txt")),
        Witness::Given => lang.pick("mã kiểm tra đưa ra để so (--head)", "the given head").to_owned(),
        Witness::Export => lang.pick("bản đã xuất trước đây", "the export").to_owned(),
        Witness::Handover => lang.pick("tệp handover cạnh nhật ký", "the file handover beside the log").to_owned(),
    }
}

/// What follows in the log of a damaged one.
pub fn log_damaged(lang: Language, then: &str) -> String {
    lang.pick(format!("tệp nhật ký bị hỏng; {then}"), format!("the log was damaged; {then}"))
}

/// A chain does not tell a row that was changed from one whose predecessor was changed together with its hash.
pub fn changed(lang: Language, seq: u64) -> String {
    if seq == 1 {
        return lang.pick("dòng này đã bị sửa", "this row was changed").to_owned();
    }
    let before = seq - 1;
    lang.pick(
        format!("dòng này đã bị sửa (hoặc dòng {before} bị sửa cùng với mã của nó)"),
        format!("this row was changed (or row {before} was, together with its hash)"),
    )
}

pub fn removed(lang: Language, from: u64, to: u64) -> String {
    if from == to {
        return lang.pick("dòng này đã bị xóa", "this row was removed").to_owned();
    }
    lang.pick(format!("các dòng từ {from} đến {to} đã bị xóa"), format!("rows {from} to {to} were removed"))
}

pub fn inserted(lang: Language) -> &'static str {
    lang.pick("dòng này bị chèn thêm, không do máy ghi", "this row was put in")
}

pub fn misfiled(lang: Language, column: &str) -> String {
    lang.pick(
        format!("ô `{column}` của dòng này được lưu khác cách máy ghi (chữ thay cho số, hoặc chữ rỗng), nên cộng hay tìm theo cột này sẽ sai"),
        format!("the cell `{column}` is not stored as it was written (text for a number, or empty text): sums and searches over the column are wrong"),
    )
}

/// `why` is what SQLite says, in English.
pub fn damaged(lang: Language, damage: FileDamage, why: &str) -> String {
    let (vi, en) = match damage {
        FileDamage::NoLog => ("tệp nhật ký rỗng hoặc đã bị thay bằng thứ khác", "the file is empty or is no log"),
        FileDamage::Pages => ("tệp nhật ký bị hỏng trên đĩa từ đây", "the log's file is damaged on the disk from here on"),
        FileDamage::Tables => {
            ("tệp nhật ký thiếu bảng hoặc có bảng bị đổi dạng", "a table of the log is gone or has another form")
        }
        FileDamage::Index => (
            "các dòng vẫn nguyên nhưng phần mục lục của tệp nhật ký bị hỏng",
            "the rows are whole, but the file's own index is damaged",
        ),
    };
    let why = if why.trim().is_empty() { String::new() } else { format!(" (SQLite: {})", why.trim()) };
    lang.pick(
        format!("{vi}; hãy giữ tệp này lại và dùng bản sao lưu gần nhất"),
        format!("{en}{why}; keep the file and use the newest backup"),
    )
}

pub fn cut_tail(lang: Language, from: u64, to: u64, witness: &str) -> String {
    lang.pick(
        if from == to {
            format!("thiếu dòng cuối {from}: {witness} cho biết đã từng có dòng này")
        } else {
            format!("thiếu các dòng cuối, từ {from} đến {to}: {witness} cho biết đã từng có các dòng này")
        },
        format!("rows {from} to {to} are missing at the end: {witness} saw them"),
    )
}

pub fn rebuilt(lang: Language, witness: &str) -> String {
    lang.pick(
        format!("theo {witness}, dòng này trước kia khác: nhật ký đã bị sửa ở dòng này hoặc trước đó, rồi bị tính lại mã"),
        format!("{witness} saw another row here: the log was changed here or before, and rebuilt"),
    )
}

/// When the witness is `heads.txt`, which lies beside the log.
pub fn rebuilt_or_heads(lang: Language, witness: &str) -> String {
    lang.pick(
        format!(
            "theo {witness}, dòng này trước kia khác: nhật ký đã bị sửa ở dòng này hoặc trước đó rồi bị tính lại mã, hoặc tệp nhật ký \
             bị thay bằng bản khác, hoặc chính heads.txt bị sửa; hãy so với bản heads.txt trên USB hay mã trên báo cáo"
        ),
        format!(
            "{witness} saw another row here: the log was changed here or before, and rebuilt, or another log was put in its place, or \
             heads.txt itself was changed; compare with the heads.txt on the backup or a head on a report"
        ),
    )
}

pub fn export_differs(lang: Language, column: &str) -> String {
    lang.pick(
        format!("bản đã xuất ghi khác ở cột `{column}`: mã của dòng vẫn khớp, nên chính bản đã xuất bị sửa, không phải nhật ký"),
        format!("the export shows something else in `{column}`: the row's hash agrees, so it is the export that was changed, not the log"),
    )
}

/// A stop whose head is not in `heads.txt`.
pub fn unlodged(lang: Language, stop: u64) -> String {
    lang.pick(
        format!(
            "Chú ý: heads.txt không có mã của lần tắt máy ở dòng {stop}: tệp này thiếu, bị cắt bớt hoặc không được chép kèm. \
             Phần cuối nhật ký chưa được đối chiếu."
        ),
        format!(
            "Note: heads.txt has no head for the stop at row {stop}: the file is missing, was cut, or was not copied along. \
             The end of the log is not checked against it."
        ),
    )
}

/// Triggers that keep rows from being changed.
pub fn unguarded(lang: Language) -> &'static str {
    lang.pick(
        "Chú ý: các khóa chống sửa trong tệp nhật ký đã bị gỡ hoặc bị đổi: có người đã mở tệp này bằng chương trình khác.",
        "Note: the guards that keep the log from being changed were removed or changed: somebody had the file open in another program.",
    )
}

pub fn export_empty(lang: Language) -> &'static str {
    lang.pick("không có dòng nào", "it has no rows")
}

pub fn export_bad_line(lang: Language, line: u64) -> String {
    lang.pick(format!("dòng {line} của tệp không phải dòng nhật ký"), format!("line {line} of it is no row of a log"))
}

pub fn export_no_hashes(lang: Language) -> &'static str {
    lang.pick("thiếu cột `seq` hoặc cột `row_hash`", "it lacks the column `seq` or `row_hash`")
}

pub fn export_bad_json(lang: Language, line: usize) -> String {
    lang.pick(format!("JSON sai ở dòng {line}"), format!("it is no JSON, at line {line}"))
}

pub fn bad_heads(lang: Language, line: usize) -> String {
    lang.pick(format!("heads.txt, dòng {line}: không phải mã kiểm tra"), format!("line {line} of heads.txt is no head"))
}

pub fn entered(lang: Language) -> &'static str {
    lang.pick("Đã ghi vào nhật ký (ghi tay).", "Entered in the log (by hand).")
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
    if airings == 0 && lost > 0 && minutes == "0" {
        return lang.pick(
            format!("Tin, bài không phát đủ: {lost} lượt{because}."),
            format!("Announcements that did not air whole: {lost}{because}."),
        );
    }
    let lost = (lost > 0)
        .then(|| lang.pick(format!("; {lost} lượt không phát đủ{because}"), format!("; {lost} did not air whole{because}")));
    let lost = lost.unwrap_or_default();
    lang.pick(
        format!("Tin, bài: {airings} lượt, {minutes} phút{lost}."),
        format!("Announcements: {airings} {}, {minutes} minutes{lost}.", if airings == 1 { "airing" } else { "airings" }),
    )
}

/// How many slots ended in one way, and why.
pub fn part(lang: Language, of: Status, count: usize, why: &str) -> String {
    let because = if why.is_empty() { String::new() } else { format!(" ({why})") };
    format!("{count} {}{because}", status(lang, of))
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

/// Words for days, as people ask for them: the day itself, or how many days ago; a weekday is the last one before today.
pub fn days_ago(text: &str) -> Option<i64> {
    Some(match text {
        "hôm nay" | "today" => 0,
        "hôm qua" | "yesterday" => 1,
        "hôm kia" => 2,
        _ => return None,
    })
}

/// From Monday, 0, to Sunday.
pub fn weekday(text: &str) -> Option<i8> {
    const DAYS: [[&str; 4]; 7] = [
        ["thứ hai", "thứ 2", "monday", "mon"],
        ["thứ ba", "thứ 3", "tuesday", "tue"],
        ["thứ tư", "thứ 4", "wednesday", "wed"],
        ["thứ năm", "thứ 5", "thursday", "thu"],
        ["thứ sáu", "thứ 6", "friday", "fri"],
        ["thứ bảy", "thứ 7", "saturday", "sat"],
        ["chủ nhật", "cn", "sunday", "sun"],
    ];
    DAYS.iter().position(|names| names.contains(&text)).and_then(|at| i8::try_from(at).ok())
}

pub fn day_expected(lang: Language) -> &'static str {
    lang.pick(
        "cần một ngày như 2026-11-15, 15/11/2026, hôm qua, thứ ba",
        "a day is expected, such as 2026-11-15, 15/11/2026, yesterday, tuesday",
    )
}

pub fn hours_expected(lang: Language) -> &'static str {
    lang.pick("cần khung giờ như 17:00-18:00, 17h-18h30", "hours are expected, such as 17:00-18:00")
}
