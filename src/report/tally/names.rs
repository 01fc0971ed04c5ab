//! What the plans say of the ids in rows. Rows outlive plans: an id that no kept plan knows goes by its id.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;

use crate::lang::{Language, report as words};
use crate::plan::{Campaign, Plan, ProgrammeElement};
use crate::report::tally::AiredItem;
use crate::terms::*;

#[derive(Clone, Debug)]
pub struct TopicName {
    pub id: String,
    pub name: String,
    pub duty: bool,
    pub listed: bool,
}

#[derive(Clone, Debug)]
pub struct ContactName {
    pub name: String,
    pub number: String,
    pub verified: Option<Date>,
}

/// A zone (a village) of one of the stations whose logs are added up.
#[derive(Clone, Debug)]
pub struct ZoneName {
    pub log: u32,
    pub id: String,
    pub name: String,
    pub served: Served,
}

/// What hangs on the outputs that serve a village, in whatever plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Served {
    #[default]
    Nothing,
    /// `null` or `wav:` only: nobody hears it.
    TestOnly,
    Heard,
}

/// Everything known of ids, the newest plan's word first.
#[derive(Clone, Debug, Default)]
pub struct Names {
    pub topics: Vec<TopicName>,
    pub zones: Vec<ZoneName>,
    /// Names of the stations, where several are added up.
    pub stations: Vec<String>,
    pub suppliers: Vec<(String, String)>,
    pub contacts: BTreeMap<String, ContactName>,
    pub programmes: Vec<(String, String)>,
    pub campaigns: Vec<Campaign>,
    /// Items that a plan has.
    items: HashSet<String>,
    /// A reading of an item in another language → that item.
    originals: HashMap<String, String>,
    /// Outputs of each log that went nowhere or into files, and those that somebody could hear, whatever plan said so.
    test_outputs: HashSet<(u32, String)>,
    real_outputs: HashSet<(u32, String)>,
    /// The plans that are known.
    plans: HashSet<String>,
    /// How many announcements a programme of a plan has.
    announcements: HashMap<(String, String), usize>,
    /// Which of them it names; the others are picks.
    fixed: HashMap<(String, String), Vec<String>>,
}

impl Names {
    /// From one station's plans, the newest first.
    pub fn of(plans: &[Plan], lang: Language) -> Names {
        let mut names = Names::default();
        plans.iter().for_each(|plan| names.learn(0, plan, lang));
        names
    }

    /// What the stations are called, where several are added up; of a log without a plan, its number.
    pub fn name_stations(&mut self, named: &[Option<String>], lang: Language) {
        for (log, name) in named.iter().enumerate().filter(|_| named.len() > 1) {
            let name = name.clone().unwrap_or_else(|| (log + 1).to_string());
            let before = named.iter().take(log).filter(|other| other.as_ref() == Some(&name)).count();
            self.stations.push(if before > 0 { words::namesake(lang, &name, before + 1) } else { name });
        }
    }

    /// Takes in what a plan of a log says, unless a newer one has said it.
    pub fn learn(&mut self, log: u32, plan: &Plan, lang: Language) {
        self.plans.insert(plan.hash.to_string());
        self.learn_outputs(log, plan);
        for topic in &plan.topics {
            if self.topic(topic.id.as_str()).is_none() {
                let name = topic.name.of(lang).to_owned();
                self.topics.push(TopicName { id: topic.id.to_string(), name, duty: topic.duty, listed: topic.listed });
            }
        }
        let learn = |known: &mut Vec<(String, String)>, id: String, name: &str| {
            if !known.iter().any(|(other, _)| *other == id) {
                known.push((id, name.to_owned()));
            }
        };
        plan.suppliers.iter().for_each(|supplier| learn(&mut self.suppliers, supplier.id.to_string(), &supplier.name));
        plan.programmes.iter().for_each(|programme| learn(&mut self.programmes, programme.id.to_string(), &programme.name));
        for contact in &plan.contacts {
            let name = ContactName { name: contact.name.clone(), number: contact.number.clone(), verified: contact.verified };
            self.contacts.entry(contact.id.to_string()).or_insert(name);
        }
        for item in &plan.items {
            self.items.insert(item.id.to_string());
            if let Some(original) = &item.translation_of {
                self.originals.entry(item.id.to_string()).or_insert_with(|| original.to_string());
            }
        }
        for campaign in &plan.campaigns {
            if !self.campaigns.iter().any(|other| other.id == campaign.id) {
                self.campaigns.push(campaign.clone());
            }
        }
        for programme in &plan.programmes {
            let key = (plan.hash.to_string(), programme.id.to_string());
            let count = programme.elements.iter().map(|element| announcements(plan, element)).sum();
            self.announcements.insert(key.clone(), count);
            let named = programme.elements.iter().filter(|element| announcements(plan, element) > 0);
            let named = named.filter_map(|element| match element {
                ProgrammeElement::Item { item, .. } => Some(item.to_string()),
                ProgrammeElement::Pick { .. } => None,
            });
            self.fixed.insert(key, named.collect());
        }
    }

