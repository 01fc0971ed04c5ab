//! The plan as a value: what the station broadcasts, and when it may.
//!
//! [`read`] makes it from TOML and keeps every problem it meets; a plan that is returned has no errors in it: every id it
//! names exists, every time can be had. Facts of the world (is the file there, does it decode) are not known here.

pub mod diagnostic;
pub mod edit;
pub mod fault;
pub mod named;
pub mod read;
pub mod render;
pub mod source;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use jiff::SignedDuration;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::calendar::hours::{Hours, HoursInForce, HoursInstead};
use crate::calendar::recur::Recur;
use crate::calendar::span::{DaySpan, Days, MonthDay};
use crate::calendar::timezone::Timezone;
use crate::lang::Language;
use crate::plan::source::{Place, SourceFile};
use crate::terms::{closed, *};

#[derive(Clone, Debug)]
pub struct Plan {
    /// SHA-256 over the files, in file-name order: each file's name, a NUL, its length in bytes as decimal, a NUL, its bytes.
    pub hash: PlanHash,
    /// The files as they were read: kept whole in the data folder under `hash`, and quoted by diagnostics.
    pub sources: Vec<SourceFile>,
    pub station: Station,
    pub outputs: Vec<Output>,
    pub zones: Vec<Zone>,
    pub hours: Hours,
    pub topics: Vec<Topic>,
    pub suppliers: Vec<Supplier>,
    /// Those of the plan, and then what was found in its folders.
    pub items: Vec<Item>,
    pub folders: Vec<Folder>,
    pub contacts: Vec<Contact>,
    pub programmes: Vec<Programme>,
    pub campaigns: Vec<Campaign>,
    pub holidays: Vec<Holiday>,
    /// In the plan's order, which is a rank on air.
    pub broadcasts: Vec<Broadcast>,
    /// What single dates make of them.
    pub changes: Vec<Change>,
    pub backup: Option<Backup>,
    /// How reports go out; a plan without one still has reports, with less on their heads.
    pub letterhead: Option<Letterhead>,
    pub baselines: Vec<Baseline>,
    /// Reports that the station writes by itself.
    pub reports: Vec<Duty>,
    pub places: Places,
}

#[derive(Clone, Debug)]
pub struct Station {
    pub name: String,
    pub code: String,
    pub timezone: Timezone,
    pub language: Language,
    /// What part of the announcements' airtime each tongue should have, in percent; empty where the plan does not say.
    pub languages: Vec<(String, i64)>,
    /// The folder of recordings, already resolved against the plan's folder.
    pub audio: PathBuf,
    /// What is read before and after an emergency recording that is tried out on air.
    pub drill: Option<ItemId>,
}

#[derive(Clone, Debug)]
pub struct Output {
    pub id: OutputId,
    /// Tried in order: the first that works. Never empty.
    pub devices: Vec<DeviceName>,
    pub zones: Vec<ZoneId>,
    /// What hangs on it.
    pub speaker: Speaker,
    /// In place of the station's hours, and of any campaign's.
    pub hours: Option<HoursInstead>,
}

/// Where the log is copied to each day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Already resolved against the plan's folder.
    pub folder: PathBuf,
    pub keep: usize,
}

#[derive(Clone, Debug)]
pub struct Zone {
    pub id: ZoneId,
    pub name: String,
}

#[derive(Clone, Debug)]
pub struct Topic {
    pub id: TopicId,
    pub name: Text,
    pub duty: bool,
    /// Its items are models and services that reports list one by one.
    pub listed: bool,
}

/// A text in Vietnamese and, where the plan gives it, English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub vi: String,
    pub en: Option<String>,
}

impl Text {
    pub fn of(&self, lang: Language) -> &str {
        lang.pick(&self.vi, self.en.as_ref().unwrap_or(&self.vi))
    }
}

#[derive(Clone, Debug)]
pub struct Supplier {
    pub id: SupplierId,
    pub name: String,
}

