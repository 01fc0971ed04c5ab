//! A little station's rows, for the tests of this room.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use jiff::SignedDuration;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::names::Names;
use super::tables::Sums;
use super::{Scope, Tally, UnloggedSlot};
use crate::asrun::element::{ItemFacts, SlotFacts};
use crate::asrun::fact::{Fact, HandFact};
use crate::asrun::row::Row;
use crate::calendar::timezone::Timezone;
use crate::lang::Language;
use crate::plan::source::SourceFile;
use crate::plan::{Plan, read};
use crate::terms::*;

pub const PLAN: &str = r#"
format = 1
[station]
name = "Đài truyền thanh xã Cẩm Tân"
code = "cam-tan"
timezone = "Asia/Ho_Chi_Minh"
audio = "audio"
[[output]]
id = "amplifier"
device = "default"
zones = ["thon-1", "thon-2"]
[[output]]
id = "horns"
device = "hw:1"
zones = ["thon-2", "thon-3"]
[[output]]
id = "file"
device = "null"
[[zone]]
id = "thon-1"
name = "Thôn 1"
[[zone]]
id = "thon-2"
name = "Thôn 2"
[[zone]]
id = "thon-3"
name = "Thôn 3"
[hours]
daily = ["05:00-22:00"]
[[topic]]
id = "law"
name = "Pháp luật"
duty = true
[[topic]]
id = "help"
name = "Dịch vụ hỗ trợ"
listed = true
[[supplier]]
id = "police"
name = "Công an xã"
[[contact]]
id = "child-111"
name = "Tổng đài 111"
number = "111"
verified = 2026-11-01
[[item]]
id = "one"
file = "one.ogg"
title = "Một"
topic = "law"
[[item]]
id = "one-muong"
file = "one-muong.ogg"
title = "Một, tiếng Mường"
topic = "law"
language = "mtq"
translation_of = "one"
[[item]]
id = "signal"
file = "signal.ogg"
title = "Nhạc hiệu"
kind = "signal"
[[programme]]
id = "morning"
name = "Bản tin sáng"
elements = ["signal", "one", { pick = 1, topic = "help" }]
[[campaign]]
id = "action-month"
name = "Tháng hành động"
yearly = { from = "11-15", until = "12-15" }
targets = { law = "2 airings/week", help = "31m" }
[[broadcast]]
id = "everyday"
programme = "morning"
at = ["05:30"]
[letterhead]
commune = "xã Cẩm Tân"
to = ["Ủy ban nhân dân xã Cẩm Tân (qua Công chức Chính sách xã hội)"]
signer = "Nguyễn Thị Hoa"
basis = "Kế hoạch số 15/KH-UBND"
"#;

/// Read once: every row names it.
pub fn plan() -> &'static Plan {
    static READ: LazyLock<Plan> = LazyLock::new(|| {
        let source = SourceFile { path: "plan.toml".into(), text: PLAN.into() };
        let reading = read::parse(vec![source], Path::new("."), None);
        reading.plan.unwrap_or_else(|| panic!("{:?}", reading.problems))
    });
    &READ
}

pub fn hanoi() -> Timezone {
    Timezone::named("Asia/Ho_Chi_Minh").unwrap()
}

pub fn at(text: &str) -> Wall {
    hanoi().instant(text.parse().unwrap())
}

/// One take of an element.
#[derive(Clone, Debug)]
pub struct SampleTake {
    pub row: Row,
}

impl SampleTake {
    /// `item` whole, 30 s, element 1 of the everyday broadcast at `planned` on the amplifier.
    pub fn whole(planned: &str, item: &str) -> SampleTake {
        let facts = SlotFacts {
            station: Arc::from("cam-tan"),
            zones: vec!["thon-1".into(), "thon-2".into()],
            campaign: None,
            programme: Some("morning".into()),
            priority: Priority::Ordinary,
            plan_hash: plan().hash.clone(),
        };
        let of_item = ItemFacts {
            item: item.into(),
            kind: ItemKind::Announcement,
            title: item.to_owned(),
            topic: Some("law".into()),
            tags: vec![],
            language: "vi".to_owned(),
            supplier: Some("police".into()),
            contacts: vec!["child-111".into()],
            duty: false,
            translation_of: None,
            file_hash: Some(FileHash::from(format!("{item}-recording").as_str())),
        };
        let planned_at = at(planned);
        let slot = Slot { planned_at, broadcast: "everyday".into(), output: "amplifier".into() };
        let row = Row::of_slot(Kind::Air, &slot, &facts, Origin::Live).with_item(&of_item).with_outcome(Outcome::AIRED);
        SampleTake { row: Row { element: Some(1), take: Some(1), late_ms: Some(0), device: Some("default".into()), ..row } }
            .lasts(30_000)
    }

    pub fn with(mut self, change: impl FnOnce(&mut Row)) -> SampleTake {
        change(&mut self.row);
        self
    }

