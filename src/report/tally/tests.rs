//! The counting rules, each against rows whose sums a person can do.

use jiff::civil::date;
use proptest::prelude::*;

use super::campaign::Goal;
use super::figures::{Compared, LeftOut};
use super::sample::*;
use super::table::*;
use super::tables::Sums;
use super::*;
use crate::asrun::row::Row;

const MORNING: &str = "2026-11-15T05:30";
const NEXT: &str = "2026-11-16T05:30";

/// Airings, first runs, minutes in ms, items, recordings.
fn counted(rows: &[Row]) -> (i64, i64, i64, i64, i64) {
    let figures = sums(november(), rows).figures;
    let of = |figure: Option<i64>| figure.unwrap();
    (of(figures.airings), of(figures.first_runs), of(figures.airtime_ms), of(figures.items), of(figures.recordings))
}

fn cells<'s>(sums: &'s Sums, id: TableId, key: &str) -> &'s [Cell] {
    let line = sums.table(id).unwrap().lines.iter().find(|line| line.key.as_deref() == Some(key));
    &line.unwrap_or_else(|| panic!("{id} has no {key}")).cells
}

fn column(table: &ReportTable, column: Column) -> usize {
    table.columns.iter().position(|other| *other == column).unwrap()
}

#[test]
fn an_airing_on_two_outputs_is_one_and_lasts_as_long_as_the_longest() {
    let one = SampleTake::whole(MORNING, "one");
    assert_eq!(counted(&rows([one.clone(), one.on("horns").lasts(29_000)])), (1, 1, 30_000, 1, 1));
}

#[test]
fn a_cut_airing_adds_minutes_and_no_airing() {
    assert_eq!(counted(&rows([SampleTake::whole(MORNING, "one").cut(12_000)])), (0, 0, 12_000, 0, 0));
}

#[test]
fn a_resumed_item_is_one_airing_with_all_its_minutes() {
    let one = SampleTake::whole(MORNING, "one");
    assert_eq!(counted(&rows([one.clone().cut(12_000), one.take(2)])), (1, 1, 42_000, 1, 1));
}

#[test]
fn whole_on_one_output_and_cut_on_the_other_is_one_airing() {
    let one = SampleTake::whole(MORNING, "one");
    let horns = [one.clone().on("horns").cut(20_000), one.clone().on("horns").take(2).cut(20_000)];
    let both = rows([one].into_iter().chain(horns));
    assert_eq!(counted(&both), (1, 1, 40_000, 1, 1), "the longest total on any one output is that of the horns");
}

#[test]
fn twice_in_a_programme_is_twice_and_the_second_is_a_repeat() {
    let one = SampleTake::whole(MORNING, "one");
    assert_eq!(
        counted(&rows([one.clone(), one.clone().on("horns"), one.clone().element(2), one.element(2).on("horns")])),
        (2, 1, 60_000, 1, 1)
    );
}

#[test]
fn a_re_recorded_item_is_one_item_and_a_first_run_again() {
    let rows = rows([SampleTake::whole(MORNING, "one"), SampleTake::whole(NEXT, "one").recording("anew")]);
    assert_eq!(counted(&rows), (2, 2, 60_000, 1, 2));
}

#[test]
fn a_translation_is_the_same_item_and_another_airing() {
    let muong = SampleTake::whole(NEXT, "one-muong").with(|row| row.language = Some("mtq".to_owned()));
    let log = rows([SampleTake::whole(MORNING, "one"), muong]);
    assert_eq!(counted(&log), (2, 2, 60_000, 1, 2));
    let sums = sums(november(), &log);
    assert_eq!(cells(&sums, TableId::Languages, "mtq")[1..4], [Cell::text("Tiếng Mường"), Cell::Count(1), Cell::Count(1)]);
}

#[test]
fn what_aired_before_the_period_makes_a_repeat() {
    let log = rows([SampleTake::whole("2026-10-31T05:30", "one"), SampleTake::whole(MORNING, "one")]);
    assert_eq!(counted(&log), (1, 0, 30_000, 1, 1));
}

#[test]
fn what_was_cut_before_makes_no_repeat() {
    let log = rows([SampleTake::whole("2026-10-31T05:30", "one").cut(29_000), SampleTake::whole(MORNING, "one")]);
    assert_eq!(counted(&log), (1, 1, 30_000, 1, 1));
}