#[derive(Clone, Debug)]
pub struct Item {
    pub id: ItemId,
    /// Relative to [`Station::audio`], without `..`.
    pub file: PathBuf,
    pub title: String,
    /// Nobody gave it its title: one that the recording itself has is better.
    pub is_named_by_file: bool,
    pub kind: ItemKind,
    pub topic: Option<TopicId>,
    pub tags: Vec<String>,
    /// BCP 47; the station's language if the plan does not say.
    pub language: String,
    pub supplier: Option<SupplierId>,
    pub script: Option<PathBuf>,
    pub translation_of: Option<ItemId>,
    pub valid: DaySpan,
    pub contacts: Vec<ContactId>,
    pub caps: ItemCaps,
}

/// A folder each of whose recordings is an item as long as it lies there.
#[derive(Clone, Debug)]
pub struct Folder {
    /// Relative to [`Station::audio`].
    pub path: PathBuf,
    pub common: CommonFacts,
    /// How long a recording is valid after it has come: to the end of the day on which this time is over.
    pub valid_for: Option<SignedDuration>,
}

/// What all the recordings of a folder have in common.
#[derive(Clone, Debug)]
pub struct CommonFacts {
    pub kind: ItemKind,
    pub topic: Option<TopicId>,
    pub tags: Vec<String>,
    pub language: String,
    pub supplier: Option<SupplierId>,
    pub contacts: Vec<ContactId>,
    pub caps: ItemCaps,
}

#[derive(Clone, Debug)]
pub struct Contact {
    pub id: ContactId,
    pub name: String,
    pub number: String,
    pub verified: Option<Date>,
}

#[derive(Clone, Debug)]
pub struct Programme {
    pub id: ProgrammeId,
    pub name: String,
    pub elements: Vec<ProgrammeElement>,
    /// Silence between elements.
    pub pause: SignedDuration,
    /// Its picks go on until it is about so long.
    pub fill: Option<SignedDuration>,
}

/// One place (or several alike) in a programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProgrammeElement {
    Item {
        item: ItemId,
        times: u32,
    },
    /// `count` different items from a pool. At least one of `topic`, `tag` and `folder` is given; all must match.
    Pick {
        count: u32,
        topic: Option<TopicId>,
        tag: Option<String>,
        folder: Option<PathBuf>,
    },
}

impl ProgrammeElement {
    /// Whether this item may stand in the place.
    pub fn takes(&self, other: &Item) -> bool {
        match self {
            ProgrammeElement::Item { item, .. } => other.id == *item,
            ProgrammeElement::Pick { topic, tag, folder, .. } => {
                // Only an order airs an emergency.
                other.kind != ItemKind::Emergency
                    && topic.as_ref().is_none_or(|topic| other.topic.as_ref() == Some(topic))
                    && tag.as_ref().is_none_or(|tag| other.tags.contains(tag))
                    && folder.as_ref().is_none_or(|folder| other.file.parent() == Some(folder))
            }
        }
    }
}

#[derive(Clone, Debug)]
pub struct Campaign {
    pub id: CampaignId,
    pub name: String,
    pub days: Days,
    pub targets: Vec<(TopicId, Target)>,
    /// In place of the station's hours on its days.
    pub hours: Option<HoursInstead>,
}

/// What a campaign should reach for a topic: `10m/day`, `3 airings/week`, `300m` over the whole of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    pub amount: Amount,
    pub per: Per,
}

