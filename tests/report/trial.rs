//! A log of seven weeks, written by hand, in which everything happens that makes counting hard. The sums in the tests beside it were
//! done on paper from these lines, never by the program.

use std::sync::Arc;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use loaxa::asrun::element::{ItemFacts, SlotFacts};
use loaxa::asrun::fact::{Fact, StartFact};
use loaxa::asrun::hand;
use loaxa::asrun::open::SlotChange;
use loaxa::asrun::row::Row;
use loaxa::asrun::store::Store;
use loaxa::asrun::store::plans;
use loaxa::calendar::timezone::Timezone;
use loaxa::plan::read;
use loaxa::plan::source::SourceFile;
use loaxa::terms::*;
use sha2::{Digest, Sha256};

use super::station::Station;

pub const PLAN: &str = include_str!("trial.toml");
const WHOLE: Outcome = Outcome::AIRED;

/// One take: element, take, item (`/b` is a new recording of it), milliseconds.
type Take = (u32, u32, &'static str, i64, Outcome);

fn cut(reason: Reason) -> Outcome {
    Outcome::partial(reason)
}

pub fn station() -> Station {
    station_of("cam-tan")
}

/// The same of a station that has another code.
pub fn station_of(code: &str) -> Station {
    let station = Station { dir: tempfile::tempdir().unwrap() };
    let hash = read::hash(&[source()]);
    plans::keep(station.dir.path(), &hash, [("plan.toml", PLAN.as_bytes())]).unwrap();
    let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    let mut store = Store::open(station.dir.path(), Origin::Live, tz).unwrap();
    let mut log = Log { hash, rows: Vec::new() };
    log.beginning();
    log.first_half();
    log.by_hand();
    log.action_month();
    log.rows.iter_mut().for_each(|row| row.station = Arc::from(code));
    store.append(log.rows, &SlotChange::Nothing).unwrap();
    store.lodge_head(at("2024-12-16T04:00")).unwrap();
    store.checkpoint().unwrap();
    station
}

/// The plan is edited so many times, each time by a comment.
pub fn edit_plan(station: &Station, times: usize) {
    let mut store = Store::open(station.dir.path(), Origin::Live, TimeZone::get("Asia/Ho_Chi_Minh").unwrap()).unwrap();
    for edit in 0..times {
        let text = format!("{PLAN}\n# edit {edit}\n");
        let hash = read::hash(&[SourceFile { path: "plan.toml".into(), text: text.clone().into() }]);
        plans::keep(station.dir.path(), &hash, [("plan.toml", text.as_bytes())]).unwrap();
        let row = Row::of(Fact::from(Kind::Plan), Arc::from("cam-tan"), Origin::Live);
        store
            .append(vec![Row { plan_hash: Some(hash), started_at: Some(at("2024-12-02T08:00")), ..row }], &SlotChange::Nothing)
            .unwrap();
    }
    store.lodge_head(at("2024-12-16T05:00")).unwrap();
}

fn source() -> SourceFile {
    SourceFile { path: "plan.toml".into(), text: PLAN.into() }
}

fn at(text: &str) -> Wall {
    Timezone::named("Asia/Ho_Chi_Minh").unwrap().instant(text.parse().unwrap())
}

struct Log {
    hash: PlanHash,
    rows: Vec<Row>,
}

impl Log {
    fn beginning(&mut self) {
        let from = at("2024-10-20T04:00");
        let bare = |fact: Fact| Row { started_at: Some(from), ..Row::of(fact, Arc::from("cam-tan"), Origin::Live) };
        self.rows.push(bare(Fact::Start(StartFact { boot_id: Some("b1".to_owned()), ..StartFact::default() })));
        self.rows.push(Row { plan_hash: Some(self.hash.clone()), ..bare(Kind::Plan.into()) });
        // The day on which the log begins: both are first runs.
        let morning = [(1, 1, "tune", 10_000, WHOLE), (2, 1, "law-1", 60_000, WHOLE), (3, 1, "help-111", 40_000, WHOLE)];
        self.morning("2024-10-20", "amplifier", &morning, WHOLE);
    }

    fn first_half(&mut self) {
        let (tune, law, help) =
            ((1, 1, "tune", 10_000, WHOLE), (2, 1, "law-1", 60_000, WHOLE), (3, 1, "help-111", 40_000, WHOLE));
        // Two outputs; the horns lose their device within the second item.
        self.morning("2024-11-02", "amplifier", &[tune, law, help], WHOLE);
        let fault = cut(Reason::DeviceFault);
        self.morning("2024-11-02", "horns", &[tune, (2, 1, "law-1", 59_980, WHOLE), (3, 1, "help-111", 25_000, fault)], fault);
        // A power cut: the amplifier resumes the item from its beginning and ends whole, the horns never do. A third output is `null`.
        let dark = cut(Reason::PowerOff);
        let resumed = [tune, (2, 1, "law-1", 20_000, dark), (2, 2, "law-1", 60_000, WHOLE), help];
        self.morning("2024-11-03", "amplifier", &resumed, WHOLE);
        self.morning("2024-11-03", "horns", &[tune, (2, 1, "law-1", 20_000, dark), (2, 2, "law-1", 30_000, dark)], dark);
        self.morning("2024-11-03", "file", &[tune, law], WHOLE);
        // The power is off all morning; the evening after, one of its two items is ordered on both outputs.
        for output in ["amplifier", "horns"] {
            self.morning("2024-11-04", output, &[], Outcome::missed(Reason::PowerOff));
        }
        self.slot("2024-11-05T18:10", "@request-1", None, "amplifier", &[(1, 1, "help-111", 40_000, WHOLE)], WHOLE);
        self.slot("2024-11-05T18:10", "@request-1", None, "horns", &[(1, 1, "help-111", 40_020, WHOLE)], WHOLE);
        for output in ["amplifier", "horns"] {
            self.morning("2024-11-06", output, &[], Outcome::skipped(Reason::Holiday));
        }
        // The item was recorded anew.
        self.morning("2024-11-07", "amplifier", &[tune, (2, 1, "law-1/b", 62_000, WHOLE), help], WHOLE);
        self.morning("2024-11-07", "horns", &[], Outcome::missed(Reason::NoDevice));
        // An emergency, said twice, each time led in by the attention tone.
        let tone = |element| (element, 1, "tone", 3_000, WHOLE);
        let said = |element| (element, 1, "help-111", 40_000, WHOLE);
        self.slot("2024-11-08T05:00", "@request-2", None, "amplifier", &[tone(1), said(2), tone(3), said(4)], WHOLE);
        // A late evening with a translation, a notice and a song.
        let evening = [
            tune,
            (2, 1, "story-1", 90_000, WHOLE),
            (3, 1, "law-1-mtq", 70_000, WHOLE),
            (4, 1, "notice-1", 30_000, WHOLE),
            (5, 1, "song", 120_000, WHOLE),
        ];
        self.evening("2024-11-10", "amplifier", &evening, WHOLE);
        self.late(61_000, "2024-11-10T17:00");
        // Trying out the new plan into a file.
        self.evening("2024-11-12", "amplifier", &[tune, (2, 1, "story-1", 90_000, WHOLE)], WHOLE);
        for row in self.rows.iter_mut().rev().take(2 + 1).filter(|row| row.kind() == Kind::Air) {
            row.device = Some("wav:/tmp/try".to_owned());
        }
    }

    fn by_hand(&mut self) {
        for (from, minutes, what) in [("2024-11-11T18:00", 20, Manual::Live), ("2024-11-12T18:00", 30, Manual::Relay)] {
            let length = SignedDuration::from_mins(minutes);
            let (title, who) = ("Họp dân".to_owned(), "Chị Lan".to_owned());
            self.rows.push(hand::row(Arc::from("cam-tan"), Origin::Live, what, at(from), length, title, who, None));
        }
    }

    fn action_month(&mut self) {
        let (tune, law, help) =
            ((1, 1, "tune", 10_000, WHOLE), (2, 1, "law-1/b", 62_000, WHOLE), (3, 1, "help-111", 40_000, WHOLE));
        for output in ["amplifier", "horns"] {
            self.morning("2024-11-15", output, &[tune, law, help], WHOLE);
        }
        self.evening("2024-11-16", "amplifier", &[tune, (2, 1, "story-1", 90_000, WHOLE), help], WHOLE);
        for output in ["amplifier", "horns"] {
            self.morning("2024-11-22", output, &[], Outcome::missed(Reason::PowerOff));
            self.morning("2024-11-23", output, &[], Outcome::skipped(Reason::Replaced));
        }
        // Displaced within its first item; that item is ordered five minutes later.
        let away = cut(Reason::Preempted);
        let never = Outcome::missed(Reason::Preempted);
        self.evening("2024-11-24", "amplifier", &[tune, (2, 1, "story-1", 45_000, away), (3, 1, "help-111", 0, never)], away);
        self.slot("2024-11-24T17:05", "@request-3", None, "amplifier", &[(1, 1, "story-1", 90_000, WHOLE)], WHOLE);
        for output in ["amplifier", "horns"] {
            self.morning("2024-12-01", output, &[tune, law, help], WHOLE);
        }
    }

    fn morning(&mut self, day: &str, output: &str, takes: &[Take], outcome: Outcome) {
        self.slot(&format!("{day}T05:30"), "every-morning", Some("morning"), output, takes, outcome);
    }

    fn evening(&mut self, day: &str, output: &str, takes: &[Take], outcome: Outcome) {
        self.slot(&format!("{day}T17:00"), "every-evening", Some("evening"), output, takes, outcome);
    }

    fn slot(&mut self, planned: &str, broadcast: &str, programme: Option<&str>, output: &str, takes: &[Take], outcome: Outcome) {
        let planned_at = at(planned);
        let slot = Slot { planned_at, broadcast: broadcast.into(), output: output.into() };
        let (zones, device): (&[&str], _) = match output {
            "amplifier" => (&["thon-1", "thon-2"], "default"),
            "horns" => (&["thon-2", "thon-3"], "hw:1"),
            _ => (&["thon-4"], "null"),
        };
        let facts = SlotFacts {
            station: Arc::from("cam-tan"),
            zones: zones.iter().map(|zone| ZoneId::from(*zone)).collect(),
            campaign: None,
            programme: programme.map(ProgrammeId::from),
            priority: if broadcast == "@request-2" { Priority::Emergency } else { Priority::Ordinary },
            plan_hash: self.hash.clone(),
        };
        for (element, take, item, ms, outcome) in takes {
            let begun = planned_at + SignedDuration::from_secs(i64::from(element * 100 + take * 30 - 130));
            let started_at = (*ms > 0).then_some(begun);
            let row = Row::of_slot(Kind::Air, &slot, &facts, Origin::Live).with_item(&item_facts(item)).with_outcome(*outcome);
            self.rows.push(Row {
                element: Some(*element),
                take: Some(*take),
                planned_ms: Some(length(item)),
                started_at,
                ended_at: started_at.map(|at| at + SignedDuration::from_millis(*ms)),
                airtime_ms: Some(*ms),
                late_ms: started_at.map(|_| 0),
                device: Some(device.to_owned()),
                clock: Some(Evidence::Ntp),
                ..row
            });
        }
        let row = Row::of_slot(Kind::End, &slot, &facts, Origin::Live).with_outcome(outcome);
        self.rows.push(Row { planned_ms: Some(110_000), clock: Some(Evidence::Ntp), ..row });
    }

    /// How late the first element of a slot began.
    fn late(&mut self, ms: i64, planned: &str) {
        let planned_at = Some(at(planned));
        for row in self.rows.iter_mut().filter(|row| row.planned_at == planned_at && row.element == Some(1)) {
            row.late_ms = Some(ms);
        }
    }
}

/// As planned.
fn length(item: &str) -> i64 {
    match item {
        "tune" => 10_000,
        "tone" => 3_000,
        "law-1" => 60_000,
        "law-1/b" => 62_000,
        "law-1-mtq" => 70_000,
        "help-111" => 40_000,
        "story-1" => 90_000,
        "notice-1" => 30_000,
        "song" => 120_000,
        other => panic!("{other} has no length"),
    }
}

/// What is said of an item; titles are as bad as they can be.
fn item_facts(name: &str) -> ItemFacts {
    use ItemKind::{Announcement, Music, Notice, Signal};
    let long = "Gương điển hình, rất dài: ".to_owned() + &"người chồng nấu cơm trước khi ra đồng, ".repeat(12);
    let (kind, title, topic, supplier) = match name {
        "tune" => (Signal, "Nhạc hiệu", None, None),
        "tone" => (Signal, "Tín hiệu báo khẩn cấp", None, None),
        "law-1" | "law-1/b" => (Announcement, r#"=HYPERLINK("http://x.vn";"Luật")"#, Some("law"), Some("police")),
        "law-1-mtq" => (Announcement, "Luật, tiếng Mường \u{202e}nược \u{5e9}\u{5dc}\u{5d5}\u{5dd}", Some("law"), Some("police")),
        "help-111" => (Announcement, "Tổng đài 111 😀", Some("help"), Some("women")),
        "story-1" => (Announcement, long.trim_end_matches([',', ' ']), Some("models"), Some("women")),
        "notice-1" => (Notice, "<script>alert(1)</script>", None, None),
        "song" => (Music, "Bài\u{7}ca\u{1f}\n\u{ffff}xã", None, None),
        other => panic!("{other} is no item"),
    };
    ItemFacts {
        item: name.split('/').next().unwrap().into(),
        kind,
        title: title.to_owned(),
        topic: topic.map(TopicId::from),
        tags: Vec::new(),
        language: if name == "law-1-mtq" { "mtq" } else { "vi" }.to_owned(),
        supplier: supplier.map(SupplierId::from),
        contacts: if name == "help-111" { vec!["child-111".into()] } else { Vec::new() },
        duty: false,
        translation_of: None,
        file_hash: Some(FileHash::new(Sha256::digest(name).iter().map(|byte| format!("{byte:02x}")).collect::<String>())),
    }
}
