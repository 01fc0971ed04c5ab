//! Session hours: when the loudspeakers may sound at all.
//!
//! A session belongs to the civil day on which it starts and keeps its own quota, also where the next day's session goes on without
//! a break (`00:00-24:00` every day): [`HoursInForce::open_until`] says how far such a chain reaches.

use std::fmt;

use jiff::SignedDuration;
use jiff::civil::{Date, Time};

use crate::calendar::span::Days;
use crate::calendar::timezone::Timezone;
use crate::calendar::written::{self, Misread};
use crate::terms::{Session, Wall};

/// One stretch of a day, `05:30-06:30`. One whose end is not after its start runs past midnight; `00:00-24:00` is the whole day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub from: Time,
    /// `None` is 24:00.
    pub to: Option<Time>,
}

/// The stretches of each day of the week, Monday first, and the quota of each session.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hours {
    pub days: [Vec<Stretch>; 7],
    /// Most airtime in one session on one output, by the day on which it starts.
    pub quota: [Option<SignedDuration>; 7],
    /// Stretches of every day that have a loudness of their own. No two overlap.
    pub levels: Vec<StretchLevel>,
}

/// Other hours and quotas, on the days of the week that are named; on all others nothing is changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HoursInstead {
    pub days: [Option<Vec<Stretch>>; 7],
    pub quota: [Option<SignedDuration>; 7],
}

/// The hours of one output on each day: the station's, in place of them those of the first campaign of that day which has any, and in place of
/// both the output's own.
#[derive(Clone, Debug)]
pub struct HoursInForce<'a> {
    pub station: &'a Hours,
    pub campaigns: Vec<(&'a Days, &'a HoursInstead)>,
    pub output: Option<&'a HoursInstead>,
}

/// The loudness of a stretch of the day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StretchLevel {
    pub stretch: Stretch,
    pub lufs: f32,
}

/// As plans write it.
impl fmt::Display for Stretch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = |time: Time| format!("{:02}:{:02}", time.hour(), time.minute());
        write!(f, "{}-{}", clock(self.from), self.to.map_or_else(|| "24:00".to_owned(), clock))
    }
}

/// How many sessions that touch are followed for [`HoursInForce::open_until`]: a station that never closes has no end to find.
const CHAIN: usize = 8;

impl Stretch {
    pub fn parse(text: &str) -> Result<Stretch, Misread> {
        written::stretch(text).map(|(from, to)| Stretch { from, to })
    }

    /// Whether a time of day lies in it. One past midnight covers the end of a day and the beginning of one.
    pub fn covers(&self, at: Time) -> bool {
        match self.to {
            None => self.from <= at,
            Some(to) if self.from < to => self.from <= at && at < to,
            Some(to) => self.from <= at || at < to,
        }
    }

    /// Whether some time of day lies in both.
    pub fn overlaps(&self, other: &Stretch) -> bool {
        self.covers(other.from) || other.covers(self.from)
    }

    fn on(&self, day: Date, zone: &Timezone) -> (Wall, Wall) {
        let opens = zone.instant(day.to_datetime(self.from));
        let closes = match self.to {
            Some(to) if to > self.from => zone.instant(day.to_datetime(to)),
            Some(to) => day.tomorrow().map_or(Wall::MAX, |next| zone.instant(next.to_datetime(to))),
            None => day.tomorrow().map_or(Wall::MAX, |next| zone.start_of(next)),
        };
        (opens, closes)
    }
}

