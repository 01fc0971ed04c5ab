//! The words of what a year of rundowns shows. Each is a message and what to do about it.

use std::fmt;

use jiff::civil::DateTime;

use crate::lang::{Language, rundown};
use crate::terms::*;

/// What a warning tells beside its kind.
#[derive(Clone, Copy, Debug)]
pub struct WarningFacts<'a> {
    pub broadcast: CalledBroadcast<'a>,
    /// The first planned instant of its kind, in the station's time.
    pub first: DateTime,
    /// How many planned instants of the coming year.
    pub times: u32,
    /// What it waits for.
    pub behind: Option<CalledBroadcast<'a>>,
}

/// A broadcast by its programme's name, with the id that stands in the plan.
#[derive(Clone, Copy, Debug)]
pub struct CalledBroadcast<'a> {
    pub programme: &'a str,
    pub id: &'a BroadcastId,
}

impl fmt::Display for CalledBroadcast<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "“{}” (`{}`)", self.programme, self.id)
    }
}

pub type WarningWords = (String, &'static str);

pub fn waits(lang: Language, facts: &WarningFacts) -> WarningWords {
    let WarningFacts { broadcast, behind, .. } = facts;
    let message = match (lang, behind) {
        (Language::Vi, Some(behind)) => format!("{broadcast} phải chờ {behind} phát xong"),
        (Language::Vi, None) => format!("{broadcast} bị chương trình ưu tiên ngắt giữa chừng rồi mới phát tiếp"),
        (Language::En, Some(behind)) => format!("{broadcast} has to wait until {behind} is over"),
        (Language::En, None) => format!("{broadcast} gives way to a priority and goes on afterwards"),
    };
    let help =
        lang.pick("Dời giờ phát, hoặc rút ngắn chương trình trước.", "Move one of the two, or make what is before it shorter.");
    (message + &often(lang, facts), help)
}

pub fn busy(lang: Language, facts: &WarningFacts) -> WarningWords {
    let WarningFacts { broadcast, behind, .. } = facts;
    let message = match (lang, behind) {
        (Language::Vi, Some(behind)) => format!("{broadcast} sẽ không phát được: {behind} còn đang phát khi hết hạn chờ"),
        (Language::Vi, None) => format!("{broadcast} sẽ không phát được: chương trình trước còn đang phát khi hết hạn chờ"),
        (Language::En, Some(behind)) => format!("{broadcast} will be missed: {behind} lasts longer than it may wait"),
        (Language::En, None) => format!("{broadcast} will be missed: what is before it lasts longer than it may wait"),
    };
    let help = lang.pick("Dời giờ phát, hoặc tăng `late`.", "Move one of the two, or allow a longer `late`.");
    (message + &often(lang, facts), help)
}

pub fn outside_hours(lang: Language, facts: &WarningFacts) -> WarningWords {
    let broadcast = facts.broadcast;
    let message = lang.pick(
        format!("{broadcast} bị bỏ phát: nằm ngoài khung giờ, hoặc không kịp hết trước khi hết khung giờ"),
        format!("{broadcast} is left out: outside session hours, or not over before they close"),
    );
    let help = lang.pick(
        "Dời vào trong khung giờ, rút ngắn chương trình, hoặc sửa [hours].",
        "Move it into the hours, make the programme shorter, or change [hours].",
    );
    (message + &often(lang, facts), help)
}

pub fn over_quota(lang: Language, facts: &WarningFacts) -> WarningWords {
    let broadcast = facts.broadcast;
    let message = lang.pick(
        format!("{broadcast} bị bỏ phát: vượt thời lượng tối đa của buổi"),
        format!("{broadcast} is left out: over the session's quota"),
    );
    let help = lang.pick(
        "Rút ngắn các chương trình trong buổi, hoặc tăng `quota`.",
        "Make that session's programmes shorter, or raise `quota`.",
    );
    (message + &often(lang, facts), help)
}

pub fn pick_dropped(lang: Language, facts: &WarningFacts) -> WarningWords {
    let broadcast = facts.broadcast;
    let message =
        lang.pick(format!("{broadcast} phải bớt tin, bài vì không đủ giờ"), format!("{broadcast} drops items for want of time"));
    let help =
        lang.pick("Giảm số bài máy chọn, phát sớm hơn, hoặc tăng `quota`.", "Pick fewer items, start earlier, or raise `quota`.");
    (message + &often(lang, facts), help)
}

pub fn pool_empty(lang: Language, facts: &WarningFacts) -> WarningWords {
    let broadcast = facts.broadcast;
    let message = lang.pick(
        format!("{broadcast} hết tin, bài phù hợp để chọn"),
        format!("{broadcast} has nothing to pick for one of its elements"),
    );
    let help = lang.pick(
        "Thêm tin, bài vào nhóm nội dung hoặc nhãn ấy, gia hạn `valid`, hoặc chọn ít bài hơn.",
        "Add items of that topic or tag, extend their `valid`, or pick fewer.",
    );
    (message + &often(lang, facts), help)
}

pub fn duplicate(lang: Language, facts: &WarningFacts) -> WarningWords {
    let WarningFacts { broadcast, behind, .. } = facts;
    let other = behind.map_or_else(|| "?".to_owned(), |other| other.to_string());
    let message = lang.pick(
        format!("{broadcast} trùng với {other}: cùng chương trình, cùng giờ, cùng đường ra loa; chỉ lịch ấy phát"),
        format!("{broadcast} is the same programme at the same time on the same output as {other}, which airs alone"),
    );
    let help = lang.pick("Bỏ một trong hai, hoặc dời giờ.", "Remove one of the two, or move it.");
    (message + &often(lang, facts), help)
}

pub fn never_due(lang: Language, facts: &WarningFacts) -> WarningWords {
    let broadcast = facts.broadcast;
    let message = lang.pick(
        format!("{broadcast} không có lần phát nào trong một năm tới"),
        format!("{broadcast} is not due once in the coming year"),
    );
    let help = lang.pick(
        "Xem lại ngày giờ, `during` và `except`; lịch đã qua thì nên bỏ đi.",
        "Look at its days, `during` and `except`; remove it if its time has passed.",
    );
    (message, help)
}

/// It is due so many times and never airs; `reason` is that of the first time.
pub fn never_airs(lang: Language, facts: &WarningFacts, reason: Option<Reason>) -> WarningWords {
    let WarningFacts { broadcast, times, .. } = facts;
    let why = reason.map_or("?", |reason| rundown::reason(lang, reason));
    let message = lang.pick(
        format!("{broadcast} có {times} lần phát trong một năm tới mà không phát được lần nào ({why})"),
        format!("{broadcast} is due {times} times in the coming year and never airs ({why})"),
    );
    let help = lang.pick("Sửa nguyên nhân, hoặc bỏ lịch phát này.", "Mend the cause, or remove this broadcast.");
    (message, help)
}

fn often(lang: Language, facts: &WarningFacts) -> String {
    let WarningFacts { first, times, .. } = facts;
    let at = first.strftime("%H:%M");
    match (lang, times) {
        (Language::Vi, 1) => format!(" ({at} ngày {})", first.strftime("%d/%m/%Y")),
        (Language::Vi, times) => {
            format!(" (lần đầu {at} ngày {}, cả thảy {times} lần trong một năm tới)", first.strftime("%d/%m/%Y"))
        }
        (Language::En, 1) => format!(" ({} {at})", first.date()),
        (Language::En, times) => format!(" (first {} {at}, {times} times in the coming year)", first.date()),
    }
}
