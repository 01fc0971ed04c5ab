//! The words of `loaxa verify`: whether the log is what was written, and what it was held against.

use crate::lang::Language;
use crate::terms::*;

pub fn intact(lang: Language, rows: u64, head: &str) -> String {
    let rows = crate::lang::report::count(lang, i64::try_from(rows).unwrap_or(i64::MAX));
    lang.pick(
        format!("Nhật ký khớp: {rows} dòng, không dòng nào bị sửa, bớt hay thêm.\nMã kiểm tra: {head}"),
        format!("The log is good: {rows} rows, none changed, removed or added.\nHead: {head}"),
    )
}

pub fn limit(lang: Language) -> &'static str {
    lang.pick(
        "Dãy mã này không có khóa: ai chép lại toàn bộ nhật ký hoặc cắt phần cuối thì chỉ lộ ra khi so với mã đã gửi ra ngoài\n\
         (--head SỐ:MÃ in trên báo cáo, 12 chữ số đầu là đủ; hoặc --against một bản đã xuất hay báo cáo csv).",
        "The chain has no key: a log that was rebuilt whole, or cut at its end, shows only against a head that left the station\n\
         (--head SEQ:HASH from a report, its first 12 digits will do; or --against an earlier export or a report as csv).",
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
        Witness::Report => lang.pick("mã kiểm tra trên báo cáo đưa ra để so", "the head on the report").to_owned(),
        Witness::Handover => lang.pick("tệp handover cạnh nhật ký", "the file handover beside the log").to_owned(),
    }
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

pub fn export_of_several(lang: Language) -> &'static str {
    lang.pick(
        "báo cáo này cộng nhật ký của nhiều đài; hãy so từng đài bằng --head SỐ:MÃ",
        "it is a report of several stations; compare each with --head SEQ:HASH",
    )
}

pub fn export_bad_json(lang: Language, line: usize) -> String {
    lang.pick(format!("JSON sai ở dòng {line}"), format!("it is no JSON, at line {line}"))
}

pub fn bad_heads(lang: Language, line: usize) -> String {
    lang.pick(format!("heads.txt, dòng {line}: không phải mã kiểm tra"), format!("line {line} of heads.txt is no head"))
}

pub fn bad_head(lang: Language, text: &str) -> String {
    lang.pick(
        format!("--head {text}: phải là số dòng, dấu hai chấm và ít nhất 12 chữ số đầu của mã (0–9, a–f), ví dụ 1042:9f2c 4a1b 77e0"),
        format!("--head {text}: expected a row number, a colon and the first 12 digits of the head or more, such as 1042:9f2c 4a1b 77e0"),
    )
}

pub fn cannot_read_export(lang: Language, path: &str, why: &str) -> String {
    lang.pick(format!("không đọc được bản đã xuất {path}: {why}"), format!("cannot read the export {path}: {why}"))
}

pub fn not_an_export(lang: Language, path: &str, why: &str) -> String {
    lang.pick(
        format!("{path} không phải bản xuất của `loaxa log` (--chain, --json hoặc --csv), cũng không phải báo cáo (csv, json, html) có mã kiểm tra: {why}"),
        format!("{path} is no export of `loaxa log` (--chain, --json or --csv), nor a report (csv, json, html) with a head: {why}"),
    )
}