impl HoursInForce<'_> {
    /// The sessions that start on `day`, in order. Stretches that touch or overlap are one session.
    pub fn sessions_on(&self, day: Date, zone: &Timezone) -> Vec<Session> {
        let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or_default();
        let campaign = self.campaigns.iter().find(|(days, _)| days.contain(day)).map(|(_, instead)| *instead);
        let instead = || self.output.into_iter().chain(campaign);
        let stretches = instead().find_map(|hours| hours.days[weekday].as_ref()).unwrap_or(&self.station.days[weekday]);
        let quota = instead().find_map(|hours| hours.quota[weekday]).or(self.station.quota[weekday]);
        let mut stretches: Vec<(Wall, Wall)> = stretches.iter().map(|s| s.on(day, zone)).collect();
        // A stretch that lies in a gap of the day has no length.
        stretches.retain(|(opens, closes)| opens < closes);
        stretches.sort();
        let mut sessions: Vec<Session> = Vec::with_capacity(stretches.len());
        for (opens, closes) in stretches {
            match sessions.last_mut() {
                Some(last) if opens <= last.closes => last.closes = last.closes.max(closes),
                _ => sessions.push(Session { opens, closes, quota }),
            }
        }
        sessions
    }

    /// The session in which `at` lies (opens ≤ at < closes), also one that began the day before. Of two, the earlier.
    pub fn session_at(&self, at: Wall, zone: &Timezone) -> Option<Session> {
        let day = zone.civil(at).date();
        // A day may hold instants of the next one: where a clock goes back over midnight, a date comes twice.
        [day.yesterday().ok(), Some(day), day.tomorrow().ok()]
            .into_iter()
            .flatten()
            .flat_map(|day| self.sessions_on(day, zone))
            .find(|session| session.opens <= at && at < session.closes)
    }

    /// Until when the hours go on without a break after `at`; `None` outside them.
    pub fn open_until(&self, at: Wall, zone: &Timezone) -> Option<Wall> {
        let mut until = self.session_at(at, zone)?.closes;
        for _ in 0..CHAIN {
            match self.session_at(until, zone) {
                Some(next) if next.closes > until => until = next.closes,
                _ => break,
            }
        }
        Some(until)
    }
}

impl Hours {
    /// The loudness of what is planned for `at`, if that hour has one of its own.
    pub fn level_at(&self, at: Wall, zone: &Timezone) -> Option<f32> {
        if self.levels.is_empty() {
            return None;
        }
        let time = zone.civil(at).time();
        self.levels.iter().find(|level| level.stretch.covers(time)).map(|level| level.lufs)
    }

    /// The station's own hours, as they are where no output and no campaign has others.
    pub fn alone(&self) -> HoursInForce<'_> {
        HoursInForce { station: self, campaigns: Vec::new(), output: None }
    }

    /// Whether anything may sound in some of a stretch, on any day of the week.
    pub fn open_in(&self, stretch: &Stretch) -> bool {
        self.days.iter().flatten().any(|open| open.overlaps(stretch))
    }
}