    pub fn lasts(self, ms: i64) -> SampleTake {
        self.with(|row| {
            row.started_at = row.planned_at;
            row.ended_at = row.planned_at.map(|at| at + SignedDuration::from_millis(ms));
            row.airtime_ms = Some(ms);
            row.planned_ms = Some(30_000);
        })
    }

    pub fn element(self, element: u32) -> SampleTake {
        self.with(|row| row.element = Some(element))
    }

    pub fn take(self, take: u32) -> SampleTake {
        self.with(|row| row.take = Some(take))
    }

    pub fn on(self, output: &str) -> SampleTake {
        let zones = if output == "horns" { ["thon-2", "thon-3"] } else { ["thon-1", "thon-2"] };
        self.with(|row| {
            row.output = Some(output.into());
            row.zones = zones.map(ZoneId::from).to_vec();
        })
    }

    pub fn cut(self, ms: i64) -> SampleTake {
        self.lasts(ms).with(|row| (row.status, row.reason) = (Some(Status::Partial), Some(Reason::PowerOff)))
    }

    pub fn kind(self, kind: ItemKind) -> SampleTake {
        self.with(|row| (row.item_kind, row.topic) = (Some(kind), None))
    }

    pub fn recording(self, hash: &str) -> SampleTake {
        self.with(|row| row.file_hash = Some(hash.into()))
    }
}

/// How the slot of that take ended.
pub fn end(of: &SampleTake, outcome: Outcome) -> Row {
    let slot = of.row.slot().unwrap();
    let facts = SlotFacts {
        station: Arc::from("cam-tan"),
        zones: of.row.zones.clone(),
        campaign: None,
        programme: of.row.programme.clone(),
        priority: Priority::Ordinary,
        plan_hash: plan().hash.clone(),
    };
    Row { planned_ms: Some(90_000), ..Row::of_slot(Kind::End, &slot, &facts, Origin::Live).with_outcome(outcome) }
}

pub fn hand(from: &str, minutes: i64, what: Manual) -> Row {
    Row {
        started_at: Some(at(from)),
        ended_at: Some(at(from) + SignedDuration::from_mins(minutes)),
        title: Some("Họp dân".to_owned()),
        actor: Some("lan".to_owned()),
        ..Row::of(Fact::Hand(HandFact { what, withdraws: None }), Arc::from("cam-tan"), Origin::Live)
    }
}

pub fn november() -> Scope {
    Scope {
        zone: hanoi(),
        origin: Origin::Live,
        from: date(2026, 11, 1),
        until: date(2026, 11, 30),
        as_of: date(2026, 12, 31),
        compared: None,
    }
}

pub fn compared_with(from: Date, until: Date) -> Scope {
    Scope { compared: Some((from, until)), ..november() }
}

/// Of a station that is alive to the last day that counts.
pub fn sums(scope: Scope, rows: &[Row]) -> Sums {
    let alive = hanoi().instant(scope.as_of.at(23, 59, 0, 0));
    sums_until(scope, rows, Some(alive), &[])
}

/// Of one that was last alive then, with the slots that its plan owed afterwards.
pub fn sums_until(scope: Scope, rows: &[Row], alive: Option<Wall>, unlogged: &[&str]) -> Sums {
    let names = Names::of(std::slice::from_ref(plan()), Language::Vi);
    let mut tally = Tally::new(scope, &names);
    for row in rows {
        tally.note(0, &row.canonical(hanoi().tz()).unwrap());
    }
    alive.into_iter().for_each(|alive| tally.was_alive(0, alive));
    let zones = ["thon-1", "thon-2"].map(ZoneId::from);
    for planned in unlogged {
        tally.unlogged(
            0,
            &UnloggedSlot {
                planned_at: at(planned),
                station: "cam-tan",
                output: "amplifier",
                zones: &zones,
                broadcast: "everyday",
                programme: "morning",
                plan_hash: plan().hash.as_str(),
            },
        );
    }
    tally.finish(&names, None, Language::Vi)
}

pub fn rows(airs: impl IntoIterator<Item = SampleTake>) -> Vec<Row> {
    airs.into_iter().map(|air| air.row).collect()
}

prop_compose! {
    /// A few days' rows, of which some are cut, resumed, on one output or two, repeated and of several topics.
    pub fn any_log()(choices in proptest::collection::vec((0..20_i8, 0..4_u32, 0..5_usize, 0..3_u8, 1..90_000_i64), 0..60)) -> Vec<Row> {
        let mut rows = Vec::new();
        for (day, element, item, how, ms) in choices {
            let planned = format!("2026-11-{:02}T05:30", day + 1);
            let item = ["a", "b", "c", "d", "e"][item];
            let topics = ["law", "help", "unknown"];
            let air = SampleTake::whole(&planned, item).element(element + 1).lasts(ms)
                .with(|row| row.topic = Some(topics[usize::from(item == "b") + usize::from(item == "e") * 2].into()));
            match how {
                0 => rows.push(air.row),
                1 => rows.extend([air.clone().cut(ms / 2).row, air.take(2).row]),
                _ => rows.extend([air.clone().row, air.on("horns").lasts(ms / 3).row]),
            }
        }
        rows
    }
}