    fn learn_outputs(&mut self, log: u32, plan: &Plan) {
        let mut serve: HashMap<&ZoneId, Served> = HashMap::new();
        for output in &plan.outputs {
            let test = !output.devices.iter().any(DeviceName::is_real);
            if test { &mut self.test_outputs } else { &mut self.real_outputs }.insert((log, output.id.to_string()));
            let served = if test { Served::TestOnly } else { Served::Heard };
            for zone in &output.zones {
                let known = serve.entry(zone).or_default();
                *known = served.max(*known);
            }
        }
        for zone in &plan.zones {
            let served = serve.get(&zone.id).copied().unwrap_or_default();
            match self.zones.iter_mut().find(|known| known.log == log && known.id == zone.id.as_str()) {
                Some(known) => known.served = known.served.max(served),
                None => self.zones.push(ZoneName { log, id: zone.id.to_string(), name: zone.name.clone(), served }),
            }
        }
    }

    /// What rows say stands for what no plan knows: a log outlives its plans.
    pub fn learn_from_rows(&mut self, item: &AiredItem) {
        if !item.topic.is_empty() && self.topic(&item.topic).is_none() {
            let (id, name) = (item.topic.clone(), item.topic.clone());
            self.topics.push(TopicName { id, name, duty: item.duty, listed: false });
        }
        if let Some(original) = item.translation_of.as_ref().filter(|_| !self.items.contains(&item.item)) {
            self.originals.entry(item.item.clone()).or_insert_with(|| original.to_string());
        }
    }

    /// Whether one of the plans has this content.
    pub fn knows_plan(&self, hash: &str) -> bool {
        self.plans.contains(hash)
    }

    pub fn topic(&self, id: &str) -> Option<&TopicName> {
        self.topics.iter().find(|topic| topic.id == id)
    }

    /// As the tables call it.
    pub fn topic_name(&self, id: &str, lang: Language) -> String {
        match self.topic(id) {
            Some(topic) => topic.name.clone(),
            None if id.is_empty() => words::no_topic(lang).to_owned(),
            None => id.to_owned(),
        }
    }

    pub fn campaign(&self, id: &str) -> Option<&Campaign> {
        self.campaigns.iter().find(|campaign| campaign.id.as_str() == id)
    }

    pub fn programme<'a>(&'a self, id: &'a str) -> &'a str {
        self.programmes.iter().find(|(known, _)| known == id).map_or(id, |(_, name)| name.as_str())
    }

    /// What an item counts as: a translation is its original. A circle of translations ends.
    pub fn original<'a>(&'a self, item: &'a str) -> &'a str {
        let mut at = item;
        for _ in 0..8 {
            match self.originals.get(at) {
                Some(next) => at = next,
                None => break,
            }
        }
        at
    }

    pub fn is_test_output(&self, log: u32, output: &str) -> bool {
        let output = (log, output.to_owned());
        self.test_outputs.contains(&output) && !self.real_outputs.contains(&output)
    }

    /// The announcements that a programme names, without its picks.
    pub fn fixed(&self, plan: &str, programme: &str) -> &[String] {
        self.fixed.get(&(plan.to_owned(), programme.to_owned())).map_or(&[], |items| items)
    }

    pub fn announcements(&self, plan: &str, programme: &str) -> Option<usize> {
        self.announcements.get(&(plan.to_owned(), programme.to_owned())).copied()
    }
}

/// How many announcements an element of a programme is. A pick is for announcements.
fn announcements(plan: &Plan, element: &ProgrammeElement) -> usize {
    match element {
        ProgrammeElement::Pick { count, .. } => *count as usize,
        ProgrammeElement::Item { item, times } => {
            let counts = plan.item(item).is_some_and(|item| item.kind == ItemKind::Announcement);
            if counts { *times as usize } else { 0 }
        }
    }
}