#[test]
fn signals_music_and_notices_are_no_airtime_of_topics() {
    let log = rows([
        SampleTake::whole(MORNING, "signal").kind(ItemKind::Signal),
        SampleTake::whole(MORNING, "ident").kind(ItemKind::Ident).element(2),
        SampleTake::whole(MORNING, "music").kind(ItemKind::Music).element(3),
        SampleTake::whole(MORNING, "notice").kind(ItemKind::Notice).element(4),
        SampleTake::whole(MORNING, "one").element(5),
    ]);
    assert_eq!(counted(&log), (1, 1, 30_000, 1, 1));
    let apart = sums(november(), &log).apart;
    assert_eq!((apart.signals_ms, apart.music_ms, apart.notices_ms), (60_000, 30_000, 30_000));
}

#[test]
fn null_and_wav_are_no_airtime_and_take_no_first_run() {
    let one = SampleTake::whole(MORNING, "one");
    let null = one.clone().on("file").with(|row| row.device = Some("null".into()));
    let wav = one.clone().on("file").with(|row| row.device = Some("wav:/tmp/out".into()));
    assert_eq!(counted(&rows([null.clone(), wav.clone(), one])), (1, 1, 30_000, 1, 1));
    let log = [null.row.clone(), end(&null, Outcome::AIRED)];
    assert_eq!(counted(&log), (0, 0, 0, 0, 0));
    let sums = sums(november(), &log);
    assert_eq!((sums.apart.tests, sums.outcomes.planned()), (1, 0));
    let simulated = Scope { origin: Origin::Simulation, ..november() };
    assert_eq!(super::sample::sums(simulated, &rows([null])).figures.airings, Some(1), "its report is headed as what it is");
}

#[test]
fn a_village_gets_the_longest_of_the_outputs_that_serve_it() {
    let one = SampleTake::whole(MORNING, "one");
    let sums = sums(november(), &rows([one.clone().cut(10_000), one.on("horns").lasts(25_000)]));
    assert_eq!(
        cells(&sums, TableId::Villages, "thon-1")[2..4],
        [Cell::Count(0), Cell::Minutes(Minutes { ms: 10_000, tenths: 2 })]
    );
    assert_eq!(
        cells(&sums, TableId::Villages, "thon-2")[2..4],
        [Cell::Count(1), Cell::Minutes(Minutes { ms: 25_000, tenths: 4 })]
    );
    assert_eq!(
        cells(&sums, TableId::Villages, "thon-3")[2..4],
        [Cell::Count(1), Cell::Minutes(Minutes { ms: 25_000, tenths: 4 })]
    );
}

#[test]
fn days_without_sound_have_their_reasons() {
    let (one, next) = (SampleTake::whole(MORNING, "one"), SampleTake::whole(NEXT, "one"));
    let log = [one.row.clone(), end(&one, Outcome::AIRED), end(&next, Outcome::missed(Reason::PowerOff))];
    let scope = Scope { from: date(2026, 11, 14), until: date(2026, 11, 30), as_of: date(2026, 11, 17), ..november() };
    let sums = sums(scope, &log);
    let village = cells(&sums, TableId::Villages, "thon-1");
    assert_eq!(village[4], Cell::Count(2), "the 16th and 17th; nobody knows of the 14th, and later days have not come");
    assert_eq!(village[5], Cell::text("mất điện: 1, không có lịch: 1, chưa có nhật ký: 1"));
}

#[test]
fn a_slot_belongs_to_the_day_of_its_planned_instant() {
    let late = SampleTake::whole("2026-11-30T23:59", "one").with(|row| row.started_at = Some(at("2026-12-01T00:03")));
    assert_eq!(counted(&rows([late])).0, 1);
    assert_eq!(counted(&rows([SampleTake::whole("2026-12-01T00:00", "one"), SampleTake::whole("2026-10-31T23:59", "two")])).0, 0);
}

