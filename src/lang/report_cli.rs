//! What `loaxa report` says at the keyboard.

use crate::lang::Language;

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

/// The end of the name of the file that has the log's lines, beside a report.
pub fn annex_ending(lang: Language) -> &'static str {
    lang.pick("nhat-ky.csv", "log.csv")
}
