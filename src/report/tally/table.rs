//! Tables as values: exact figures, and beside them the tenths that are printed, so that what is printed adds up.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::terms::{Unlisted, closed};

closed! {
    /// The tables of a report, in the order of its annexes.
    TableId {
        Summary = "summary", ByHand = "by_hand", Topics = "topics", Villages = "villages", Weeks = "weeks", Targets = "targets",
        Suppliers = "suppliers", Contacts = "contacts", Planned = "planned", Languages = "languages", Log = "log",
        Sessions = "sessions",
    }
}

impl TableId {
    /// The table at whose head its annex stands: what belongs to another table stands below it.
    pub fn first_of_annex(self) -> TableId {
        match self {
            TableId::ByHand => TableId::Summary,
            TableId::Targets => TableId::Weeks,
            other => other,
        }
    }
}

closed! {
    /// What a column says; its words are in [`crate::lang::report`].
    Column {
        Number = "number", Label = "label", Unit = "unit", Value = "value", SameDays = "same_days", Compared = "compared", Change = "change",
        Percent = "percent", Items = "items", FirstRuns = "first_runs", Repeats = "repeats", Airings = "airings",
        Minutes = "minutes", Share = "share", SilentDays = "silent_days", Reasons = "reasons", PlannedAirings = "planned_airings",
        PlannedMinutes = "planned_minutes", BeyondMinutes = "beyond_minutes", Target = "target", PhoneNumber = "phone_number", Verified = "verified",
        LastAired = "last_aired", Planned = "planned", Aired = "aired", Partial = "partial", Missed = "missed",
        Skipped = "skipped", MadeUp = "made_up", Day = "day", PlannedAt = "planned_at", StartedAt = "started_at",
        Title = "title", Run = "run", Length = "length", Outcome = "outcome", Approver = "approver", Recording = "recording",
        Actor = "actor", What = "what", Station = "station", NoData = "no_data", Output = "output",
        Session = "session", Programme = "programme", Remark = "remark", OnDuty = "on_duty",
    }
}

/// The annexes of a report in their order, numbered as they are there: what has nothing to say leaves no gap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Annexes(Vec<TableId>);

impl Annexes {
    pub fn of<'t>(tables: impl IntoIterator<Item = &'t ReportTable>) -> Annexes {
        let mut all: Vec<TableId> =
            tables.into_iter().filter(|table| !table.lines.is_empty()).map(|table| table.id.first_of_annex()).collect();
        all.push(TableId::Log);
        all.sort();
        all.dedup();
        Annexes(all)
    }

    /// Their numbers, and the tables at their heads.
    pub fn each(&self) -> impl Iterator<Item = (&'static str, TableId)> {
        self.0.iter().map(|table| (self.number(*table), *table))
    }

    /// In Roman numerals; nothing for what is in no annex.
    pub fn number(&self, table: TableId) -> &'static str {
        const NUMERALS: [&str; 9] = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"];
        let place = self.0.iter().position(|known| *known == table.first_of_annex());
        place.and_then(|place| NUMERALS.get(place)).copied().unwrap_or("")
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct ReportTable {
    pub id: TableId,
    /// What it is about, where one id has several tables (a campaign's name).
    pub about: Option<String>,
    pub columns: Vec<Column>,
    pub lines: Vec<TableLine>,
    /// Sentences that stand below it.
    pub notes: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The head of a group with its sums; the group's lines follow.
    Group,
    Item,
    Total,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TableLine {
    pub role: Role,
    /// The id of what it is about.
    pub key: Option<String>,
    /// One for each column.
    pub cells: Vec<Cell>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Blank,
    /// There is no figure: said in words, never 0.
    NoData,
    Text(String),
    /// A content hash: whole for programs, as many digits on paper as tell one recording from another.
    Recording(String),
    Count(i64),
    Minutes(Minutes),
    /// In tenths of a percent.
    Percent(i64),
    /// Times a day and the like, in tenths.
    Tenths(i64),
    Date(Date),
    Moment(DateTime),
    /// Minutes and seconds of one take.
    Length(i64),
    /// Seconds in thousandths.
    Seconds(i64),
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into())
    }

    pub fn count(count: usize) -> Cell {
        Cell::Count(i64::try_from(count).unwrap_or(i64::MAX))
    }

    pub fn minutes(ms: i64) -> Cell {
        Cell::Minutes(Minutes::of(ms))
    }

    /// A share in tenths of a percent; blank where there is none.
    pub fn share(tenths: Option<i64>) -> Cell {
        tenths.map_or(Cell::Blank, Cell::Percent)
    }
}

