//! From what a person typed to an order that the conductor understands: civil times become instants of the station's zone.
//!
//! Pure. What only the recordings and the log can judge (does it sound, is there quota left) is asked of [`crate::rundown::order`].

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};

use crate::asrun::hand;
use crate::asrun::history::History;
use crate::asrun::row::Row;
use crate::control::message::{Failure, StationIdentity};
use crate::control::request::{Answer, Ask, Choice, DueSlot, OrderEffect, Refusal, Until};
use crate::daemon::loading::Loaded;
use crate::plan::named::{self, NameFound};
use crate::plan::{Broadcast, Plan};
use crate::playout::cue::PlayOrder;
use crate::rundown::order::{Refused, Sounds, WantedItem};
use crate::rundown::{self, Span, due};
use crate::terms::*;

/// How long an emergency holds, and how far apart its times are, unless its order says otherwise.
const LASTING: SignedDuration = SignedDuration::from_mins(30);
const EVERY: SignedDuration = SignedDuration::from_mins(10);
/// The most that one order may ask for.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);
const MOST_TIMES: u32 = 100;
/// A hold ends within this time, or when it is released.
const LONGEST_HOLD: SignedDuration = SignedDuration::from_hours(366 * 24);
/// A clock that is confirmed shows the time that was said, give or take how long a person needs to say it.
const AGREES: SignedDuration = SignedDuration::from_secs(90);
/// What a person enters for the log lies ahead by no more.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// What was read live or relayed, as a person enters it.
pub struct Entered {
    pub what: Manual,
    pub from: DateTime,
    pub length: SignedDuration,
    pub title: String,
    pub who: String,
    pub withdraws: Option<u64>,
}

/// The order in the station's own time and by its ids, or why there is none.
pub fn place(ask: Ask, plan: &Plan, now: Wall) -> Result<Order, Refusal> {
    Ok(match ask {
        Ask::Play { item, priority, outputs, reason, times, every, lasting } => {
            let item = item_called(item, plan)?;
            let emergency = match priority {
                Priority::Emergency => Some(emergency(reason.as_deref(), times, every, lasting)?),
                Priority::Ordinary | Priority::Priority => None,
            };
            Order::Play { item, priority, outputs, reason, emergency }
        }
        Ask::Drill { item, outputs } => Order::Drill { item: item_called(item, plan)?, outputs },
        Ask::Stop { output } => match output {
            Some(output) if plan.output(&output).is_none() => return Err(Refusal::UnknownOutput),
            output => Order::Stop { output },
        },
        Ask::Hold { until } => Order::Hold { until: until.map(|until| instant(until, plan, now)).transpose()? },
        Ask::Release => Order::Release,
        Ask::Skip { broadcast, date, time } => {
            let (broadcast, planned_at) = planned(&broadcast, date, time, plan)?;
            Order::Skip { broadcast, planned_at }
        }
        Ask::Unskip { broadcast, date, time } => {
            let (broadcast, planned_at) = planned(&broadcast, date, time, plan)?;
            Order::Unskip { broadcast, planned_at }
        }
        Ask::Mourning { from, until, only, reason } => Order::Mourning(period(from, until, only, reason, plan, now)?),
        Ask::WithdrawMourning { from } => Order::WithdrawMourning { from: from.map(|day| plan.station.timezone.start_of(day)) },
        Ask::ConfirmClock { shown, .. } => {
            let differs = |shown| (plan.station.timezone.instant(shown) - now).abs() > AGREES;
            if shown.is_some_and(differs) {
                return Err(Refusal::ClockDiffers(now));
            }
            Order::ConfirmClock
        }
    })
}