#[test]
fn slots_are_counted_as_they_ended_with_their_reasons() {
    let one = SampleTake::whole(MORNING, "one");
    let ordered = SampleTake::whole(NEXT, "one").with(|row| row.broadcast = Some("@request-1".into()));
    let log = [
        end(&one, Outcome::AIRED),
        end(&one.clone().on("horns"), Outcome::missed(Reason::NoDevice)),
        end(&SampleTake::whole(NEXT, "one"), Outcome::skipped(Reason::Hold)),
        end(&ordered, Outcome::AIRED),
    ];
    let sums = sums(november(), &log);
    assert_eq!((sums.outcomes.planned(), sums.outcomes.aired, sums.outcomes.missed, sums.outcomes.skipped), (3, 1, 1, 1));
    assert_eq!(sums.ordered.planned(), 1, "what a person ordered is not of the plan");
    assert_eq!(cells(&sums, TableId::Planned, "morning")[8], Cell::text("tạm ngừng phát: 1, không có thiết bị âm thanh: 1"));
}

#[test]
fn an_ordered_airing_makes_up_one_lost_element() {
    let lost = SampleTake::whole(MORNING, "one")
        .lasts(0)
        .with(|row| (row.status, row.reason) = (Some(Status::Missed), Some(Reason::OutputBusy)));
    let order = |at: &str| SampleTake::whole(at, "one").with(|row| row.broadcast = Some("@request-1".into()));
    let sums_of = |log: Vec<SampleTake>| sums(november(), &rows(log)).outcomes.made_up;
    assert_eq!(sums_of(vec![lost.clone(), order(NEXT)]), 1);
    assert_eq!(sums_of(vec![lost.clone(), order(NEXT), order("2026-11-17T05:30")]), 1);
    assert_eq!(sums_of(vec![lost.clone(), order("2026-11-23T05:31")]), 0, "more than a week later");
    assert_eq!(sums_of(vec![lost, order("2026-11-14T05:30")]), 0, "before it was lost");
}

#[test]
fn a_campaign_is_summed_by_weeks_against_what_its_slots_owed() {
    let (one, two) = (SampleTake::whole(MORNING, "one").element(2), SampleTake::whole(MORNING, "two").element(3));
    let dark = SampleTake::whole("2026-11-22T05:30", "one");
    let taken_off = SampleTake::whole("2026-11-23T05:30", "one");
    let log = [
        one.row.clone(),
        two.row.clone(),
        end(&one, Outcome::AIRED),
        end(&dark, Outcome::missed(Reason::PowerOff)),
        end(&taken_off, Outcome::skipped(Reason::Replaced)),
    ];
    let sums = sums(november(), &log);
    let [campaign] = sums.campaigns.as_slice() else { panic!("{:?}", sums.campaigns) };
    assert_eq!((campaign.from, campaign.until), (date(2026, 11, 15), date(2026, 11, 30)));
    assert_eq!(campaign.weeks.len(), 3);
    let week = |at: usize| campaign.weeks[at].sum;
    assert_eq!((week(0).planned, week(0).fulfilled, week(0).planned_ms), (2, 2, 60_000));
    assert_eq!(
        (week(1).planned, week(1).fulfilled, week(1).planned_ms),
        (2, 0, 60_000),
        "two announcements, by the plan and the mean"
    );
    assert_eq!((campaign.sum.planned, campaign.sum.fulfilled), (4, 2), "what a rule took off was not owed");
    let targets: Vec<_> = campaign.targets.iter().map(|sum| (sum.target, sum.done)).collect();
    assert_eq!(targets, [(Goal::Airings(4), 2), (Goal::Airtime(16 * 60_000), 0)], "16 of 31 days, 2 2/7 weeks");
}

fn no_data(from: jiff::civil::Date, until: jiff::civil::Date) -> Compared {
    Compared::LeftOut { from, until, why: LeftOut::NoData }
}

#[test]
fn what_was_ordered_or_repeated_fulfils_no_plan() {
    let (one, two) = (SampleTake::whole(MORNING, "one").element(2), SampleTake::whole(MORNING, "two").element(3));
    let ordered = SampleTake::whole(MORNING, "two").with(|row| row.broadcast = Some("@request-1".into()));
    let log = [
        one.clone().cut(20_000).row,
        one.clone().take(2).row,
        two.clone().cut(6_000).row,
        end(&one, Outcome { status: Status::Partial, reason: Some(Reason::PowerOff) }),
        ordered.row.clone(),
        end(&ordered, Outcome::AIRED),
    ];
    let sum = sums(november(), &log).campaigns[0].sum;
    assert_eq!((sum.planned, sum.planned_ms, sum.fulfilled, sum.fulfilled_ms), (2, 60_000, 1, 36_000));
    assert_eq!((sum.beyond, sum.beyond_ms), (1, 50_000), "an order of 30 s, and 20 s that the second take repeated");
    assert_eq!(sum.share(), Some(600));
}

