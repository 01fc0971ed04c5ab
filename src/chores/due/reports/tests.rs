use jiff::civil::{date, time};
use proptest::prelude::*;

use super::*;
use crate::plan::Paperwork;
use crate::plan::read;
use crate::plan::source::SourceFile;

/// A station with sessions in the morning and the evening, none on Sundays, and these reports.
fn plan(reports: &str) -> Plan {
    let text = format!(
        "format = 1\n[station]\nname = \"Đài\"\ncode = \"x\"\ntimezone = \"Asia/Ho_Chi_Minh\"\naudio = \".\"\n[[output]]\nid = \"o\"\ndevice = \"null\"\n\
         [hours]\ndaily = [\"05:30-06:30\", \"17:00-18:00\"]\nsun = []\n[[topic]]\nid = \"law\"\nname = \"Luật\"\n[[topic]]\nid = \"role\"\nname = \"Gương\"\n\
         [[campaign]]\nid = \"month\"\nname = \"Tháng\"\nyearly = {{ from = \"11-15\", until = \"12-15\" }}\ntargets = {{ law = \"10m/day\" }}\n{reports}"
    );
    let reading = read::parse(vec![SourceFile { path: "plan.toml".into(), text: text.into() }], std::path::Path::new(""), None);
    reading.plan.unwrap_or_else(|| panic!("{:#?}", reading.problems))
}

const MONTHLY: &str = "[[report]]\nid = \"m\"\nperiod = \"month\"\ndue = 3\n";
const YEARLY: &str = "[[report]]\nid = \"y\"\nperiod = \"year\"\ncampaign = \"month\"\ndue = \"12-16\"\ndraft = 7\n";

struct ReportingStation {
    plan: Plan,
    memory: Memory,
    began: Wall,
}

impl ReportingStation {
    /// A station that began, with this plan, on a day.
    fn new(reports: &str, began: Date) -> ReportingStation {
        let plan = plan(reports);
        let began = plan.station.timezone.start_of(began);
        let since = plan.reports.iter().map(|duty| (duty.id.clone(), began)).collect();
        ReportingStation { plan, memory: Memory { since, ..Memory::default() }, began }
    }

    fn steps(&self, now: Wall) -> Vec<Step> {
        let hours = self.plan.all_hours();
        let moment = Moment { now, began: self.began, zone: &self.plan.station.timezone, hours: &hours };
        steps(&self.plan, &self.memory, moment)
    }

    /// Does what is to be done, and says it: `draft 2026`, `strike final 2026`.
    fn at(&mut self, day: Date, hour: i8, minute: i8) -> Vec<String> {
        let now = self.plan.station.timezone.instant(day.to_datetime(time(hour, minute, 0, 0)));
        let steps = self.steps(now);
        steps.into_iter().map(|step| self.take(step)).collect()
    }

    fn take(&mut self, step: Step) -> String {
        let word = match &step {
            Step::Write { again, .. } => {
                if *again > 0 {
                    "again "
                } else {
                    ""
                }
            }
            Step::Strike(_) => "strike ",
        };
        let key = step.key();
        let written = format!("{word}{} {}", key.stage, key.period);
        let entry = self.memory.written.entry(key).or_default();
        *entry = if word == "strike " { (false, entry.1 + 1) } else { (true, entry.1) };
        written
    }
}

#[test]
fn a_final_comes_after_the_last_session_and_a_draft_a_week_before_it_is_due() {
    let mut station = ReportingStation::new(YEARLY, date(2026, 1, 1));
    let table: &[(Date, (i8, i8), &[&str])] = &[
        (date(2026, 12, 8), (23, 59), &[]),
        (date(2026, 12, 9), (0, 0), &["draft 2026"]),
        (date(2026, 12, 9), (0, 1), &[]),
        (date(2026, 12, 15), (17, 59), &[]),
        (date(2026, 12, 15), (18, 4), &[]),
        (date(2026, 12, 15), (18, 5), &["final 2026"]),
        (date(2026, 12, 15), (18, 6), &[]),
        (date(2027, 12, 15), (5, 0), &["draft 2027"]),
        (date(2028, 2, 1), (5, 0), &["final 2027"]),
    ];
    for (day, (hour, minute), expected) in table {
        assert_eq!(station.at(*day, *hour, *minute), *expected, "{day} {hour}:{minute}");
    }
}