impl Target {
    /// What it asks for over so many days of a campaign that has `whole` of them: airings, or milliseconds of airtime.
    pub fn over(&self, days: i64, whole: i64) -> i64 {
        let amount = match self.amount {
            Amount::Airings(count) => i64::from(count),
            Amount::Airtime(length) => i64::try_from(length.as_millis()).unwrap_or(i64::MAX),
        };
        match self.per {
            Per::Day => amount.saturating_mul(days),
            Per::Week => amount.saturating_mul(days) / 7,
            Per::Campaign => amount.saturating_mul(days) / whole.max(1),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    Airtime(SignedDuration),
    Airings(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    Day,
    Week,
    Campaign,
}

#[derive(Clone, Debug)]
pub struct Broadcast {
    pub id: BroadcastId,
    pub programme: ProgrammeId,
    pub recur: Recur,
    /// Empty: all the year.
    pub during: Vec<CampaignId>,
    pub replaces: Vec<BroadcastId>,
    pub except: Vec<Except>,
    /// Ordinary or priority: only a person orders an emergency.
    pub priority: Priority,
    pub late: SignedDuration,
    /// In the plan's order of outputs; never empty.
    pub outputs: Vec<OutputId>,
    /// The one date on which it airs, where it is no series but an `[[extra]]`.
    pub only_on: Option<Date>,
}

impl Broadcast {
    /// Whether it was to air on a single date that has passed.
    pub fn is_past(&self, today: Date) -> bool {
        self.only_on.is_some_and(|date| date < today)
    }
}

/// A broadcast as it is on one date, without a touch to its series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub broadcast: BroadcastId,
    pub date: Date,
    /// Which of that day's airings; all, if left out.
    pub time: Option<Time>,
    pub to: ChangedTo,
}

/// What a change makes of an airing. At least one of the three is another than in the series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangedTo {
    Skipped,
    Other {
        at: Option<Time>,
        programme: Option<ProgrammeId>,
        /// In the plan's order of outputs; never empty.
        outputs: Option<Vec<OutputId>>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Except {
    Day(Date),
    Days(Days),
    Campaign(CampaignId),
    Holiday(HolidayId),
}

/// Days that the law or custom sets apart.
#[derive(Clone, Debug)]
pub struct Holiday {
    pub id: HolidayId,
    pub name: String,
    pub days: Days,
    /// Days off that a year's announcement adds: they are days of the holiday like the others.
    pub lieu: Vec<Date>,
    /// What it does to the day's broadcasts; `None`: nothing, it is there to be named.
    pub effect: Option<HolidayEffect>,
    /// Where it comes from.
    pub law: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HolidayEffect {
    /// Nothing airs.
    Silence,
    /// Where one of these broadcasts has a slot, all others are replaced by it.
    Replace(Vec<BroadcastId>),
    /// Of what is planned, only these programmes air.
    Only(Vec<ProgrammeId>),
}

impl Holiday {
    pub fn contains(&self, day: Date) -> bool {
        self.days.contain(day) || self.lieu.contains(&day)
    }
}

/// What stands at the head and the foot of a report on paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letterhead {
    pub issuer: Issuer,
    /// The commune's name with its rank: `xã Cẩm Tân`.
    pub commune: String,
    /// Before the date: `Cẩm Tân`.
    pub place: String,
    /// What reports are about, without their period: `Kết quả tuyên truyền bình đẳng giới`.
    pub subject: Option<Text>,
    /// The document that the report answers: `Kế hoạch số 15/KH-UBND ngày 16/4/2024`.
    pub basis: Option<String>,
    /// Kính gửi.
    pub to: Vec<String>,
    /// Nơi nhận.
    pub copies: Vec<String>,
    /// The signer's office, as it stands over the signature; one line each.
    pub office: Vec<String>,
    pub signer: Option<String>,
    pub cut: MonthEnd,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issuer {
    Station,
    Commune,
}

/// Where a reporting month ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MonthEnd {
    /// With the calendar's month.
    #[default]
    Calendar,
    /// On this day of it: November is 15 October to 14 November.
    Day(i8),
}

/// Figures of a time before the log, entered by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    pub id: String,
    pub from: Date,
    pub until: Date,
    /// Where the figures come from: printed beside them.
    pub source: String,
    pub airtime: Option<SignedDuration>,
    pub airings: Option<u32>,
    pub items: Option<u32>,
}

/// A report that falls due again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// Stands in the names of its files.
    pub id: ReportId,
    pub period: Recurs,
    pub due: Deadline,
    /// So many days before it is due a draft is written.
    pub draft: Option<u16>,
    /// From so many days before it is due on it is said when targets are behind.
    pub warn: u16,
    /// Never empty.
    pub formats: Vec<Paperwork>,
    /// Already resolved against the plan's folder; `None` is a folder in the data folder.
    pub folder: Option<PathBuf>,
    /// In place of the letterhead's; empty: the letterhead's.
    pub to: Vec<String>,
}

/// The periods of a report that falls due again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recurs {
    Month,
    Quarter,
    /// A year that closes with the last day of a campaign, or else with the calendar's.
    Year {
        closes: Option<CampaignId>,
    },
    Campaign(CampaignId),
}