#[test]
fn a_plan_that_nobody_has_kept_gives_no_percentage() {
    let (one, dark) = (SampleTake::whole(MORNING, "one").element(2), SampleTake::whole(NEXT, "one"));
    let unknown = Row { plan_hash: Some("another".into()), ..end(&dark, Outcome::missed(Reason::PowerOff)) };
    let sums = sums(november(), &[one.row.clone(), end(&one, Outcome::AIRED), unknown]);
    assert_eq!((sums.campaigns[0].sum.share(), sums.missing_plans), (None, 1));
    assert_eq!(sums.table(TableId::Weeks).unwrap().lines[0].cells[6], Cell::NoData);
}

#[test]
fn weeks_are_numbered_from_the_campaign_s_own_first_day() {
    let one = SampleTake::whole("2026-11-29T05:30", "one");
    let scope = Scope { from: date(2026, 11, 25), ..november() };
    let sums = sums(scope, &[one.row.clone(), end(&one, Outcome::AIRED)]);
    let numbers: Vec<usize> = sums.campaigns[0].weeks.iter().map(|week| week.number).collect();
    assert_eq!(numbers, [2, 3]);
}

#[test]
fn two_reports_over_the_same_days_agree() {
    let long = SampleTake::whole("2026-10-20T05:30", "one").lasts(90_000).with(|row| row.planned_ms = Some(90_000));
    let (one, dark) = (SampleTake::whole(MORNING, "one").element(2), SampleTake::whole(NEXT, "one"));
    let log = [long.row, one.row.clone(), end(&one, Outcome::AIRED), end(&dark, Outcome::missed(Reason::PowerOff))];
    let planned = |scope| sums(scope, &log).campaigns[0].sum.planned_ms;
    let of_year = planned(Scope { from: date(2026, 1, 1), until: date(2026, 12, 31), ..november() });
    assert_eq!(planned(november()), of_year);
    assert_eq!(of_year, 30_000 + 60_000 + 2 * 60_000, "one of the first is missing, and both of the second");
}

#[test]
fn a_log_that_ends_early_says_so_and_its_slots_are_unknown() {
    let one = SampleTake::whole(MORNING, "one").element(2);
    let log = [one.row.clone(), end(&one, Outcome::AIRED)];
    let scope = Scope { as_of: date(2026, 11, 20), ..november() };
    let sums = sums_until(scope, &log, Some(at("2026-11-17T14:05")), &["2026-11-18T05:30", "2026-11-19T05:30"]);
    assert_eq!(sums.log_until, [(None, "2026-11-17T14:05".parse().unwrap())]);
    assert_eq!((sums.outcomes.planned(), sums.outcomes.no_data), (3, 2));
    assert_eq!(cells(&sums, TableId::Planned, "morning")[7], Cell::Count(2));
    let village = cells(&sums, TableId::Villages, "thon-1");
    assert_eq!(village[5], Cell::text("không có lịch: 2, chưa có nhật ký: 14, không có số liệu: 3"));
    let campaign = sums.campaigns[0].sum;
    assert_eq!((campaign.planned, campaign.share()), (6, Some(167)), "they stay in the percentage");
    assert_eq!(sums.figures.days, 3, "the days that have a log");
}

#[test]
fn an_unfinished_period_is_compared_with_as_many_days() {
    let log = rows([
        SampleTake::whole("2026-10-01T05:30", "one"),
        SampleTake::whole("2026-10-30T05:30", "one"),
        SampleTake::whole("2026-11-02T05:30", "one"),
    ]);
    let scope = Scope { as_of: date(2026, 11, 10), ..compared_with(date(2026, 10, 1), date(2026, 10, 31)) };
    let Compared::Log { from, until, figures, same } = sums(scope, &log).compared else { panic!() };
    assert_eq!((from, until, figures.airings), (date(2026, 10, 1), date(2026, 10, 10), Some(1)));
    assert!(same.is_none(), "this period is compared with all that it has");
}

