//! The words of a mourning: what was ordered, what stands, and how it is asked for.

use crate::lang::Language;
use crate::terms::{Mourning, Wall};

/// How instants of a mourning are printed: with their day, and without seconds.
pub const MOMENT: &str = "%H:%M %d/%m/%Y";

/// A mourning as it stands: from when until when, why, and what airs all the same. `time` prints an instant.
pub fn stands(lang: Language, mourning: &Mourning, time: &dyn Fn(Wall) -> String) -> String {
    let (from, until) = (time(mourning.from), time(mourning.until));
    let programmes = mourning.only.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(", ");
    let only = match programmes.is_empty() {
        true => lang.pick("loa im".to_owned(), "silence".to_owned()),
        false => lang.pick(format!("chỉ phát: {programmes}"), format!("only {programmes}")),
    };
    lang.pick(
        format!("QUỐC TANG từ {from} đến {until} ({only}): {}", mourning.reason),
        format!("MOURNING from {from} until {until} ({only}): {}", mourning.reason),
    )
}

/// The order was taken: what it will keep silent, and how to take it back.
pub fn taken(lang: Language, mourning: &Mourning, silent: u32, airing: u32, time: &dyn Fn(Wall) -> String) -> String {
    let stands = stands(lang, mourning, time);
    let airing = match airing {
        0 => String::new(),
        more => lang.pick(format!("; vẫn phát {more} lần"), format!("; {more} air all the same")),
    };
    lang.pick(
        format!(
            "Đã nhận lệnh. {stands}\nTheo kế hoạch hiện nay: bỏ {silent} lần phát{airing}. Bài đang phát thì phát nốt; muốn im ngay: \
             loaxa stop\nHết hạn thì tự phát lại. Muốn thôi sớm: loaxa mourning --withdraw"
        ),
        format!(
            "Done. {stands}\nBy the plan as it is: {silent} broadcasts stay silent{airing}. What sounds goes on to its end; for silence at \
             once: loaxa stop\nIt ends by itself. To take it back: loaxa mourning --withdraw"
        ),
    )
}

/// As a row of the log tells it.
pub fn ordered(lang: Language, mourning: &Mourning, until: &str) -> String {
    lang.pick(format!("Quốc tang{until}: {}", mourning.reason), format!("mourning{until}: {}", mourning.reason))
}

pub fn withdrawn(lang: Language) -> &'static str {
    lang.pick("hủy lệnh Quốc tang", "mourning withdrawn")
}

pub fn none(lang: Language) -> &'static str {
    lang.pick("Không có lệnh Quốc tang nào.\n", "No mourning stands.\n")
}

pub fn needs(lang: Language) -> &'static str {
    lang.pick(
        "cần có ngày cuối và lý do: loaxa mourning --from 2026-07-25 --until 2026-07-26 --reason \"…\" (không ghi --from là từ hôm nay); \
         muốn thôi: --withdraw; muốn xem: --list",
        "a last day and a reason are needed: loaxa mourning --from 2026-07-25 --until 2026-07-26 --reason \"…\" (without --from it is from \
         today on); to take it back: --withdraw; to see what stands: --list",
    )
}

pub fn backwards(lang: Language) -> &'static str {
    lang.pick(
        "ngày cuối (--until) trước ngày đầu (--from); cả hai ngày đều tính",
        "the last day (--until) comes before the first (--from); both belong to it",
    )
}

pub fn effects(lang: Language) -> &'static str {
    lang.pick(
        "silence (loa im), hoặc only rồi mã các chương trình vẫn phát: --effect only ban-tin-tang",
        "silence, or only with the programmes that air all the same: --effect only funeral-news",
    )
}