#[test]
fn a_station_that_was_off_over_the_drafts_week_writes_the_final_only() {
    assert_eq!(ReportingStation::new(YEARLY, date(2026, 1, 1)).at(date(2026, 12, 20), 8, 0), ["final 2026"]);
}

#[test]
fn a_last_day_without_a_session_closes_with_its_beginning_and_the_cut_is_kept() {
    // 31 May 2026 is a Sunday.
    let mut station = ReportingStation::new(MONTHLY, date(2026, 5, 1));
    assert_eq!(station.at(date(2026, 5, 31), 0, 4), [] as [&str; 0]);
    assert_eq!(station.at(date(2026, 5, 31), 0, 5), ["final 2026-05"]);
    let cut = format!("[letterhead]\ncommune = \"xã A\"\ncut = 14\n{MONTHLY}");
    let mut station = ReportingStation::new(&cut, date(2026, 10, 15));
    assert_eq!(station.at(date(2026, 11, 14), 18, 4), [] as [&str; 0]);
    assert_eq!(station.at(date(2026, 11, 14), 18, 5), ["final 2026-11"]);
}

#[test]
fn what_fell_due_while_the_station_was_off_is_made_up_for_in_order_and_within_bounds() {
    let mut station = ReportingStation::new(MONTHLY, date(2026, 1, 1));
    assert_eq!(station.at(date(2026, 4, 10), 8, 0), ["final 2026-01", "final 2026-02", "final 2026-03"]);
    let made_up = station.at(date(2031, 1, 1), 8, 0);
    assert_eq!((made_up.len(), made_up[0].as_str()), (12, "final 2030-01"));
}

#[test]
fn nothing_is_owed_of_a_time_before_the_log_or_before_the_plan_named_it() {
    let mut station = ReportingStation::new(MONTHLY, date(2026, 3, 1));
    assert_eq!(station.at(date(2026, 3, 2), 8, 0), [] as [&str; 0], "February was before the log");
    let mut station = ReportingStation::new(MONTHLY, date(2026, 1, 1));
    station.memory.since.insert("m".into(), station.plan.station.timezone.start_of(date(2026, 6, 2)));
    assert_eq!(station.at(date(2026, 6, 2), 8, 0), ["final 2026-05"], "May is due on 3 June");
    station.memory = Memory::default();
    assert_eq!(station.at(date(2026, 6, 4), 8, 0), [] as [&str; 0], "its day had passed");
}

#[test]
fn what_was_written_on_a_clock_that_was_ahead_is_struck_and_comes_again() {
    let mut station = ReportingStation::new(YEARLY, date(2026, 1, 1));
    assert_eq!(station.at(date(2026, 12, 20), 8, 0), ["final 2026"], "the clock is three months ahead");
    assert_eq!(station.at(date(2026, 9, 20), 8, 0), ["strike final 2026"]);
    assert_eq!(station.at(date(2026, 9, 20), 9, 0), [] as [&str; 0]);
    assert_eq!(station.at(date(2026, 12, 15), 18, 30), ["again final 2026"]);
    assert_eq!(station.at(date(2026, 12, 15), 18, 3), [] as [&str; 0], "a step back by minutes strikes nothing");
}