#[test]
fn figures_by_hand_are_of_whole_periods() {
    let baseline = crate::plan::Baseline {
        id: "before".into(),
        from: date(2026, 10, 1),
        until: date(2026, 10, 31),
        airings: Some(10),
        airtime: None,
        items: None,
        source: "sổ tay".to_owned(),
    };
    let log = rows([SampleTake::whole(MORNING, "one")]);
    let names = Names::of(std::slice::from_ref(plan()), crate::lang::Language::Vi);
    let mut tally = Tally::new(november(), &names);
    for row in &log {
        tally.note(0, &row.canonical(hanoi().tz()).unwrap());
    }
    let sums = tally.finish(&names, Some(&baseline), crate::lang::Language::Vi);
    let why = LeftOut::NotWhole;
    assert_eq!(sums.compared, Compared::LeftOut { from: baseline.from, until: baseline.until, why });
}

#[test]
fn what_was_replaced_was_not_owed() {
    let (one, two) = (SampleTake::whole(MORNING, "one"), SampleTake::whole(NEXT, "one"));
    let log = [end(&one, Outcome::skipped(Reason::Replaced)), end(&two, Outcome::skipped(Reason::Duplicate))];
    let sums = sums(november(), &log);
    assert_eq!((sums.outcomes.planned(), sums.outcomes.why().is_empty()), (0, true));
    assert_eq!(cells(&sums, TableId::Villages, "thon-1")[5], Cell::text("không có lịch: 16, chưa có nhật ký: 14"));
}

