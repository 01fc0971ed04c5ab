//! A plan for tests, made in words: what is not said is as in Cẩm Tân.

use std::path::PathBuf;

use jiff::SignedDuration;
use jiff::civil::Date;

use crate::asrun::history::History;
use crate::calendar::hours::{Hours, Stretch, StretchLevel};
use crate::calendar::recur::{self, Recur};
use crate::calendar::span::{self, DaySpan, MonthDay};
use crate::calendar::timezone::Timezone;
use crate::lang::Language;
use crate::library::{self, Library, Recording, Unfit};
use crate::plan::*;
use crate::rundown::{Rundown, SeenFrom, Span, build};
use crate::terms::*;

/// A plan and its recordings.
#[derive(Clone, Debug)]
pub struct SampleStation {
    pub plan: Plan,
    pub library: Library,
}

impl Default for SampleStation {
    fn default() -> Self {
        let station = Station {
            name: "Đài truyền thanh xã Cẩm Tân".into(),
            code: "cam-tan".into(),
            timezone: Timezone::named("Asia/Ho_Chi_Minh").unwrap(),
            language: Language::Vi,
            languages: Vec::new(),
            audio: PathBuf::from("audio"),
            drill: None,
        };
        let plan = Plan {
            backup: None,
            hash: "feed".into(),
            sources: Vec::new(),
            station,
            outputs: Vec::new(),
            zones: Vec::new(),
            hours: Hours::default(),
            topics: Vec::new(),
            suppliers: Vec::new(),
            items: Vec::new(),
            folders: Vec::new(),
            contacts: Vec::new(),
            programmes: Vec::new(),
            campaigns: Vec::new(),
            holidays: Vec::new(),
            broadcasts: Vec::new(),
            changes: Vec::new(),
            letterhead: None,
            baselines: Vec::new(),
            reports: Vec::new(),
            places: Places::default(),
        };
        SampleStation { plan, library: Library::default() }.output("amplifier").hours(&["05:30-06:30", "17:00-18:00"])
    }
}

impl SampleStation {
    pub fn zone(mut self, name: &str) -> Self {
        self.plan.station.timezone = Timezone::named(name).unwrap();
        self
    }

    pub fn hours(mut self, stretches: &[&str]) -> Self {
        let day: Vec<Stretch> = stretches.iter().map(|text| Stretch::parse(text).unwrap()).collect();
        self.plan.hours.days = std::array::from_fn(|_| day.clone());
        self
    }

    pub fn quota(mut self, seconds: i64) -> Self {
        self.plan.hours.quota = [Some(SignedDuration::from_secs(seconds)); 7];
        self
    }

    pub fn output(mut self, id: &str) -> Self {
        self.plan.outputs.push(Output {
            id: id.into(),
            devices: vec![DeviceName::Null],
            zones: vec![ZoneId::new(format!("{id}-thon"))],
            speaker: Speaker::Flat,
            hours: None,
        });
        self
    }

    /// The last output has horns.
    pub fn horn(mut self) -> Self {
        self.plan.outputs.last_mut().unwrap().speaker = Speaker::Horn;
        self
    }

    pub fn level(mut self, stretch: &str, lufs: f32) -> Self {
        self.plan.hours.levels.push(StretchLevel { stretch: Stretch::parse(stretch).unwrap(), lufs });
        self
    }

    /// An announcement on a topic, so many seconds long.
    pub fn item(mut self, id: &str, topic: &str, seconds: u32) -> Self {
        if self.plan.topics.iter().all(|t| t.id.as_str() != topic) {
            let name = Text { vi: format!("Nhóm {topic}"), en: None };
            self.plan.topics.push(Topic { id: topic.into(), name, duty: true, listed: false });
        }
        self.plan.items.push(Item {
            id: id.into(),
            file: PathBuf::from(format!("{id}.ogg")),
            title: format!("Tin {id}"),
            is_named_by_file: false,
            kind: ItemKind::Announcement,
            topic: Some(topic.into()),
            tags: Vec::new(),
            language: "vi".into(),
            supplier: None,
            script: None,
            translation_of: None,
            valid: DaySpan::default(),
            contacts: Vec::new(),
            caps: ItemCaps::default(),
        });
        let recording = Recording {
            hash: FileHash::new(format!("hash-{id}")),
            format: "ogg".into(),
            title: None,
            frames: Frames { count: u64::from(seconds) * 48_000, rate: 48_000 },
            channels: 2,
            loudness_lufs: Some(-20.0),
            true_peak_dbtp: Some(-6.0),
            horn: library::Level { loudness_lufs: Some(-23.0), true_peak_dbtp: Some(-7.5) },
            lead: SignedDuration::ZERO,
            tail: SignedDuration::ZERO,
            flaws: Vec::new(),
        };
        self.library.items.insert(id.into(), Ok(recording));
        self
    }