/// The slots of an order to play, held against recordings, hours and quota; nothing for any other order.
pub fn slots(order: &Order, loaded: &Loaded, history: &History, now: Wall) -> Result<Option<Box<PlayOrder>>, Refusal> {
    let wish = match order {
        Order::Play { item, priority, outputs, emergency, .. } => {
            let sounds = emergency.map_or(Sounds::Plainly, Sounds::Emergency);
            WantedItem { item, priority: *priority, outputs, sounds }
        }
        Order::Drill { item, outputs } => WantedItem { item, priority: Priority::Ordinary, outputs, sounds: Sounds::AsTest },
        _ => return Ok(None),
    };
    // The conductor numbers requests; until then any number will do.
    match rundown::order::order(&loaded.plan, &loaded.library, history, wish, now, 0) {
        Ok(slots) => Ok(Some(Box::new(PlayOrder { slots }))),
        Err(refused) => Err(refusal(refused)),
    }
}

/// An emergency as it was asked for: once unless said, ten minutes apart, for half an hour. With `--every` alone it sounds as often as it
/// can before its end.
fn emergency(
    reason: Option<&str>,
    times: Option<u32>,
    every: Option<SignedDuration>,
    lasting: Option<SignedDuration>,
) -> Result<Emergency, Refusal> {
    if reason.is_none_or(|reason| reason.trim().is_empty()) {
        return Err(Refusal::NoReason);
    }
    let lasting = lasting.unwrap_or(LASTING);
    let fitting = |every: SignedDuration| {
        let times = (lasting.as_nanos() + every.as_nanos() - 1) / every.as_nanos().max(1);
        u32::try_from(times).unwrap_or(MOST_TIMES).clamp(1, MOST_TIMES)
    };
    let times = times.unwrap_or_else(|| every.map_or(1, fitting));
    let every = every.unwrap_or(EVERY);
    let fit = every.is_positive() && lasting.is_positive() && lasting <= LONGEST && (1..=MOST_TIMES).contains(&times);
    if fit { Ok(Emergency { lasting, times, every }) } else { Err(Refusal::TooMuch) }
}

fn refusal(refused: Refused) -> Refusal {
    match refused {
        Refused::UnknownItem => Refusal::UnknownItem,
        Refused::UnknownOutput => Refusal::UnknownOutput,
        Refused::Unplayable(reason) => Refusal::Unplayable(reason),
        Refused::OutsideHours => Refusal::OutsideHours,
        Refused::TooLong => Refusal::TooLong,
        Refused::OverQuota => Refusal::OverQuota,
        Refused::NoEmergency => Refusal::NoEmergency,
        Refused::NoDrillNotice => Refusal::NoDrillNotice,
    }
}

/// The row of what a person enters, or why there is none.
pub fn entry(plan: &Plan, origin: Origin, entered: Entered, now: Wall) -> Result<Row, Failure> {
    let Entered { what, from, length, title, who, withdraws } = entered;
    let from = plan.station.timezone.instant(from);
    if from - now > AHEAD {
        let detail = "it lies more than a day ahead of the station's clock".to_owned();
        return Err(Failure::Malformed { detail });
    }
    Ok(hand::row(plan.station.code.as_str().into(), origin, what, from, length, title, who, withdraws))
}

/// What the socket's replies say of the station.
pub fn station(plan: &Plan) -> StationIdentity {
    let station = &plan.station;
    StationIdentity {
        name: station.name.clone(),
        language: station.language.pick("vi", "en").to_owned(),
        timezone: station.timezone.tz().iana_name().unwrap_or("UTC").to_owned(),
    }
}

/// A mourning of whole days of the station's calendar.
fn period(
    from: Option<Date>,
    until: Date,
    only: Vec<ProgrammeId>,
    reason: String,
    plan: &Plan,
    now: Wall,
) -> Result<Mourning, Refusal> {
    let zone = &plan.station.timezone;
    let first = from.unwrap_or_else(|| zone.civil(now).date());
    let end = zone.start_of(until.tomorrow().map_err(|_| Refusal::NoPeriod)?);
    if only.iter().any(|id| plan.programme(id).is_none()) {
        return Err(Refusal::UnknownProgramme);
    }
    match zone.start_of(first) {
        _ if end <= now => Err(Refusal::TooLate),
        from if from >= end || end - from > LONGEST_HOLD => Err(Refusal::NoPeriod),
        from => Ok(Mourning { from, until: end, only, reason }),
    }
}