#[test]
fn a_village_that_only_a_test_device_serves_is_said_to_hear_nothing() {
    let served: Vec<_> = sums(november(), &[]).villages.iter().map(|village| village.served).collect();
    assert_eq!(served, [names::Served::Heard; 3]);
    let text = PLAN.replace(r#"device = "hw:1""#, r#"device = "null""#);
    let source = crate::plan::source::SourceFile { path: "plan.toml".into(), text: text.into() };
    let plan = crate::plan::read::parse(vec![source], std::path::Path::new("."), None).plan.unwrap();
    let names = Names::of(&[plan], crate::lang::Language::Vi);
    let sums = Tally::new(november(), &names).finish(&names, None, crate::lang::Language::Vi);
    assert_eq!(sums.villages[2].served, names::Served::TestOnly);
    assert!(matches!(&sums.table(TableId::Villages).unwrap().lines[2].cells[5], Cell::Text(why) if why.contains("thiết bị thử")));
}

#[test]
fn without_a_log_nothing_is_a_zero() {
    let sums = sums(november(), &[]);
    assert_eq!(sums.figures, figures::Figures::default());
    for id in [TableId::Summary, TableId::Topics, TableId::Villages] {
        let lines = &sums.table(id).unwrap().lines;
        let figures = lines.iter().flat_map(|line| &line.cells).filter(|cell| matches!(cell, Cell::Count(0) | Cell::Minutes(_)));
        assert_eq!(figures.count(), 0, "{id}");
    }
}

#[test]
fn a_slot_is_as_late_as_its_first_sound() {
    let late = |ms: i64| {
        move |row: &mut Row| {
            row.started_at = row.planned_at.map(|at| at + jiff::SignedDuration::from_millis(ms));
            row.late_ms = Some(0);
        }
    };
    let first = SampleTake::whole(MORNING, "one").take(2).with(late(594_000));
    let ordered = SampleTake::whole(NEXT, "one").with(|row| row.broadcast = Some("@request-1".into())).with(late(900_000));
    let sums = sums(november(), &rows([first, SampleTake::whole(MORNING, "two").element(2).with(late(624_000)), ordered]));
    assert_eq!((sums.punctuality.begun, sums.punctuality.on_time, sums.punctuality.worst_ms), (1, 0, 594_000));
}

#[test]
fn the_period_before_is_compared_and_what_is_not_known_is_said() {
    let log =
        rows([SampleTake::whole("2026-10-15T05:30", "one"), SampleTake::whole(MORNING, "one"), SampleTake::whole(NEXT, "one")]);
    let compared = sums(compared_with(date(2026, 10, 1), date(2026, 10, 31)), &log);
    let Compared::Log { from, until, figures, same: Some(same) } = &compared.compared else { panic!("{:?}", compared.compared) };
    assert_eq!((*from, *until, figures.airings), (date(2026, 10, 15), date(2026, 10, 30), Some(1)), "the log begins on the 15th");
    assert_eq!((same.from, same.until, same.figures.airings), (date(2026, 11, 15), date(2026, 11, 30), Some(2)));
    assert_eq!(
        cells(&compared, TableId::Summary, "airings")[3..],
        [Cell::Count(2), Cell::Count(2), Cell::Count(1), Cell::Count(1), Cell::Percent(1000)]
    );
    let unknown = sums(compared_with(date(2025, 11, 1), date(2025, 11, 30)), &log);
    assert_eq!(unknown.compared, no_data(date(2025, 11, 1), date(2025, 11, 30)));
    assert_eq!(cells(&unknown, TableId::Summary, "airings")[4..], [Cell::NoData, Cell::Blank, Cell::Blank], "never 0");
}

#[test]
fn rows_of_a_clock_that_woke_in_1970_make_no_log_older() {
    let start = |at_text: &str, kind| Row { started_at: Some(at(at_text)), ..Row::of(kind, "cam-tan".into(), Origin::Live) };
    let emergency = SampleTake::whole("1970-01-01T08:05", "one").with(|row| {
        row.priority = Some(Priority::Emergency);
        row.broadcast = Some("@request-1".into());
    });
    let log = [
        start("2026-10-15T04:00", Kind::Start),
        SampleTake::whole("2026-10-16T05:30", "one").row,
        start("1970-01-01T08:00", Kind::Start),
        emergency.row,
        SampleTake::whole(MORNING, "one").row,
    ];
    let of = |from, until| sums(compared_with(from, until), &log).compared;
    assert_eq!(of(date(2026, 9, 1), date(2026, 9, 30)), no_data(date(2026, 9, 1), date(2026, 9, 30)));
    let Compared::Log { from, .. } = of(date(2026, 10, 1), date(2026, 10, 31)) else { panic!("October is known in part") };
    assert_eq!(from, date(2026, 10, 15));
    // A first start on such a clock, which is set before anything is due.
    let set =
        [start("1970-01-01T08:00", Kind::Start), start("2026-11-14T20:00", Kind::Clock), SampleTake::whole(MORNING, "one").row];
    assert_eq!(sums(november(), &set).log_since, Some(date(2026, 11, 14)));
}

#[test]
fn a_day_on_which_nothing_was_due_yet_is_no_day_without_sound() {
    let silent = |log: &[Row], as_of| {
        let names = names::Names::of(std::slice::from_ref(plan()), crate::lang::Language::Vi);
        let mut tally = Tally::new(Scope { as_of, from: date(2026, 11, 15), ..november() }, &names);
        for row in log {
            tally.note(0, &row.canonical(hanoi().tz()).unwrap());
        }
        tally.was_alive(0, hanoi().instant(as_of.at(5, 0, 0, 0)));
        tally.only_days_begun();
        let sums = tally.finish(&names, None, crate::lang::Language::Vi);
        (cells(&sums, TableId::Villages, "thon-1")[4].clone(), sums.scope.as_of)
    };
    let log = rows([SampleTake::whole(MORNING, "one")]);
    assert_eq!(silent(&log, date(2026, 11, 16)), (Cell::Count(0), date(2026, 11, 15)), "the 16th has only begun");
    assert_eq!(silent(&log, date(2026, 11, 17)), (Cell::Count(1), date(2026, 11, 16)), "on the 16th nothing sounded");
    assert_eq!(silent(&log, date(2026, 11, 15)), (Cell::Count(0), date(2026, 11, 15)));
}

#[test]
fn what_was_entered_by_hand_has_sums_of_its_own() {
    let log = [
        SampleTake::whole(MORNING, "one").row,
        hand("2026-11-15T18:00", 20, Manual::Live),
        hand("2026-11-16T18:00", 30, Manual::Relay),
    ];
    assert_eq!(counted(&log), (1, 1, 30_000, 1, 1));
    let sums = sums(november(), &log);
    assert_eq!((sums.apart.live_by_hand_ms, sums.apart.relayed_by_hand_ms), (20 * 60_000, 30 * 60_000));
    assert_eq!(sums.table(TableId::ByHand).unwrap().lines.len(), 3);
}

#[test]
fn two_stations_add_up() {
    let names = Names::of(std::slice::from_ref(plan()), crate::lang::Language::Vi);
    let mut tally = Tally::new(november(), &names);
    let text = SampleTake::whole(MORNING, "one").row.canonical(hanoi().tz()).unwrap();
    tally.note(0, &text);
    tally.note(1, &text);
    let figures = tally.finish(&names, None, crate::lang::Language::Vi).figures;
    assert_eq!(
        (figures.airings, figures.first_runs, figures.airtime_ms, figures.items),
        (Some(2), Some(2), Some(60_000), Some(1))
    );
}

#[test]
fn a_text_that_is_no_row_is_counted_as_such() {
    let names = Names::default();
    let mut tally = Tally::new(november(), &names);
    assert_eq!(tally.note(0, "nonsense"), None);
    assert_eq!(tally.finish(&names, None, crate::lang::Language::En).unreadable, 1);
}

/// The sum of a column over items, and its total.
fn adds_up(table: &ReportTable, of: Column) -> (i64, i64) {
    let at = column(table, of);
    let value = |line: &TableLine| match &line.cells[at] {
        Cell::Count(count) => *count,
        Cell::Minutes(Minutes { tenths, .. }) | Cell::Percent(tenths) => *tenths,
        _ => 0,
    };
    let sum = |role| table.lines.iter().filter(|line| line.role == role).map(value).sum();
    (sum(Role::Item), sum(Role::Total))
}

proptest! {
    #[test]
    fn totals_reconcile_across_tables(log in any_log()) {
        let sums = sums(november(), &log);
        let figures = &sums.figures;
        prop_assume!(!log.is_empty());
        let tenths = tenths_of_minutes(figures.airtime_ms.unwrap());
        for id in [TableId::Topics, TableId::Suppliers, TableId::Languages] {
            let table = sums.table(id).unwrap();
            prop_assert_eq!(adds_up(table, Column::Airings), (figures.airings.unwrap(), figures.airings.unwrap()), "{}", id);
            prop_assert_eq!(adds_up(table, Column::Minutes), (tenths, tenths), "{}", id);
        }
        let topics = sums.table(TableId::Topics).unwrap();
        let first = figures.first_runs.unwrap();
        prop_assert_eq!(adds_up(topics, Column::FirstRuns), (first, first));
        let share = if figures.airtime_ms == Some(0) { 0 } else { 1000 };
        prop_assert_eq!(adds_up(topics, Column::Share), (share, share));
        prop_assert_eq!(figures.airings.unwrap(), first + figures.repeats.unwrap());
    }

    #[test]
    fn two_halves_of_the_period_are_the_whole(log in any_log(), cut in 1..30_i8) {
        let part = |from, until| sums(Scope { from, until, ..november() }, &log).figures;
        let (a, b) = (part(date(2026, 11, 1), date(2026, 11, cut)), part(date(2026, 11, cut + 1), date(2026, 11, 30)));
        let whole = sums(november(), &log).figures;
        let of = |get: fn(&figures::Figures) -> Option<i64>| (get(&whole), get(&a), get(&b));
        for (whole, a, b) in [of(|of| of.airings), of(|of| of.first_runs), of(|of| of.airtime_ms)] {
            // What has no log is no part of the whole.
            prop_assert_eq!(whole, a.is_some().max(b.is_some()).then(|| a.unwrap_or(0) + b.unwrap_or(0)));
        }
    }

    #[test]
    fn a_second_output_that_airs_no_longer_changes_nothing(log in any_log()) {
        let doubled: Vec<_> = log.iter().flat_map(|row| {
            let air = SampleTake { row: row.clone() };
            [row.clone(), air.with(|row| row.output = row.output.as_ref().map(|output| OutputId::from(format!("{output}-too").as_str()))).row]
        }).collect();
        let (one, two) = (sums(november(), &log).figures, sums(november(), &doubled).figures);
        prop_assert_eq!(one, two);
    }
}