/// Airtime, exact; and in tenths of a minute as it is printed, so that what is printed adds up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Minutes {
    pub ms: i64,
    pub tenths: i64,
}

impl Minutes {
    pub fn of(ms: i64) -> Minutes {
        Minutes { ms, tenths: tenths_of_minutes(ms) }
    }
}

const TENTH: i64 = 6_000;

/// To the nearest tenth of a minute.
pub fn tenths_of_minutes(ms: i64) -> i64 {
    ms.saturating_add(TENTH / 2).div_euclid(TENTH)
}

/// `part` of `whole` in tenths of a percent, to the nearest; `None` of nothing.
pub fn percent(part: i64, whole: i64) -> Option<i64> {
    let (part, whole) = (i128::from(part), i128::from(whole));
    (whole > 0).then(|| i64::try_from((part * 1000 + whole / 2).div_euclid(whole)).unwrap_or(i64::MAX))
}

/// Parts of a whole, rounded so that they add up to `total`: each is its floor or one more, the largest remainders first.
pub fn apportion(parts: &[i64], unit: i64, total: i64) -> Vec<i64> {
    let unit = unit.max(1);
    let mut rounded: Vec<i64> = parts.iter().map(|part| part.div_euclid(unit)).collect();
    let mut missing = total - rounded.iter().sum::<i64>();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(parts.get(*at).map_or(0, |part| part.rem_euclid(unit))));
    for at in order {
        if missing <= 0 {
            break;
        }
        if let Some(cell) = rounded.get_mut(at) {
            *cell += 1;
            missing -= 1;
        }
    }
    rounded
}

/// Airtimes whose printed tenths add up to the printed tenths of their sum.
pub fn minutes_that_add_up(parts: &[i64]) -> Vec<Minutes> {
    minutes_adding_up_to(parts, tenths_of_minutes(parts.iter().sum()))
}

/// The same for a part of a whole, whose tenths were rounded with the whole.
pub fn minutes_adding_up_to(parts: &[i64], total: i64) -> Vec<Minutes> {
    let tenths = apportion(parts, TENTH, total);
    parts.iter().zip(tenths).map(|(ms, tenths)| Minutes { ms: *ms, tenths }).collect()
}

/// Shares in tenths of a percent that add up to 100.0 %; none of them when the whole is nothing.
pub fn shares_that_add_up(parts: &[i64]) -> Vec<Option<i64>> {
    shares_adding_up_to(parts, parts.iter().sum(), 1000)
}

/// Shares of a larger whole, adding up to so many tenths of a percent.
pub fn shares_adding_up_to(parts: &[i64], whole: i64, total: i64) -> Vec<Option<i64>> {
    if whole <= 0 {
        return vec![None; parts.len()];
    }
    // In thousandths of the whole, as whole numbers: parts × 1000, of which one unit is the whole.
    let scaled: Vec<i64> = parts.iter().map(|part| part.saturating_mul(1000)).collect();
    apportion(&scaled, whole, total).into_iter().map(Some).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn minutes_are_rounded_to_the_nearest_tenth() {
        for (ms, tenths) in [(0, 0), (2_999, 0), (3_000, 1), (60_000, 10), (89_999, 15), (-60_000, -10)] {
            assert_eq!(tenths_of_minutes(ms), tenths, "{ms}");
        }
    }

    #[test]
    fn nothing_has_no_percent() {
        assert_eq!(percent(1, 0), None);
        assert_eq!(percent(1, 3), Some(333));
        assert_eq!(percent(-1, 3), Some(-333));
        assert_eq!(percent(2, 3), Some(667));
    }

    proptest! {
        #[test]
        fn what_is_printed_adds_up(parts in proptest::collection::vec(0..10_000_000_i64, 0..30)) {
            let all = minutes_that_add_up(&parts);
            let printed: i64 = all.iter().map(|minutes| minutes.tenths).sum();
            prop_assert_eq!(printed, tenths_of_minutes(parts.iter().sum()));
            for (minutes, part) in all.iter().zip(&parts) {
                prop_assert_eq!(minutes.ms, *part);
                prop_assert!((minutes.tenths * TENTH - part).abs() < TENTH);
            }
            let shares: i64 = shares_that_add_up(&parts).into_iter().flatten().sum();
            prop_assert!(shares == 1000 || parts.iter().sum::<i64>() == 0);
        }
    }
}