/// How many of the plan's broadcasts a mourning keeps silent from now on, and how many air all the same: each instant of a broadcast is one.
pub fn silenced(plan: &Plan, mourning: &Mourning, now: Wall) -> (u32, u32) {
    let span = Span { from: mourning.from.max(now), to: mourning.until };
    let count = |out: Option<Reason>| {
        let due = due::due(plan, std::slice::from_ref(mourning), span);
        u32::try_from(due.iter().filter(|due| due.owed.iter().any(|(_, why)| *why == out)).count()).unwrap_or(u32::MAX)
    };
    (count(Some(Reason::Mourning)), count(None))
}

fn instant(until: Until, plan: &Plan, now: Wall) -> Result<Wall, Refusal> {
    let zone = &plan.station.timezone;
    let at = match until {
        Until::At(at) => zone.instant(at),
        Until::Next(time) => {
            let today = zone.civil(now).date();
            let next = zone.instant(today.to_datetime(time));
            if next > now { next } else { zone.instant(today.tomorrow().map_err(|_| Refusal::TooLate)?.to_datetime(time)) }
        }
    };
    match at - now {
        left if left > LONGEST_HOLD => Err(Refusal::TooFar),
        left if left.is_positive() => Ok(at),
        _ => Err(Refusal::TooLate),
    }
}

/// The broadcast that is meant, with every instant of that day, or only that of the time, on which it is planned; never none. Of several that
/// a name may mean, the one that is planned then.
fn planned(called: &BroadcastId, date: Date, time: Option<Time>, plan: &Plan) -> Result<(BroadcastId, Vec<Wall>), Refusal> {
    let programme = |broadcast: &Broadcast| plan.programme(&broadcast.programme).map(|programme| programme.name.as_str());
    let known: Vec<(&str, Vec<&str>)> =
        plan.broadcasts.iter().map(|broadcast| (broadcast.id.as_str(), programme(broadcast).into_iter().collect())).collect();
    let meant = match named::find(called.as_str(), &known) {
        NameFound::One(id) => vec![id],
        NameFound::Several(ids) => ids,
        NameFound::Near(id) => return Err(choices(&[id], &known)),
        NameFound::Nothing => return Err(Refusal::UnknownBroadcast),
    };
    let instants = |id: &&str| (BroadcastId::from(*id), instants(id, date, time, plan));
    let mut found: Vec<_> = meant.iter().map(instants).filter(|(_, at)| !at.is_empty()).collect();
    match found.len() {
        0 => Err(Refusal::NotPlanned),
        1 => Ok(found.swap_remove(0)),
        _ => Err(choices(&found.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), &known)),
    }
}

fn choices(ids: &[&str], known: &[(&str, Vec<&str>)]) -> Refusal {
    let choice = |id: &&str| {
        let names = known.iter().find(|(other, _)| other == id).map(|(_, names)| names.as_slice());
        Choice { id: (*id).to_owned(), name: names.and_then(<[&str]>::first).map_or_else(String::new, |name| (*name).to_owned()) }
    };
    Refusal::WhichOne(ids.iter().map(choice).collect())
}

/// The item that is meant. What is unknown is refused where the recordings are known.
fn item_called(item: ItemId, plan: &Plan) -> Result<ItemId, Refusal> {
    let known: Vec<(&str, Vec<&str>)> = plan.items.iter().map(|item| (item.id.as_str(), vec![item.title.as_str()])).collect();
    match named::find(item.as_str(), &known) {
        NameFound::One(id) => Ok(ItemId::from(id)),
        NameFound::Several(ids) => Err(choices(&ids, &known)),
        NameFound::Near(id) => Err(choices(&[id], &known)),
        NameFound::Nothing => Ok(item),
    }
}