#[test]
fn a_due_day_of_the_year_is_the_first_from_the_end_of_the_period_on() {
    use crate::calendar::span::MonthDay;
    for (month, day, until, expected) in [
        (12, 16, date(2026, 12, 15), date(2026, 12, 16)),
        (12, 16, date(2026, 12, 16), date(2026, 12, 16)),
        (1, 10, date(2026, 12, 31), date(2027, 1, 10)),
        (2, 29, date(2026, 12, 31), date(2027, 2, 28)),
    ] {
        assert_eq!(due_on(Deadline::On(MonthDay { month, day }), until), expected);
    }
    assert_eq!(due_on(Deadline::After(3), date(2026, 12, 31)), date(2027, 1, 3));
}

#[test]
fn targets_are_watched_while_their_campaign_runs_and_a_report_is_near() {
    let plan = plan(&format!("{YEARLY}{MONTHLY}"));
    let watched = |day: Date| watched(&plan, day.at(8, 0, 0, 0)).first().map(|watch| (watch.from, watch.until, watch.due));
    let of = |until, due| Some((date(2026, 11, 15), until, due));
    assert_eq!(watched(date(2026, 11, 14)), None);
    assert_eq!(watched(date(2026, 11, 15)), None, "no whole day yet");
    assert_eq!(watched(date(2026, 11, 19)), of(date(2026, 11, 18), date(2026, 12, 3)));
    assert_eq!(watched(date(2026, 12, 2)), of(date(2026, 12, 1), date(2026, 12, 16)));
    assert_eq!(watched(date(2026, 12, 15)), of(date(2026, 12, 14), date(2026, 12, 16)));
    assert_eq!(watched(date(2026, 12, 16)), None, "nothing can be done about it any more");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whenever the station is on and off: each month that it could still owe is written exactly once, in order, and a draft before its final.
    #[test]
    fn every_period_is_written_exactly_once(gaps in proptest::collection::vec((0_i64..9_000, 0_i64..3), 1..30)) {
        let drafted = MONTHLY.replace("due = 3\n", "due = 3\ndraft = 5\nformats = \"pdf\"\n");
        let mut station = ReportingStation::new(&format!("{drafted}{YEARLY}"), date(2026, 1, 1));
        prop_assert_eq!(station.plan.reports[0].formats.as_slice(), &[Paperwork::Pdf]);
        let (mut now, mut written) = (station.began, Vec::new());
        for (hours, looks) in gaps {
            now = now + SignedDuration::from_hours(hours % 9_000);
            for _ in 0..=looks {
                now = now + SignedDuration::from_mins(17);
                for step in station.steps(now) {
                    let Step::Write { report, .. } = step.clone() else { panic!("the clock only goes forward") };
                    let hours = station.plan.all_hours();
                    let moment = Moment { now, began: station.began, zone: &station.plan.station.timezone, hours: &hours };
                    let over = closed_at(report.period.until, moment) < now;
                    prop_assert!(over == (report.stage == Stage::Final));
                    station.take(step);
                    written.push(report);
                }
                prop_assert_eq!(station.steps(now), vec![], "nothing is left to do");
            }
        }
        for (at, report) in written.iter().enumerate() {
            prop_assert!(!written[..at].iter().any(|other| other.key() == report.key()), "{report:?} twice");
            let mut finals = written[..at].iter().filter(|other| other.id == report.id && other.stage == Stage::Final);
            let ordered = finals.all(|other| other.period.until < report.period.until);
            prop_assert!(ordered, "in order, and no draft after its final");
        }
        // All that closed before the last look, as far back as is made up for.
        let series = Series::Months(MonthEnd::Calendar);
        let newest = series.number_of(station.plan.station.timezone.civil(now).date());
        for back in 1..=MOST {
            let period = series.at(newest - back).unwrap();
            let owed = period.until >= date(2026, 1, 1);
            let found = written.iter().filter(|other| other.id.as_str() == "m" && other.stage == Stage::Final && other.period == period).count();
            prop_assert_eq!(found, usize::from(owed), "{}", period.key());
        }
    }
}