impl HoursInstead {
    pub fn open_in(&self, stretch: &Stretch) -> bool {
        self.days.iter().flatten().flatten().any(|open| open.overlaps(stretch))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn hours(stretches: &[&str]) -> Hours {
        let day: Vec<Stretch> = stretches.iter().map(|text| Stretch::parse(text).unwrap()).collect();
        Hours { days: std::array::from_fn(|_| day.clone()), ..Hours::default() }
    }

    fn sessions(hours: &Hours, zone: &str, day: Date) -> Vec<String> {
        let zone = Timezone::named(zone).unwrap();
        let text = |at| zone.civil(at).strftime("%d %H:%M").to_string();
        hours.alone().sessions_on(day, &zone).iter().map(|s| format!("{}-{}", text(s.opens), text(s.closes))).collect()
    }

    #[test]
    fn stretches_that_touch_or_overlap_are_one_session() {
        let day = date(2026, 11, 20);
        assert_eq!(
            sessions(&hours(&["17:00-18:00", "05:30-06:00", "06:00-06:30"]), "Asia/Ho_Chi_Minh", day),
            ["20 05:30-20 06:30", "20 17:00-20 18:00"]
        );
        assert_eq!(sessions(&hours(&["05:30-06:30", "05:00-07:00"]), "Asia/Ho_Chi_Minh", day), ["20 05:00-20 07:00"]);
        assert!(sessions(&hours(&[]), "Asia/Ho_Chi_Minh", day).is_empty());
    }

    #[test]
    fn a_session_past_midnight_belongs_to_the_day_it_starts() {
        let zone = Timezone::named("Asia/Ho_Chi_Minh").unwrap();
        let hours = hours(&["22:00-01:00"]);
        assert_eq!(sessions(&hours, "Asia/Ho_Chi_Minh", date(2026, 11, 20)), ["20 22:00-21 01:00"]);
        let at = |text: &str| zone.instant(text.parse().unwrap());
        let session = hours.alone().session_at(at("2026-11-21T00:30"), &zone).unwrap();
        assert_eq!(session.opens, at("2026-11-20T22:00"));
        assert_eq!(hours.alone().session_at(at("2026-11-21T01:00"), &zone), None, "the close is outside");
        assert!(hours.alone().session_at(at("2026-11-20T22:00"), &zone).is_some(), "the opening is inside");
    }

    #[test]
    fn a_level_is_that_of_the_stretch_in_which_a_time_lies() {
        let zone = Timezone::named("Asia/Ho_Chi_Minh").unwrap();
        let level = |text, lufs| StretchLevel { stretch: Stretch::parse(text).unwrap(), lufs };
        let hours = Hours { levels: vec![level("05:30-06:30", -22.0), level("22:00-01:00", -26.0)], ..hours(&["00:00-24:00"]) };
        let at = |text: &str| hours.level_at(zone.instant(format!("2026-11-20T{text}").parse().unwrap()), &zone);
        assert_eq!((at("05:29:59"), at("05:30"), at("06:29:59"), at("06:30")), (None, Some(-22.0), Some(-22.0), None));
        assert_eq!((at("21:59"), at("22:00"), at("00:59"), at("01:00")), (None, Some(-26.0), Some(-26.0), None));
    }

    #[test]
    fn an_outputs_hours_hold_in_place_of_a_campaigns_and_those_in_place_of_the_stations() {
        let zone = Timezone::named("Europe/Berlin").unwrap();
        let stretches = |text: &str| vec![Stretch::parse(text).unwrap()];
        let mins = |mins| Some(SignedDuration::from_mins(mins));
        let mut station = hours(&["05:30-06:30"]);
        station.quota = [mins(45); 7];
        let days = crate::calendar::span::Days::Yearly {
            from: crate::calendar::span::MonthDay::parse("12-28").unwrap(),
            until: crate::calendar::span::MonthDay::parse("01-03").unwrap(),
        };
        let mut campaign = HoursInstead::default();
        (campaign.days, campaign.quota) = (std::array::from_fn(|_| Some(stretches("22:00-01:00"))), [mins(60); 7]);
        let mut own = HoursInstead::default();
        (own.days[6], own.quota[5], own.days[3]) = (Some(vec![]), mins(10), Some(stretches("23:00-24:00")));
        let in_force = HoursInForce { station: &station, campaigns: vec![(&days, &campaign)], output: Some(&own) };
        let told = |day: Date| {
            let sessions = in_force.sessions_on(day, &zone);
            let text = |at| zone.civil(at).strftime("%d %H:%M").to_string();
            let told = sessions.iter().map(|s| format!("{}-{} {}", text(s.opens), text(s.closes), s.quota.unwrap().as_mins()));
            told.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(told(date(2026, 12, 25)), "25 05:30-25 06:30 45", "a Friday before the campaign");
        assert_eq!(told(date(2026, 12, 26)), "26 05:30-26 06:30 10", "a Saturday: the output's quota");
        assert_eq!(told(date(2026, 12, 27)), "", "a Sunday: the output is closed");
        assert_eq!(told(date(2026, 12, 28)), "28 22:00-29 01:00 60", "a Monday of the campaign");
        assert_eq!(told(date(2026, 12, 31)), "31 23:00-01 00:00 60", "a Thursday: the output's hours, the campaign's quota");
        assert_eq!(told(date(2027, 1, 3)), "", "a Sunday of the campaign");
        assert_eq!(told(date(2027, 1, 4)), "04 05:30-04 06:30 45");
        let at = |text: &str| zone.instant(text.parse().unwrap());
        assert!(in_force.session_at(at("2027-01-01T00:30"), &zone).is_none(), "the session of Thursday is the output's own");
        assert!(in_force.session_at(at("2027-01-02T00:30"), &zone).is_some(), "that of Friday reaches into Saturday");
        assert_eq!(in_force.open_until(at("2027-01-03T00:59"), &zone), Some(at("2027-01-03T01:00")));
    }

    #[test]
    fn stretches_overlap_also_around_midnight() {
        let overlap = |a, b| Stretch::parse(a).unwrap().overlaps(&Stretch::parse(b).unwrap());
        assert!(
            overlap("05:30-06:30", "06:00-07:00")
                && overlap("06:00-07:00", "05:30-06:30")
                && overlap("05:00-08:00", "06:00-07:00")
        );
        assert!(!overlap("05:30-06:30", "06:30-07:00") && !overlap("06:30-07:00", "05:30-06:30"));
        assert!(
            overlap("22:00-01:00", "00:30-02:00")
                && overlap("23:00-24:00", "22:00-01:00")
                && overlap("00:00-24:00", "12:00-13:00")
        );
        assert!(!overlap("22:00-01:00", "01:00-22:00") && !overlap("22:00-24:00", "00:00-22:00"));
    }

    #[test]
    fn a_whole_day_keeps_its_own_quota_but_is_open_on() {
        let zone = Timezone::named("Asia/Ho_Chi_Minh").unwrap();
        let hours = hours(&["00:00-24:00"]);
        assert_eq!(sessions(&hours, "Asia/Ho_Chi_Minh", date(2026, 11, 20)), ["20 00:00-21 00:00"]);
        let at = zone.instant("2026-11-20T23:59".parse().unwrap());
        assert!(hours.alone().open_until(at, &zone).unwrap() > at + SignedDuration::from_hours(24));
    }

    #[test]
    fn hours_that_touch_over_midnight_are_open_through_it() {
        let zone = Timezone::named("Asia/Ho_Chi_Minh").unwrap();
        let hours = hours(&["22:00-24:00", "00:00-02:00"]);
        let at = |text: &str| zone.instant(text.parse().unwrap());
        assert_eq!(hours.alone().open_until(at("2026-11-20T23:00"), &zone), Some(at("2026-11-21T02:00")));
        assert_eq!(hours.alone().open_until(at("2026-11-20T03:00"), &zone), None);
    }

    #[test]
    fn hours_on_the_days_that_the_clock_changes() {
        let berlin = "Europe/Berlin";
        let spring = date(2026, 3, 29);
        assert!(sessions(&hours(&["02:15-02:45"]), berlin, spring).is_empty(), "a stretch inside the gap is no session");
        assert_eq!(sessions(&hours(&["01:30-02:30"]), berlin, spring), ["29 01:30-29 03:00"]);
        assert_eq!(sessions(&hours(&["02:30-04:00"]), berlin, spring), ["29 03:00-29 04:00"]);
        let zone = Timezone::named(berlin).unwrap();
        let autumn = hours(&["02:30-03:30"]).alone().sessions_on(date(2026, 10, 25), &zone);
        assert_eq!(autumn[0].closes - autumn[0].opens, SignedDuration::from_hours(2), "from the first 02:30");
        assert_eq!(sessions(&hours(&["00:00-24:00"]), "America/Santiago", date(2026, 9, 6)), ["06 01:00-07 00:00"]);
        assert!(sessions(&hours(&["05:30-06:30"]), "Pacific/Apia", date(2011, 12, 30)).is_empty(), "a day that never was");
    }
}