/// Fills in what only the plan knows of an answer: what people call its slots, and what a mourning keeps silent.
pub fn complete(answer: &mut Answer, plan: &Plan, now: Wall) {
    let Answer::Done(effect) = answer else { return };
    let slots: Vec<&mut DueSlot> = match effect {
        OrderEffect::Stopped { slots } | OrderEffect::Skipped { slots, .. } | OrderEffect::Unskipped { slots } => {
            slots.iter_mut().collect()
        }
        OrderEffect::Held { silent, .. } => silent.slots.iter_mut().collect(),
        OrderEffect::Released { next } => next.iter_mut().collect(),
        OrderEffect::Mourned { mourning, silent, airing } => {
            (*silent, *airing) = silenced(plan, mourning, now);
            return;
        }
        OrderEffect::Before | OrderEffect::Confirmed { .. } | OrderEffect::MourningWithdrawn => return,
    };
    for slot in slots.into_iter().filter(|slot| slot.title.is_none()) {
        slot.title = plan.programme_of(&slot.broadcast).map(|programme| programme.name.clone());
    }
}

/// Every instant of that day, or only that of the time, on which the broadcast is planned.
fn instants(broadcast: &str, date: Date, time: Option<Time>, plan: &Plan) -> Vec<Wall> {
    // A time that the day does not have means the instant at which it airs.
    let only = time.map(|time| plan.station.timezone.instant(date.to_datetime(time)));
    let mut found: Vec<Wall> = due::on(plan, &[], date)
        .into_iter()
        .filter(|due| plan.broadcasts.get(due.broadcast).is_some_and(|of| of.id.as_str() == broadcast))
        .map(|due| due.planned_at)
        .filter(|at| only.is_none_or(|only| only == *at))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;
    use crate::rundown::sample::{SampleStation, fixed};

    fn sample() -> SampleStation {
        SampleStation::default()
            .item("hotline-111", "support_services", 30)
            .programme("bulletin", vec![fixed("hotline-111")])
            .broadcast("everyday", "bulletin", &["05:30", "17:00"])
            .with(|broadcast| broadcast.except = vec![crate::plan::Except::Day(date(2026, 11, 20))])
    }

    fn skip(day: Date, time: Option<Time>) -> Result<Order, Refusal> {
        let sample = sample();
        let ask = Ask::Skip { broadcast: "everyday".into(), date: day, time };
        place(ask, &sample.plan, sample.at("2026-11-15T12:00"))
    }

    #[test]
    fn a_skip_of_a_day_means_each_of_its_instants() {
        let sample = sample();
        let planned_at = vec![sample.at("2026-11-16T05:30"), sample.at("2026-11-16T17:00")];
        assert_eq!(skip(date(2026, 11, 16), None), Ok(Order::Skip { broadcast: "everyday".into(), planned_at }));
    }

    #[test]
    fn a_skip_with_a_time_means_that_one_only() {
        let planned_at = vec![sample().at("2026-11-16T17:00")];
        let order = skip(date(2026, 11, 16), Some(time(17, 0, 0, 0)));
        assert_eq!(order, Ok(Order::Skip { broadcast: "everyday".into(), planned_at }));
        assert_eq!(skip(date(2026, 11, 16), Some(time(17, 30, 0, 0))), Err(Refusal::NotPlanned));
        assert_eq!(skip(date(2026, 11, 20), None), Err(Refusal::NotPlanned), "an exception has no slot");
        let unknown = Ask::Unskip { broadcast: "everday".into(), date: date(2026, 11, 16), time: None };
        let near = vec![Choice { id: "everyday".into(), name: "Chương trình bulletin".into() }];
        assert_eq!(place(unknown, &sample().plan, Wall(0)), Err(Refusal::WhichOne(near)));
    }

    #[test]
    fn a_broadcast_goes_by_the_name_of_its_programme_and_of_several_the_one_that_is_planned_is_meant() {
        let mut sample = sample().broadcast("sundays", "bulletin", &["08:00"]);
        sample.plan.programmes[0].name = "Bản tin sáng".into();
        sample.plan.broadcasts[1].recur = crate::calendar::recur::Recur::At {
            at: vec![time(8, 0, 0, 0)],
            days: crate::calendar::recur::RecurDays::On(vec![date(2026, 11, 22)]),
        };
        let skip = |called: &str, day: Date, time: Option<Time>| {
            place(Ask::Skip { broadcast: called.into(), date: day, time }, &sample.plan, sample.at("2026-11-15T12:00"))
        };
        let planned_at = vec![sample.at("2026-11-16T05:30"), sample.at("2026-11-16T17:00")];
        let everyday = Ok(Order::Skip { broadcast: "everyday".into(), planned_at });
        for called in ["Bản tin sáng", "bản tin", "BAN TIN SANG", "ba\u{309}n tin sa\u{301}ng"] {
            assert_eq!(skip(called, date(2026, 11, 16), None), everyday, "{called}");
        }
        let sunday = date(2026, 11, 22);
        assert!(matches!(skip("Bản tin sáng", sunday, None), Err(Refusal::WhichOne(which)) if which.len() == 2));
        let eight = Some(time(8, 0, 0, 0));
        assert!(
            matches!(skip("Bản tin sáng", sunday, eight), Ok(Order::Skip { broadcast, .. }) if broadcast.as_str() == "sundays")
        );
        assert_eq!(skip("Thời sự", sunday, None), Err(Refusal::UnknownBroadcast));
    }

    #[test]
    fn a_clock_is_confirmed_by_whoever_says_the_time_that_it_shows() {
        let sample = sample();
        let confirm = |shown: Option<DateTime>| {
            place(Ask::ConfirmClock { shown, back: false }, &sample.plan, sample.at("2026-11-15T12:00:30"))
        };
        let at = |minute| Some(date(2026, 11, 15).at(12, minute, 0, 0));
        assert_eq!(
            (confirm(None), confirm(at(0)), confirm(at(1))),
            (Ok(Order::ConfirmClock), Ok(Order::ConfirmClock), Ok(Order::ConfirmClock))
        );
        assert_eq!(confirm(at(3)), Err(Refusal::ClockDiffers(sample.at("2026-11-15T12:00:30"))));
    }

    #[test]
    fn a_hold_lasts_until_the_next_such_time_of_the_stations_clock() {
        let sample = sample();
        let hold = |until, now: &str| place(Ask::Hold { until: Some(until) }, &sample.plan, sample.at(now));
        let until = |at: &str| Ok(Order::Hold { until: Some(sample.at(at)) });
        assert_eq!(hold(Until::Next(time(18, 0, 0, 0)), "2026-11-15T12:00"), until("2026-11-15T18:00"));
        assert_eq!(hold(Until::Next(time(18, 0, 0, 0)), "2026-11-15T18:00"), until("2026-11-16T18:00"));
        assert_eq!(hold(Until::At(date(2026, 11, 15).at(12, 0, 0, 1)), "2026-11-15T12:00"), {
            Ok(Order::Hold { until: Some(Wall(sample.at("2026-11-15T12:00").0 + 1)) })
        });
        assert_eq!(hold(Until::At(date(2026, 11, 15).at(11, 0, 0, 0)), "2026-11-15T12:00"), Err(Refusal::TooLate));
    }

    #[test]
    fn a_mourning_is_whole_days_and_says_what_it_will_keep_silent() {
        let sample = sample();
        let now = sample.at("2026-11-15T12:00");
        let ask = |from: Option<Date>, until: Date, only: &[&str]| {
            let only = only.iter().map(|id| (*id).into()).collect();
            let order = place(Ask::Mourning { from, until, only, reason: "Quốc tang".into() }, &sample.plan, now)?;
            let Order::Mourning(mourning) = order else { return Err(Refusal::Internal) };
            Ok(mourning)
        };
        let day = |day| date(2026, 11, day);
        let mourning = ask(Some(day(19)), day(21), &[]).unwrap();
        assert_eq!((mourning.from, mourning.until), (sample.at("2026-11-19T00:00"), sample.at("2026-11-22T00:00")));
        assert_eq!(silenced(&sample.plan, &mourning, now), (4, 0), "the 20th is an exception");
        let today = ask(None, day(15), &[]).unwrap();
        assert_eq!(
            (today.from, silenced(&sample.plan, &today, now)),
            (sample.at("2026-11-15T00:00"), (1, 0)),
            "the morning is over"
        );
        let only = ask(None, day(15), &["bulletin"]).unwrap();
        assert_eq!(silenced(&sample.plan, &only, now), (0, 1));
        assert_eq!(ask(None, day(15), &["buletin"]), Err(Refusal::UnknownProgramme));
        assert_eq!(ask(None, day(14), &[]), Err(Refusal::TooLate));
        assert_eq!(ask(Some(day(20)), day(19), &[]), Err(Refusal::NoPeriod));
        assert_eq!(ask(None, date(2027, 11, 30), &[]), Err(Refusal::NoPeriod));
        let withdraw = place(Ask::WithdrawMourning { from: Some(day(19)) }, &sample.plan, now);
        assert_eq!(withdraw, Ok(Order::WithdrawMourning { from: Some(mourning.from) }));
    }

    #[test]
    fn an_output_that_the_plan_does_not_have_is_refused() {
        let stop = |output: &str| place(Ask::Stop { output: Some(output.into()) }, &sample().plan, Wall(0));
        assert_eq!(stop("horn"), Err(Refusal::UnknownOutput));
        assert!(stop("amplifier").is_ok());
    }

    fn call(times: Option<u32>, every: Option<&str>, lasting: Option<&str>) -> Result<(u32, i64, i64), Refusal> {
        let length = |text: Option<&str>| text.map(|text| text.parse::<SignedDuration>().unwrap());
        let called = emergency(Some("flood"), times, length(every), length(lasting))?;
        Ok((called.times, called.every.as_mins(), called.lasting.as_mins()))
    }

    #[test]
    fn an_emergency_sounds_once_and_holds_for_half_an_hour_unless_said() {
        assert_eq!(call(None, None, None), Ok((1, 10, 30)));
        assert_eq!(call(Some(3), None, Some("2h")), Ok((3, 10, 120)));
        assert_eq!(call(Some(2), Some("5m"), None), Ok((2, 5, 30)));
        assert_eq!(call(None, Some("10m"), None), Ok((3, 10, 30)), "with an interval alone: as often as it can before its end");
        assert_eq!(call(None, Some("7m"), None), Ok((5, 7, 30)));
    }

    #[test]
    fn an_emergency_without_a_reason_or_beyond_all_measure_is_refused() {
        assert_eq!(emergency(None, None, None, None), Err(Refusal::NoReason));
        assert_eq!(emergency(Some(" "), None, None, None), Err(Refusal::NoReason));
        for (times, every, lasting) in
            [(Some(0), None, None), (Some(101), None, None), (None, None, Some("25h")), (None, Some("0s"), None)]
        {
            assert_eq!(call(times, every, lasting), Err(Refusal::TooMuch), "{times:?} {every:?} {lasting:?}");
        }
    }

    #[test]
    fn replies_carry_the_stations_language_and_zone() {
        let station = station(&sample().plan);
        assert_eq!((station.language.as_str(), station.timezone.as_str()), ("vi", "Asia/Ho_Chi_Minh"));
    }
}

#[cfg(test)]
#[path = "orders_hostile.rs"]
mod hostile;
