//! The words that say why a broadcast airs on a day, or does not.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};

use crate::lang::{Language, rundown};
use crate::terms::*;

fn time(at: &DateTime) -> String {
    at.strftime(if at.second() == 0 { "%H:%M" } else { "%H:%M:%S" }).to_string()
}

fn date(lang: Language, day: Date) -> String {
    lang.pick(day.strftime("%d/%m/%Y").to_string(), day.to_string())
}

pub fn title(lang: Language, broadcast: &str, day: Date) -> String {
    format!("`{broadcast}`: {}", rundown::day(lang, day))
}

pub fn slot(at: &DateTime, output: &OutputId) -> String {
    format!("{} → {output}", time(at))
}

pub fn times(lang: Language, times: &[DateTime]) -> String {
    let times = times.iter().map(time).collect::<Vec<_>>().join(", ");
    lang.pick(format!("Ngày này có giờ phát: {times}."), format!("Its days and times give: {times}."))
}

pub fn no_times(lang: Language) -> &'static str {
    lang.pick("Không phát: lịch không có giờ nào vào ngày này.", "It does not air: its days and times give nothing on this day.")
}

pub fn in_campaign(lang: Language, campaign: &str) -> String {
    lang.pick(format!("Ngày này thuộc đợt `{campaign}`."), format!("The day belongs to the campaign `{campaign}`."))
}

pub fn outside_campaigns(lang: Language, campaigns: &str) -> String {
    lang.pick(
        format!("Không phát: lịch chỉ phát trong đợt {campaigns}, ngày này nằm ngoài."),
        format!("It does not air: it is for the days of {campaigns}, and this is none of them."),
    )
}

pub fn not_excepted(lang: Language) -> &'static str {
    lang.pick("Không trúng ngày nghỉ nào của lịch (`except`).", "It is none of the days of `except`.")
}

/// `what` is a campaign or a holiday; `None` is a date.
pub fn excepted(lang: Language, what: Option<&str>) -> String {
    match what {
        Some(what) => lang.pick(
            format!("Không phát: `except` bỏ những ngày thuộc `{what}`."),
            format!("It does not air: `except` leaves out the days of `{what}`."),
        ),
        None => lang.pick("Không phát: `except` có ngày này.", "It does not air: `except` has this day.").to_owned(),
    }
}

pub fn extra(lang: Language) -> &'static str {
    lang.pick("Lần phát thêm, chỉ riêng ngày này (`[[extra]]`).", "An extra, on this date only (`[[extra]]`).")
}

/// What a change of this date has made of it: taken out, moved from a time, in place of a programme, or on other outputs.
pub fn changed(lang: Language, skipped: bool, from: Option<&DateTime>, in_place_of: Option<&str>, outputs: bool) -> String {
    let parts = [
        skipped.then(|| rundown::skipped(lang)),
        from.map(|from| rundown::moved(lang, &time(from))),
        in_place_of.map(|programme| rundown::in_place_of(lang, programme)),
        outputs.then(|| rundown::other_outputs(lang)),
    ];
    let parts = parts.into_iter().flatten().collect::<Vec<_>>().join("; ");
    lang.pick(
        format!("Ngày này có thay đổi riêng (`[[change]]`): {parts}."),
        format!("Changed for this date (`[[change]]`): {parts}."),
    )
}

pub fn skipped(lang: Language, reason: Reason, by: Option<&str>) -> String {
    let why = rundown::reason(lang, reason);
    match by {
        Some(by) => {
            lang.pick(format!("Không phát: {why}; `{by}` phát thay."), format!("It does not air: {why}; `{by}` airs instead."))
        }
        None => lang.pick(format!("Không phát: {why}."), format!("It does not air: {why}.")),
    }
}

pub fn in_hours(lang: Language, opens: &DateTime, closes: &DateTime) -> String {
    let (opens, closes) = (time(opens), time(closes));
    lang.pick(format!("Trong khung giờ phát {opens}-{closes}."), format!("Inside the session hours {opens}-{closes}."))
}

pub fn outside_hours(lang: Language) -> &'static str {
    lang.pick("Không phát: ngoài khung giờ phát.", "It does not air: outside the session hours.")
}

pub fn fixed(lang: Language, title: &str, unplayable: Option<Reason>) -> String {
    match unplayable {
        None => lang.pick(format!("Bài cố định: “{title}”."), format!("Named by the programme: “{title}”.")),
        Some(reason) => {
            let why = rundown::reason(lang, reason);
            lang.pick(
                format!("Bài cố định “{title}” không phát được: {why}."),
                format!("Named by the programme, and cannot air: “{title}” ({why})."),
            )
        }
    }
}

pub fn picked(lang: Language, title: &str, behind: bool, last: Option<&DateTime>) -> String {
    let last = match (lang, last) {
        (Language::Vi, Some(at)) => format!("lần trước phát {} ngày {}", time(at), date(lang, at.date())),
        (Language::En, Some(at)) => format!("it last aired on {} at {}", date(lang, at.date()), time(at)),
        (Language::Vi, None) => "chưa phát lần nào".to_owned(),
        (Language::En, None) => "it has never aired".to_owned(),
    };
    match (lang, behind) {
        (Language::Vi, true) => format!("Máy chọn “{title}”: nhóm nội dung này đang chậm so với chỉ tiêu của đợt; {last}."),
        (Language::Vi, false) => format!("Máy chọn “{title}”: đến lượt; {last}."),
        (Language::En, true) => format!("Picked “{title}”: its topic is behind the campaign's target; {last}."),
        (Language::En, false) => format!("Picked “{title}”: its turn; {last}."),
    }
}

pub fn nothing_to_pick(lang: Language) -> &'static str {
    lang.pick("Không còn bài phù hợp để chọn.", "There is nothing left to pick.")
}

pub fn dropped(lang: Language, title: &str, reason: Reason) -> String {
    let why = rundown::reason(lang, reason);
    lang.pick(format!("Bớt “{title}”: {why}."), format!("Dropped “{title}”: {why}."))
}

pub fn left_out(lang: Language, outcome: Outcome) -> String {
    let why = match outcome.reason {
        // It begins inside the hours: that was the rule before.
        Some(Reason::OutsideHours) => {
            lang.pick("không kịp hết trước khi hết khung giờ phát", "it would not be over before the hours close")
        }
        Some(reason) => rundown::reason(lang, reason),
        None => "?",
    };
    lang.pick(format!("Không phát: {why}."), format!("It does not air: {why}."))
}

pub fn busy(lang: Language) -> &'static str {
    lang.pick(
        "Không phát: chương trình trước còn đang phát khi hết hạn chờ (`late`).",
        "It does not air: what is before it lasts longer than it may wait (`late`).",
    )
}

pub fn waits(lang: Language) -> &'static str {
    lang.pick(
        "Phải chờ hoặc nhường chương trình khác trên đường ra loa này.",
        "It has to wait for, or gives way to, another broadcast on this output.",
    )
}

pub fn airs(lang: Language, from: &DateTime, length: SignedDuration) -> String {
    let length = rundown::length(lang, length.as_secs());
    lang.pick(format!("Phát lúc {}, dài {length}.", time(from)), format!("It airs at {} for {length}.", time(from)))
}

/// No such broadcast in the plan.
pub fn unknown_broadcast(lang: Language, id: &str, known: &str) -> String {
    lang.pick(
        format!("kế hoạch không có lịch phát `{id}`; có: {known}"),
        format!("the plan has no broadcast `{id}`; it has: {known}"),
    )
}