/// When a report is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// So many days after the last day of its period.
    After(u16),
    /// The first such day from the last day of its period on.
    On(MonthDay),
}

closed! {
    /// What a report is written as, by the ending of its file.
    Paperwork { Docx = "docx", Pdf = "pdf", Xlsx = "xlsx", Html = "html", Csv = "csv", Json = "json" }
}

/// `late` where a broadcast does not say.
pub const LATE: SignedDuration = SignedDuration::from_mins(5);

/// Where each thing of the plan stands, so that later findings can name file, line and column.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// Table name and id (`("item", "hotline-111")`; `("hours", "")`), then key (`""` is the table's own head or its id).
    pub by_name: BTreeMap<(&'static str, String), BTreeMap<String, Place>>,
}

impl Places {
    /// The place of a key, or of its table's head where the key is not written.
    pub fn of(&self, table: &'static str, id: &str, key: &str) -> Option<Place> {
        let keys = self.by_name.get(&(table, id.to_owned()))?;
        keys.get(key).or_else(|| keys.get("")).copied()
    }
}

impl Plan {
    /// The hours of an output, whatever the day. One that the plan does not have has the station's.
    pub fn hours_of(&self, output: &OutputId) -> HoursInForce<'_> {
        let campaigns = self.campaigns.iter().filter_map(|campaign| Some((&campaign.days, campaign.hours.as_ref()?)));
        let own = self.output(output).and_then(|output| output.hours.as_ref());
        HoursInForce { station: &self.hours, campaigns: campaigns.collect(), output: own }
    }

    /// The hours of all its outputs.
    pub fn all_hours(&self) -> Vec<HoursInForce<'_>> {
        self.outputs.iter().map(|output| self.hours_of(&output.id)).collect()
    }

    pub fn output(&self, id: &OutputId) -> Option<&Output> {
        self.outputs.iter().find(|o| o.id == *id)
    }
    pub fn item(&self, id: &ItemId) -> Option<&Item> {
        self.items.iter().find(|i| i.id == *id)
    }
    pub fn programme(&self, id: &ProgrammeId) -> Option<&Programme> {
        self.programmes.iter().find(|p| p.id == *id)
    }
    pub fn campaign(&self, id: &CampaignId) -> Option<&Campaign> {
        self.campaigns.iter().find(|c| c.id == *id)
    }
    pub fn holiday(&self, id: &HolidayId) -> Option<&Holiday> {
        self.holidays.iter().find(|holiday| holiday.id == *id)
    }
    /// The holidays that a day belongs to, in the plan's order.
    pub fn holidays_on(&self, day: Date) -> impl Iterator<Item = &Holiday> {
        self.holidays.iter().filter(move |holiday| holiday.contains(day))
    }
    pub fn report(&self, id: &str) -> Option<&Duty> {
        self.reports.iter().find(|duty| duty.id.as_str() == id)
    }
    pub fn broadcast(&self, id: &BroadcastId) -> Option<&Broadcast> {
        self.broadcasts.iter().find(|b| b.id == *id)
    }
    /// What a broadcast airs as a rule: people call it by that name.
    pub fn programme_of(&self, broadcast: &BroadcastId) -> Option<&Programme> {
        self.programme(&self.broadcast(broadcast)?.programme)
    }
}