    pub fn jingle(self, id: &str, seconds: u32) -> Self {
        let mut sample = self.item(id, "none", seconds);
        let item = sample.plan.items.last_mut().unwrap();
        (item.kind, item.topic) = (ItemKind::Signal, None);
        sample
    }

    fn last_item(&mut self) -> &mut Item {
        self.plan.items.last_mut().unwrap()
    }

    pub fn tagged(mut self, tag: &str) -> Self {
        self.last_item().tags.push(tag.into());
        self
    }

    pub fn of_kind(mut self, kind: ItemKind) -> Self {
        self.last_item().kind = kind;
        self
    }

    pub fn valid(mut self, from: Option<Date>, until: Option<Date>) -> Self {
        self.last_item().valid = DaySpan { from, until };
        self
    }

    pub fn unfit(mut self, item: &str, unfit: Unfit) -> Self {
        self.library.items.insert(item.into(), Err(unfit));
        self
    }

    pub fn programme(mut self, id: &str, elements: Vec<ProgrammeElement>) -> Self {
        let name = format!("Chương trình {id}");
        self.plan.programmes.push(Programme { id: id.into(), name, elements, pause: SignedDuration::ZERO, fill: None });
        self
    }

    pub fn pause(mut self, seconds: i64) -> Self {
        self.plan.programmes.last_mut().unwrap().pause = SignedDuration::from_secs(seconds);
        self
    }

    pub fn yearly(mut self, id: &str, from: &str, until: &str) -> Self {
        let days = span::Days::Yearly { from: MonthDay::parse(from).unwrap(), until: MonthDay::parse(until).unwrap() };
        self.plan.campaigns.push(Campaign { id: id.into(), name: id.into(), days, targets: Vec::new(), hours: None });
        self
    }

    pub fn dates(mut self, id: &str, from: Date, until: Date) -> Self {
        let days = span::Days::Dates(DaySpan { from: Some(from), until: Some(until) });
        self.plan.campaigns.push(Campaign { id: id.into(), name: id.into(), days, targets: Vec::new(), hours: None });
        self
    }

    /// The last output has these hours every day, in place of the station's.
    pub fn own_hours(mut self, stretches: &[&str]) -> Self {
        let day: Vec<Stretch> = stretches.iter().map(|text| Stretch::parse(text).unwrap()).collect();
        self.plan.outputs.last_mut().unwrap().hours.get_or_insert_default().days = std::array::from_fn(|_| Some(day.clone()));
        self
    }

    /// The last output has this quota every day, in place of the station's.
    pub fn own_quota(mut self, seconds: i64) -> Self {
        let quota = Some(SignedDuration::from_secs(seconds));
        self.plan.outputs.last_mut().unwrap().hours.get_or_insert_default().quota = [quota; 7];
        self
    }

    /// The last item airs no oftener than this.
    pub fn capped(mut self, max_per_day: Option<u32>, min_gap_mins: Option<i64>) -> Self {
        self.last_item().caps = ItemCaps { max_per_day, min_gap: min_gap_mins.map(SignedDuration::from_mins) };
        self
    }

    /// The last programme is filled up to about so long.
    pub fn fill(mut self, seconds: i64) -> Self {
        self.plan.programmes.last_mut().unwrap().fill = Some(SignedDuration::from_secs(seconds));
        self
    }

    /// A holiday on one day.
    pub fn holiday(mut self, id: &str, day: Date, effect: Option<HolidayEffect>) -> Self {
        let days = span::Days::Dates(DaySpan { from: Some(day), until: Some(day) });
        self.plan.holidays.push(Holiday { id: id.into(), name: id.into(), days, lieu: Vec::new(), effect, law: None });
        self
    }

