//! What `loaxa report` says at the keyboard.

use jiff::civil::Date;

use crate::lang::{Language, report};

pub fn period_needed(lang: Language) -> &'static str {
    lang.pick(
        "cần nêu kỳ báo cáo: --month 2026-11, --quarter 2026-4, --year 2026, --campaign ĐỢT --year 2026, hoặc --from và --to",
        "say which period: --month 2026-11, --quarter 2026-4, --year 2026, --campaign ID --year 2026, or --from and --to",
    )
}

pub fn month_expected(lang: Language) -> &'static str {
    lang.pick("cần tháng như 2026-11 hoặc 11/2026", "a month is expected, such as 2026-11 or 11/2026")
}

pub fn quarter_expected(lang: Language) -> &'static str {
    lang.pick("cần quý như 2026-4 hoặc 4/2026", "a quarter is expected, such as 2026-4 or 4/2026")
}

pub fn year_expected(lang: Language) -> &'static str {
    lang.pick("cần năm như 2026", "a year is expected, such as 2026")
}

pub fn cut_expected(lang: Language) -> &'static str {
    lang.pick("cần một ngày từ 1 đến 28, hoặc calendar", "a day from 1 to 28 is expected, or calendar")
}

pub fn campaign_without_days(lang: Language, id: &str) -> String {
    lang.pick(format!("đợt `{id}` không có ngày trong năm ấy"), format!("the campaign `{id}` has no days in that year"))
}

/// An entry of the plan, and a period of another kind.
pub fn other_period(lang: Language, id: &str, option: &str) -> String {
    lang.pick(format!("kỳ của báo cáo `{id}` ghi bằng {option}"), format!("periods of the report `{id}` are named by {option}"))
}

pub fn no_entries(lang: Language) -> &'static str {
    lang.pick("kế hoạch chưa có [[report]] nào", "the plan has no [[report]]")
}

pub fn no_period(lang: Language, id: &str) -> String {
    lang.pick(
        format!("báo cáo `{id}` chưa có kỳ nào đã kết thúc; nêu rõ kỳ, hoặc thêm --draft"),
        format!("no period of the report `{id}` is over; name one, or add --draft"),
    )
}

/// Over every page of a report whose period is not over.
pub fn draft(lang: Language) -> &'static str {
    lang.pick("DỰ THẢO", "DRAFT")
}

pub fn mixed_origins(lang: Language) -> &'static str {
    lang.pick(
        "không cộng được nhật ký phát thật với nhật ký nghe thử hay mô phỏng",
        "a live log cannot be added to one of a rehearsal or simulation",
    )
}

/// Told before the report is made.
pub fn counted_once(lang: Language, part: &str, whole: &str) -> String {
    lang.pick(
        format!("Nhật ký trong {part} là bản sao hoặc một phần của nhật ký trong {whole}: chỉ tính một lần."),
        format!("The log in {part} is a copy or a part of the one in {whole}: it is counted once."),
    )
}

pub fn one_code(lang: Language, code: &str, a: &str, b: &str) -> String {
    lang.pick(
        format!(
            "nhật ký trong {a} và trong {b} khác nhau nhưng cùng mã đài \"{code}\": không cộng được. Nếu là hai đài, hãy đặt mỗi đài \
             một mã ([station] code); nếu là một đài, hãy chọn nhật ký đúng"
        ),
        format!(
            "the logs in {a} and {b} differ but have the same station code \"{code}\": they cannot be added up. Two stations need a \
             code each ([station] code); of one station, name the log that is right"
        ),
    )
}

/// Its first day is still to come.
pub fn not_begun(lang: Language, from: Date, until: Date) -> String {
    let (a, b) = (report::date(lang, from), report::date(lang, until));
    lang.pick(
        format!("kỳ từ {a} đến {b} chưa bắt đầu: chưa có gì để báo cáo"),
        format!("the period {a} to {b} has not begun: there is nothing to report"),
    )
}

pub fn no_good_plan(lang: Language, path: &str) -> String {
    lang.pick(
        format!("{path} không phải kế hoạch dùng được; xem: loaxa check {path}"),
        format!("{path} is no good plan; see: loaxa check {path}"),
    )
}

pub fn the_station(lang: Language) -> &'static str {
    lang.pick("Đài truyền thanh xã", "the commune's station")
}

pub fn check_broke_off(lang: Language) -> &'static str {
    lang.pick("kiểm tra nhật ký bị dừng giữa chừng", "the check of the log broke off")
}

pub fn cannot_write(lang: Language, path: &str) -> String {
    lang.pick(format!("không ghi được {path}"), format!("cannot write {path}"))
}

/// Nothing that is there is overwritten unasked.
pub fn out_exists(lang: Language, path: &str) -> String {
    lang.pick(
        format!("đã có tệp {path}; muốn ghi đè: thêm --force, hoặc chọn tên khác"),
        format!("{path} is there already; to overwrite it: add --force, or choose another name"),
    )
}

pub fn written(lang: Language, path: &str) -> String {
    lang.pick(format!("Đã ghi {path}"), format!("Written: {path}"))
}

/// The end of the name of the file that has the log's lines, beside a report.
pub fn annex_ending(lang: Language) -> &'static str {
    lang.pick("nhat-ky.csv", "log.csv")
}