    /// Every day at these times, on all outputs that are there by now.
    pub fn broadcast(mut self, id: &str, programme: &str, at: &[&str]) -> Self {
        let at = at.iter().map(|time| time.parse().unwrap()).collect();
        self.plan.broadcasts.push(Broadcast {
            id: id.into(),
            programme: programme.into(),
            recur: Recur::At { at, days: recur::RecurDays::Every },
            during: Vec::new(),
            replaces: Vec::new(),
            except: Vec::new(),
            priority: Priority::Ordinary,
            late: LATE,
            outputs: self.plan.outputs.iter().map(|output| output.id.clone()).collect(),
            only_on: None,
        });
        self
    }

    /// On one date only, on all outputs that are there by now.
    pub fn extra(self, id: &str, programme: &str, date: Date, at: &str) -> Self {
        self.broadcast(id, programme, &[at]).with(|extra| {
            extra.only_on = Some(date);
            if let Recur::At { days, .. } = &mut extra.recur {
                *days = recur::RecurDays::On(vec![date]);
            }
        })
    }

    /// What one date makes of the airing at `time`, or of all of that day.
    pub fn change(mut self, broadcast: &str, date: Date, time: Option<&str>, to: ChangedTo) -> Self {
        let time = time.map(|time| time.parse().unwrap());
        self.plan.changes.push(Change { broadcast: broadcast.into(), date, time, to });
        self
    }

    /// Changes the broadcast that was added last.
    pub fn with(mut self, change: impl FnOnce(&mut Broadcast)) -> Self {
        change(self.plan.broadcasts.last_mut().unwrap());
        self
    }

    pub fn at(&self, text: &str) -> Wall {
        self.plan.station.timezone.instant(text.parse().unwrap())
    }

    pub fn rundown(&self, from: &str, to: &str) -> Rundown {
        self.rundown_after(&mut History::default(), self.at(from), self.at(to))
    }

    pub fn rundown_after(&self, history: &mut History, from: Wall, to: Wall) -> Rundown {
        let seen = SeenFrom::at(from);
        build(&self.plan, &self.library, history, Span { from, to }, seen)
    }

    /// A day in short: `05:30 morning amplifier: jingle a b` with what was left out or dropped behind it.
    pub fn day(&self, date: &str) -> Vec<String> {
        let from: Date = date.parse().unwrap();
        let rundown = self.rundown(&from.to_string(), &from.tomorrow().unwrap().to_string());
        rundown.slots.iter().map(|planned| self.short(planned)).collect()
    }

    pub fn short(&self, planned: &crate::rundown::Planned) -> String {
        let civil = self.plan.station.timezone.civil(planned.slot.planned_at);
        let mut text = format!("{} {}", civil.strftime("%H:%M"), planned.slot.broadcast);
        if self.plan.outputs.len() > 1 {
            text += &format!(" {}", planned.slot.output);
        }
        text.push(':');
        if let Some(outcome) = planned.left_out {
            text += &format!(" ({}/{})", outcome.status, outcome.reason.unwrap());
            return text;
        }
        for element in planned.elements.iter() {
            let item = element.facts.as_ref().map_or("?", |facts| facts.item.as_str());
            text += &match element.unplayable {
                None => format!(" {item}"),
                Some(reason) => format!(" {item}!{reason}"),
            };
        }
        for dropped in &planned.dropped {
            text += &format!(" -{}/{}", dropped.item, dropped.reason);
        }
        text
    }
}

pub fn moved(at: &str) -> ChangedTo {
    ChangedTo::Other { at: Some(at.parse().unwrap()), programme: None, outputs: None }
}

pub fn fixed(item: &str) -> ProgrammeElement {
    ProgrammeElement::Item { item: item.into(), times: 1 }
}

pub fn times(item: &str, times: u32) -> ProgrammeElement {
    ProgrammeElement::Item { item: item.into(), times }
}

pub fn pick(count: u32, topic: &str) -> ProgrammeElement {
    ProgrammeElement::Pick { count, topic: Some(topic.into()), tag: None, folder: None }
}

pub fn tag(count: u32, tag: &str) -> ProgrammeElement {
    ProgrammeElement::Pick { count, topic: None, tag: Some(tag.into()), folder: None }
}
